"""An exported transcriber: frames in their own units in, text and times out."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from small_transcriber import small_transcriber, sounds


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="a SavedModel is TensorFlow's")
@pytest.mark.parametrize("beam_size", [1, 3])
def test_it_answers_as_transcribe(tmp_path, beam_size):
    import tensorflow as tf

    model = small_transcriber(is_causal=True)
    version = model.export_saved_model(tmp_path / "served", beam_size=beam_size)
    serve = tf.saved_model.load(str(version)).signatures
    items = sounds(5)
    raw = {key: tf.constant(np.stack(rows)) for key, rows in model.input.raw_of(items).items()}
    raw["series"] = tf.cast(raw["series"], tf.float32)
    plain, timed = serve["serving_default"](**raw), serve["with_times"](**raw)
    expected = model.transcribe(items, beam_size=beam_size, return_times=True)
    for row, one in enumerate(expected):
        for found in (plain, timed):
            assert found["text"][row].numpy().decode() == one.text
            assert float(found["score"][row]) == pytest.approx(one.score, abs=1e-3)
        count = len(one.characters)
        characters = [text.decode() for text in timed["characters"][row].numpy()]
        assert characters[:count] == [span.text for span in one.characters]
        assert not any(characters[count:])
        for key in ("begin", "end"):
            times = timed[key][row].numpy()
            assert times[:count].tolist() == [getattr(span, key) for span in one.characters]
            assert (times[count:] == -1).all()
    empty = serve["serving_default"](series=tf.zeros([0, 4, 3]), lengths=tf.zeros([0], tf.int32))
    assert empty["text"].shape == (0,)
    silent = serve["with_times"](series=tf.zeros([1, 0, 3]), lengths=tf.zeros([1], tf.int32))
    assert silent["text"].numpy().tolist() == [b""] and silent["begin"].shape == (1, 0)
