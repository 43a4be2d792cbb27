"""An exported transcriber: frames in their own units in, text and times out."""

from __future__ import annotations

import io
import wave

import keras
import numpy as np
import pytest
from small_transcriber import small_transcriber, sounds

from zoo.export.check import check_saved_model
from zoo.inputs import Sound
from zoo.layers import FrameNormalization, LogMel


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


RATE = 1000


def wav(samples, rate=RATE, channels=1):
    """A wav file of 16 bits."""
    content = io.BytesIO()
    with wave.open(content, "wb") as file:
        file.setparams((channels, 2, rate, 0, "NONE", ""))
        file.writeframes(np.rint(samples * 32767).astype("<i2").tobytes())
    return content.getvalue()


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="a SavedModel is TensorFlow's")
def test_files_of_sound_are_decoded_in_the_graph(tmp_path):
    pytest.importorskip("soundfile")
    import tensorflow as tf

    front = [LogMel(RATE, mel_bins=6), FrameNormalization(is_running=True)]
    model = small_transcriber(is_causal=True, input=Sound(RATE), front=front)
    version = model.export_saved_model(tmp_path / "served", beam_size=2)
    assert "of_wav" in check_saved_model(version)
    serve = tf.saved_model.load(str(version)).signatures
    rng = np.random.default_rng(0)
    mono, two = rng.uniform(-0.5, 0.5, 900), rng.uniform(-0.5, 0.5, (700, 2))
    files = [wav(mono), wav(two, channels=2)]
    found = serve["of_wav"](wav=tf.constant([*files, b""]))
    expected = model.transcribe(files, beam_size=2, return_times=True)
    assert [text.decode() for text in found["text"].numpy()] == [one.text for one in expected] + [
        ""
    ]
    assert found["score"].numpy()[:2] == pytest.approx([one.score for one in expected], abs=1e-3)
    assert len({one.text for one in expected}) == 2 and all(one.text for one in expected)
    assert serve["of_wav"](wav=tf.zeros([0], tf.string))["text"].shape == (0,)
    with pytest.raises(tf.errors.InvalidArgumentError, match="1000 samples a second here"):
        serve["of_wav"](wav=tf.constant([wav(mono, rate=2000)]))
