"""An exported forecaster: series in their own units in, forecast and interval out."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from small_forecaster import SCALE, small_forecaster, walks

pytestmark = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="a SavedModel is TensorFlow's"
)


@pytest.mark.parametrize("config", [{"context": 12}, {"body": "transformer", "heads": 2}])
def test_it_answers_as_forecast(tmp_path, config):
    import tensorflow as tf

    model = small_forecaster(**config)
    model.spread = [[1.5, 2.0], [3.0, 4.0]]
    version = model.export_saved_model(tmp_path / "served", max_length=7)
    serve = tf.saved_model.load(str(version)).signatures["serving_default"]
    pasts = [SCALE.unscaled(walks(1, time, seed=time)[0]) for time in (20, 5, 0)]
    series = np.stack([np.pad(x, [(0, 20 - len(x)), (0, 0)], constant_values=9) for x in pasts])
    lengths = tf.constant([20, 5, 0])
    found = serve(series=tf.constant(series, tf.float32), lengths=lengths)
    for row, expected in enumerate(model.forecast(pasts, 7)):
        for key, other in (("forecast", expected), ("low", expected.low), ("high", expected.high)):
            np.testing.assert_allclose(found[key][row], other, rtol=1e-3, atol=1e-3)
    empty = serve(series=tf.zeros([0, 20, 2]), lengths=tf.zeros([0], tf.int32))
    assert empty["forecast"].shape == (0, 7, 2)


@pytest.mark.parametrize("config", [{}, {"body": "tcn"}])
def test_its_graph_gives_the_same_in_another_runtime(tmp_path, config):
    """Of any number of steps, whole patches of three or not: the exporter compares."""
    pytest.importorskip("tf2onnx")
    pytest.importorskip("onnxruntime")
    from zoo.export.onnx_graph import export_onnx

    folder = export_onnx(small_forecaster(**config), tmp_path / "graph")
    assert (folder / "model.onnx").stat().st_size > 1000
