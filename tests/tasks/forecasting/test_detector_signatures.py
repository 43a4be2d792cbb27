"""What an exported detector answers, against the verb. It writes a SavedModel: seconds."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from small_forecaster import SCALE, walks

import zoo

pytestmark = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="a SavedModel is TensorFlow's"
)


def test_scores_of_series_filled_up_with_anything(tmp_path):
    import tensorflow as tf

    model = zoo.build("anomaly", units=6, input=SCALE)
    model.precision, model.bounds = [[2.0, 0.5], [0.5, 1.0]], [0.3, 1.5, 4.0]
    series = [SCALE.unscaled(one) for one in (walks(1, 9)[0], walks(1, 4, seed=2)[0])]
    folder = model.export_saved_model(tmp_path / "it")
    signature = tf.saved_model.load(str(folder)).signatures["serving_default"]
    padded = np.full((2, 9, 2), 1e4, "float32")
    for row, values in zip(padded, series, strict=True):
        row[: len(values)] = values
    lengths = tf.constant([9, 4])
    found = signature(series=tf.constant(padded), lengths=lengths)["scores"].numpy()
    for row, scores in zip(found, model.unusual(series), strict=True):
        np.testing.assert_allclose(row[: len(scores)], scores, rtol=1e-3, atol=1e-4)
        assert not row[len(scores) :].any()
