"""Taggers of frames: their spans against the logits, times, blanks, and what is refused."""

from __future__ import annotations

import itertools

import keras
import numpy as np
import pytest
from keras import ops
from small_frame_tagger import recordings, small_frame_tagger

from zoo.errors import ConfigError
from zoo.inputs import Series
from zoo.layers import CRF, FrameEncoder, Recurrent
from zoo.tasks import FrameTagger, LabelledSpan
from zoo.tasks.tagging.phoneme_sample import LABELS, SAMPLE, parts
from zoo.tasks.tagging.phonemes import build_phonemes, sound_front
from zoo.tasks.tagging.spans import LabelledSpans
from zoo.training.losses import SmoothedCrossEntropy


@pytest.fixture(scope="module")
def model():
    return small_frame_tagger()


def logits_of(model, item):
    """Logits of the frames of one item, `[frames, labels]`, in float64."""
    (arrays,) = model.input.prepare([item])
    batch = {name: values[None] for name, values in arrays.items()}
    return ops.convert_to_numpy(model.predict_on_batch(batch))[0].astype("float64")


def softmax(logits):
    chances = np.exp(logits - logits.max(-1, keepdims=True))
    return chances / chances.sum(-1, keepdims=True)


def spans_of(numbers, chances):
    """Runs of one label: what it is, first frame, frame after the last, mean probability."""
    found, begin = [], 0
    for number, run in itertools.groupby(numbers):
        end = begin + len([*run])
        found.append((LABELS[number], begin, end, chances[begin:end, number].mean()))
        begin = end
    return found


def test_spans_are_the_likeliest_labels_joined(model):
    items = recordings(6)
    for item, spans in zip(items[1:], model.tag(items)[1:], strict=True):
        logits = logits_of(model, item)
        assert len(logits) == (len(item) - 400) // 160 + 1
        expected = spans_of(logits.argmax(-1), softmax(logits))
        assert [span.label for span in spans] == [label for label, *_ in expected]
        for span, (_, begin, end, chance) in zip(spans, expected, strict=True):
            # A frame's middle is 12.5 ms after its begin, and it stands for 5 ms on both sides.
            assert span.begin == pytest.approx(0.0075 + 0.01 * begin)
            assert span.end == pytest.approx(0.0075 + 0.01 * end)
            assert span.probability == pytest.approx(chance, abs=1e-5)
    assert len({span.label for spans in model.tag(items) for span in spans}) == len(LABELS)


def test_a_list_gives_what_its_items_give(model):
    items = recordings(5, seed=2)
    listed = model.tag(items)
    assert listed[0] == [] and model.tag([]) == [] and model.tag(np.zeros(0, "float32")) == []
    for item, spans in zip(items, listed, strict=True):
        for one, other in zip(model.tag(item), spans, strict=True):
            assert one[:3] == other[:3]
            assert one.probability == pytest.approx(other.probability, abs=1e-5)


def test_joined_frames_have_labels_of_their_own(model):
    """The output of a step of the memory is cut into those of its two frames, in their order."""
    item = recordings(3)[2][: 400 + 160 * 4]  # five frames, of which the last is joined to none
    frames, lengths = model.frames({"audio": item[None], "lengths": np.array([len(item)], "int32")})
    memory, _ = model.encoder(frames, lengths)
    kernel, bias = map(ops.convert_to_numpy, model.output_layer.weights)
    steps = ops.convert_to_numpy(memory)[0] @ kernel + bias
    both = [half for step in steps for half in (step[: len(LABELS)], step[len(LABELS) :])]
    expected = np.array(both)[: int(lengths[0])]
    np.testing.assert_allclose(logits_of(model, item), expected, atol=1e-5)


def test_a_crf_chooses_labels_together():
    model = small_frame_tagger(crf=CRF(len(LABELS)))
    transitions, first, last = map(ops.convert_to_numpy, model.crf.weights)
    items, differ = [item[:1000] for item in recordings(9, seed=3)[1:]], 0
    for item, spans in zip(items, model.tag(items), strict=True):
        logits = logits_of(model, item)

        def score(path, logits=logits):
            steps = sum(logits[place, label] for place, label in enumerate(path))
            between = sum(transitions[one, other] for one, other in itertools.pairwise(path))
            return first[path[0]] + steps + between + last[path[-1]]

        best = max(itertools.product(range(len(LABELS)), repeat=len(logits)), key=score)
        assert 0 < len(logits) <= 4
        expected = spans_of(best, softmax(logits))
        assert [span.label for span in spans] == [label for label, *_ in expected]
        differ += [*best] != logits.argmax(-1).tolist()
    assert differ > 2


def test_frames_may_be_given_as_they_are():
    encoder = FrameEncoder([Recurrent(keras.layers.GRUCell(4))], [1])
    model = FrameTagger(encoder, LABELS, Series(["a", "b"]))
    spans = model.tag(np.ones((7, 2)))
    assert (spans[0].begin, spans[-1].end) == (0, 7)
    with pytest.raises(ConfigError, match="FrameTagger reads an array over time"):
        FrameTagger(encoder, LABELS, Words())


class Words(Series):
    """An input without lengths."""

    @property
    def arrays(self):
        return {"series": super().arrays["series"]}

    def __init__(self):
        super().__init__(["a"])


@pytest.mark.parametrize(
    "settings, hearing",
    [
        ({"is_recurrent": False}, [10]),
        ({"is_causal": True}, [*range(10, 20)]),
        ({}, [*range(20)]),
    ],
)
def test_what_hears_a_frame(settings, hearing):
    """Its own label, those from it on, or all."""
    series = Series([*"abcd"])
    model = small_frame_tagger(joins=None, front=(), input=series, **settings)
    frames = np.random.default_rng(0).normal(size=(20, 4))
    changed = frames.copy()
    changed[10] += 1
    moved = np.abs(logits_of(model, frames) - logits_of(model, changed)).max(axis=-1)
    assert np.flatnonzero(moved > 1e-6).tolist() == hearing


@pytest.mark.parametrize(
    "settings, first",
    [({"is_causal": True}, 20 - 4), ({"is_causal": True, "is_recurrent": False}, 20), ({}, 0)],
)
def test_how_far_ahead_the_front_hears(settings, first):
    """Frame 20 is the first with a sample that changes; slopes hear it 4 frames before."""
    scale = (np.full(8, -3.0), np.full(8, 4.0))
    front = sound_front(16000, 8, scale=scale, seed=1, **settings)
    model = build_phonemes(units=4, layers=1, **{**parts(), "front": front})
    audio = np.random.default_rng(0).normal(size=(1, 8000)).astype("float32")
    changed = audio.copy()
    changed[:, 20 * 160 + 300 :] *= 3
    lengths = np.array([8000], "int32")
    one, other = (
        ops.convert_to_numpy(model.frames({"audio": x, "lengths": lengths})[0])[0]
        for x in (audio, changed)
    )
    moved = np.flatnonzero(np.abs(one - other).max(axis=-1) > 1e-6)
    assert moved.tolist() == [*range(first, len(one))]


def test_it_learns_and_is_saved(tmp_path):
    keras.utils.set_random_seed(0)
    model = build_phonemes(**{**SAMPLE.settings, "dataset": "mine"})
    inputs, labels, weights = SAMPLE.batch()
    model.compile(keras.optimizers.Adam(0.03), SmoothedCrossEntropy(), jit_compile=False)
    logits = ops.convert_to_numpy(model.predict_on_batch(inputs))
    done = model.fit(inputs, labels, 4, epochs=25, sample_weight=weights, verbose=0)
    losses = done.history["loss"]
    assert losses[0] == pytest.approx(SAMPLE.expected_loss(logits, labels, weights), rel=1e-4)
    assert losses[-1] < 0.5 * losses[0]
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    items = recordings(3)
    assert loaded.tag(items) == model.tag(items)
    assert (loaded.task, loaded.dataset, loaded.labels) == ("phonemes", "mine", [*LABELS])


def test_a_chain_that_is_trained_is_scored_by_all_its_paths(tmp_path):
    """The loss against a sum over every path, padding left out; the chain learns and is saved."""
    keras.utils.set_random_seed(1)
    size = len(LABELS)
    chain = CRF(size)
    model = build_phonemes(**{**SAMPLE.settings, "crf": chain, "dropout": 0.0})
    rng = np.random.default_rng(1)
    chain.set_weights([rng.normal(size=shape) for shape in ((size, size), (size,), (size,))])
    between, first, last = chain.get_weights()
    logits = rng.normal(size=(2, 5, size)).astype("float32")
    labels, counts = rng.integers(size, size=(2, 5)), (5, 3)
    weights = (np.arange(5) < np.array(counts)[:, None]).astype("float32")

    def score(row, path):
        steps = sum(logits[row, t, label] for t, label in enumerate(path))
        pairs = sum(between[a, b] for a, b in itertools.pairwise(path))
        return steps + pairs + first[path[0]] + last[path[-1]]

    unlikely = 0.0
    for row, count in enumerate(counts):
        every = [score(row, path) for path in itertools.product(range(size), repeat=count)]
        unlikely += np.logaddexp.reduce(every) - score(row, labels[row, :count])
    model.compile(loss=SmoothedCrossEntropy())
    given = map(ops.convert_to_tensor, (labels, logits, weights))
    alone = SAMPLE.expected_loss(logits, labels, weights)
    loss = float(model.compute_loss(None, *given))
    assert loss == pytest.approx(alone + unlikely / labels.size, rel=1e-5)

    inputs, labels, weights = SAMPLE.batch()
    before = chain.get_weights()[0]
    model.compile(keras.optimizers.Adam(0.03), SmoothedCrossEntropy(), jit_compile=False)
    losses = model.fit(inputs, labels, 4, 10, sample_weight=weights, verbose=0).history["loss"]
    assert losses[-1] < losses[0] and np.abs(chain.get_weights()[0] - before).max() > 0.01
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert loaded.crf.trainable and loaded.tag(recordings(2)) == model.tag(recordings(2))


def test_bad_arguments_get_a_sentence(model, tmp_path):
    with pytest.raises(ConfigError, match="needs input="):
        build_phonemes(labels=LABELS)
    with pytest.raises(ConfigError, match="halved between the two directions"):
        build_phonemes(units=7, **parts())
    assert build_phonemes(units=7, layers=1, is_causal=True, **parts()).encoder.is_causal
    with pytest.raises(ConfigError, match="tag wants a recording"):
        model.tag(3)


def test_results_are_plain_data():
    spans = LabelledSpans([LabelledSpan("_", 0.0, 0.25, 1.0), LabelledSpan("<", 0.25, 0.5, 0.5)])
    found = {"label": "<", "begin": 0.25, "end": 0.5, "probability": 0.5}
    assert spans.to_json()["spans"][1] == found
    assert spans.line() == "0.00\t0.25\t_\n0.25\t0.50\t<"
    assert spans.line(lambda text, label: f"({label})").endswith("\t(<)")
    assert "&lt;" in spans._repr_html_()


def test_transitions_are_those_that_were_seen(model):
    """Counted by hand, outside included: from label 0 twice to 0, twice to 1, once outside."""
    copy = model.with_transitions([np.array([0, 0, 1, 2]), np.array([0, 0, 1, 0])], 0.5)
    transitions, first, last = map(ops.convert_to_numpy, copy.crf.weights)
    from_none = np.log([2.1, 0.1, 0.1]) / 2 - np.log(2.4) / 2
    np.testing.assert_allclose(first, from_none, atol=1e-6)
    np.testing.assert_allclose(
        transitions[0], np.log(np.array([2.1, 2.1, 0.1]) / 5.4) / 2, atol=1e-6
    )
    np.testing.assert_allclose(last, np.log([1.1 / 5.4, 0.1 / 2.4, 1.1 / 1.4]) / 2, atol=1e-6)
    item = recordings(2)[1]
    np.testing.assert_array_equal(logits_of(copy, item), logits_of(model, item))
    assert not copy.crf.trainable
