"""An exported tagger of frames: samples in, labels and times out; and the contract."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from small_frame_tagger import recordings, small_frame_tagger

from zoo.layers import CRF
from zoo.tasks.tagging.phoneme_sample import LABELS
from zoo.testing import check_task


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="a SavedModel is TensorFlow's")
@pytest.mark.parametrize("crf", [None, CRF(len(LABELS))])
def test_it_answers_as_tag(tmp_path, crf):
    import tensorflow as tf

    model = small_frame_tagger(crf=crf)
    version = model.export_saved_model(tmp_path / "served")
    serve = tf.saved_model.load(str(version)).signatures["serving_default"]
    items = recordings(5)
    raw = {key: tf.constant(np.stack(rows)) for key, rows in model.input.raw_of(items).items()}
    found = {key: value.numpy() for key, value in serve(**raw).items()}
    for row, spans in enumerate(model.tag(items)):
        count = found["span_count"][row]
        assert count == len(spans)
        labels = [label.decode() for label in found["labels"][row]]
        assert labels == [span.label for span in spans] + [""] * (len(labels) - count)
        for key in ("begin", "end", "probability"):
            expected = [getattr(span, key) for span in spans]
            np.testing.assert_allclose(found[key][row, :count], expected, atol=1e-4)
            assert (found[key][row, count:] == -1).all()
    assert found["span_count"].tolist()[0] == 0 and found["span_count"].max() > 2
    nothing = {"audio": tf.zeros([0, 4]), "lengths": tf.zeros([0], tf.int32)}
    assert serve(**nothing)["labels"].shape == (0, 0)
    silent = {"audio": tf.zeros([1, 0]), "lengths": tf.zeros([1], tf.int32)}
    assert serve(**silent)["span_count"].numpy().tolist() == [0]


def test_the_contract_of_tasks_is_kept():
    check_task("phonemes", cell="gru")
