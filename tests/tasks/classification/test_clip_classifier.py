"""Classifiers of clips: over time, in pieces, in a stream, and what they refuse."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import ops

import zoo
from zoo.errors import ConfigError
from zoo.inputs import Clips, FlowClips
from zoo.layers import ClipEncoder, EfficientNetLite

SMALL = {"units": 6, "size": 5, "blocks": [(3, 1, 2), (4, 1, 2)], "labels": ("A", "B", "C")}


def clip(time, seed=0, height=8, width=12):
    return np.random.default_rng(seed).integers(0, 256, (time, height, width, 3)).astype("uint8")


def built(body="cnnrnn", **settings):
    keras.utils.set_random_seed(0)
    return zoo.build("action", body=body, input=Clips(8, 12), **{**SMALL, **settings})


def encoded(streams, input=None, **settings):
    keras.utils.set_random_seed(0)
    network = EfficientNetLite([(3, 2, 1, 4)], stem_filters=4, head_filters=0)
    encoder = ClipEncoder(network, streams, columns=2)
    input = input or Clips(16, 16)
    return zoo.build(
        "action", features=encoder, input=input, units=6, labels=("A", "B"), **settings
    )


CAUSAL = {
    "frames": lambda: encoded(["frames"], body="frames"),
    "frames and what has changed": lambda: encoded(["frames", "changes"], is_causal=True),
    "two streams": lambda: encoded(["frames", "flow"], FlowClips(16, 16), is_causal=True),
    "convolutions over time": lambda: encoded(["changes"], body="cnn3d", layers=2),
    "trained convolutions": lambda: built(is_causal=True, differences=True),
    "two layers of another cell": lambda: built(is_causal=True, layers=2, cell="lstm"),
}


@pytest.mark.parametrize("body", ["frames", "cnnrnn", "cnn3d"])
def test_the_last_of_the_probabilities_over_time_is_the_answer(body):
    model, item = built(body, differences=True), clip(11)
    answer = model.classify(item)
    (arrays,) = model.input.prepare([item])
    logits = model({name: array[None] for name, array in arrays.items()})
    expected = ops.convert_to_numpy(ops.softmax(logits))[0]
    np.testing.assert_allclose([*answer.probabilities.values()], expected, atol=1e-6)
    np.testing.assert_allclose(answer.over_time[-1], expected, atol=1e-6)
    assert answer.over_time.shape == (11, 3)
    np.testing.assert_allclose(answer.over_time.sum(1), 1, atol=1e-5)
    assert answer.label == max(answer.probabilities, key=answer.probabilities.get)


@pytest.mark.parametrize("name", CAUSAL)
def test_a_stream_gives_what_the_whole_gives(name):
    """Frame by frame, in pieces of 64 frames, and in one call: the same to 1e-5."""
    pytest.importorskip("cv2")
    model, item = CAUSAL[name](), clip(150)
    assert model.is_causal
    answer, stream = model.classify(item), model.stream()
    known = [stream.push(frame) for frame in item]
    over_time = np.concatenate([one.over_time for one in known])
    np.testing.assert_allclose(over_time, answer.over_time, atol=1e-5)
    assert known[-1].label == answer.label
    (arrays,) = model.input.prepare([item])
    logits = model({name: array[None] for name, array in arrays.items()})
    expected = ops.convert_to_numpy(ops.softmax(logits))[0]
    np.testing.assert_allclose([*known[-1].probabilities.values()], expected, atol=1e-5)


@pytest.mark.parametrize("name", CAUSAL)
def test_a_causal_model_knows_no_later_frame(name):
    pytest.importorskip("cv2")
    model, item = CAUSAL[name](), clip(40)
    other = item.copy()
    other[25:] = clip(15, seed=1)
    before, after = (model.classify(one).over_time for one in (item, other))
    np.testing.assert_allclose(before[:25], after[:25], atol=1e-6)
    assert np.abs(before[30:] - after[30:]).max() > 1e-5


def test_what_a_stream_refuses():
    with pytest.raises(ConfigError, match="sees later frames, too"):
        built().stream()
    stream = built(is_causal=True, differences=True).stream()
    with pytest.raises(ConfigError, match="A frame is an array uint8, not a list"):
        stream.push([[1]])
    with pytest.raises(ConfigError, match="uint8"):
        stream.push(np.zeros((4, 4), "float32"))
    assert not built().is_causal


def test_batches_and_paddings_change_nothing():
    model = built("cnn3d", differences=True)
    items = [clip(7), clip(3, 1), clip(20, 2)]
    for one, answer in zip(items, model.classify(items), strict=True):
        assert answer.probabilities == model.classify(one).probabilities


def test_a_clip_longer_than_a_part_is_read_in_parts(monkeypatch):
    """Of a model that sees later frames: each part by itself, and the mean over all frames."""
    from zoo.tasks.classification import clip_classifier

    monkeypatch.setattr(clip_classifier, "_WHOLE", 10)
    model, item = built(), clip(25)
    answer = model.classify(item)
    logits = []
    for begin in (0, 10, 20):
        part = item[begin : begin + 10]
        arrays = {"source": part[None], "lengths": np.array([len(part)], "int32")}
        logits.append(ops.convert_to_numpy(model(arrays))[0] * len(part))
    expected = ops.convert_to_numpy(ops.softmax(np.sum(logits, axis=0)[None] / 25))[0]
    np.testing.assert_allclose([*answer.probabilities.values()], expected, atol=1e-5)
    assert len(answer.over_time) == 25


def test_features_may_be_given_in_place_of_pixels():
    model, item = encoded(["frames", "changes"], is_causal=True), clip(9, height=16, width=16)
    arrays = {"source": item[None], "lengths": np.array([9], "int32")}
    vectors = model.features(arrays["source"], arrays["lengths"])
    given = model({"source": vectors, "lengths": arrays["lengths"]})
    np.testing.assert_allclose(model(arrays), given, atol=1e-6)


def test_an_answer_is_plain_data():
    answer = built().classify(clip(4))
    assert set(answer.to_json()) == {"label", "probabilities", "over_time"}
    assert len(answer.to_json()["over_time"]) == 4
    assert answer.line() == f"{answer.label}\t{answer.probabilities[answer.label]:.3f}"
    assert answer.label in answer._repr_html_()
    assert answer.line(str.lower).startswith(answer.label.lower())


def test_words_are_refused():
    with pytest.raises(ConfigError, match="A clip has no words"):
        built().classify_tokens([["a"]])


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"body": "cnn4d"}, "There is no body 'cnn4d'"),
        ({"body": "frames", "cell": "gru"}, "cell is a setting of body='cnnrnn'"),
        ({"body": "cnnrnn", "units": 5}, "units is halved .* so not 5"),
    ],
)
def test_settings_that_make_no_sense(settings, sentence):
    with pytest.raises(ConfigError, match=sentence):
        zoo.build("action", **{**SMALL, **settings})


def test_a_saved_model_answers_the_same(tmp_path):
    model, item = encoded(["frames", "flow"], FlowClips(16, 16), is_causal=True), clip(9)
    pytest.importorskip("cv2")
    zoo.save(model, tmp_path / "clip.keras")
    again = zoo.load(tmp_path / "clip.keras")
    np.testing.assert_allclose(
        again.classify(item).over_time, model.classify(item).over_time, atol=1e-6
    )
    assert again.features.streams == ["frames", "flow"] and again.is_causal
