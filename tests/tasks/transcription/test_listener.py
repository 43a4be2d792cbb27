"""Listeners: their loss, and their texts against all outputs that decoder and head can give."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from ctc_brute_force import log_softmax, outputs_of
from keras import ops
from small_listener import small_listener
from small_transcriber import sounds

import zoo
from zoo.backend.compiled import jit_compile
from zoo.data import encode_recordings, spelling_batches
from zoo.decoding import (
    BeamSearch,
    CTCBeamSearch,
    CTCGreedySearch,
    JointBeamSearch,
    MinimumLength,
    align,
)
from zoo.errors import ConfigError
from zoo.tasks import Transcription
from zoo.tasks.transcription.las_sample import SAMPLE
from zoo.tasks.transcription.transcriber import Transcriber
from zoo.training.losses import SmoothedCrossEntropy


@pytest.fixture(scope="module")
def model():
    return small_listener()


def heard(model, inputs):
    """Log-probabilities of the head, in float64, and the memory and its mask."""
    memory, mask = model._listened({name: inputs[name] for name in model.graph_inputs})
    return log_softmax(ops.convert_to_numpy(model.head(memory, mask))), memory, mask


def arrays_of(model, item):
    (arrays,) = model.input.prepare([item])
    return {name: values[None] for name, values in arrays.items()}


def test_the_loss_is_a_share_of_the_head_and_of_the_decoder():
    model = small_listener(joins=(1, 1))
    inputs, labels, weights = SAMPLE.batch()
    logits = ops.convert_to_numpy(model(inputs, training=True))
    (added,) = model.losses
    told = SAMPLE.expected_loss(logits, labels, weights)
    log_probs, _, _ = heard(model, inputs)
    lengths, total = inputs["lengths"], 0.0
    for row, wanted in enumerate(labels):
        output = tuple(wanted[(wanted > 0) & (wanted != model.end_id)].tolist())
        chances, _ = outputs_of(log_probs[row, : lengths[row]])
        total -= np.log(chances[output]) if output in chances else 0.0
    expected = (1 - 0.4) * told + 0.4 * total / labels.size  # Watanabe et al. 2017, equation 8
    assert (1 - 0.4) * (told + float(added)) == pytest.approx(expected, rel=1e-4)
    assert total > 1 and model(inputs) is not None and not model.losses


def test_rows_of_padding_have_no_loss_of_the_head():
    model = small_listener(joins=(1, 1))
    inputs, _, _ = SAMPLE.batch()
    model(inputs, training=True)
    (alone,) = model.losses
    twice = {name: np.concatenate([array, 0 * array]) for name, array in inputs.items()}
    model(twice, training=True)
    assert float(model.losses[0]) == pytest.approx(float(alone) / 2, rel=1e-5)


def test_training_lets_both_losses_fall():
    model = small_listener(joins=(1, 1))
    inputs, labels, weights = SAMPLE.batch()
    optimizer = keras.optimizers.Adam(0.02)
    model.compile(optimizer, SmoothedCrossEntropy(), jit_compile=jit_compile())
    done = model.fit(inputs, labels, 4, epochs=25, sample_weight=weights, verbose=0)
    assert done.history["loss"][-1] < 0.6 * done.history["loss"][0]


def told(model, arrays, outputs):
    """The decoder's log-probabilities of outputs, by teacher forcing, in float64."""
    width, end = max(map(len, outputs)) + 1, model.end_id
    target, labels = np.zeros((2, len(outputs), width), "int32")
    for row, output in enumerate(outputs):
        target[row, : len(output) + 1] = [end, *output]
        labels[row, : len(output) + 1] = [*output, end]
    repeated = {name: np.repeat(array, len(outputs), 0) for name, array in arrays.items()}
    log_probs = log_softmax(ops.convert_to_numpy(model({**repeated, "target": target})))
    gains = np.take_along_axis(log_probs, labels[..., None], -1)[..., 0]
    return (gains * (labels > 0)).sum(1)


@pytest.mark.parametrize("weight", [0.2, 0.7])
def test_texts_are_the_best_of_all_outputs(model, weight):
    arrays = arrays_of(model, item := sounds(2, seed=3)[1][:5])  # three steps
    log_probs, _, _ = heard(model, arrays)
    chances, _ = outputs_of(log_probs[0])
    outputs = list(chances)
    scores = (1 - weight) * told(model, arrays, outputs)
    scores += weight * np.log([chances[output] for output in outputs])
    found = model.with_joint(weight).transcribe(item, beam_size=256, n_best=6)
    for one, place in zip(found, np.argsort(-scores), strict=False):
        assert one.text == model.target_tokenizer.decode(outputs[place])
        assert one.score == pytest.approx(scores[place], abs=1e-3)


def test_a_list_gives_what_its_items_give(model):
    items = sounds(5, seed=2)
    listed = model.transcribe(items, n_best=3)
    for item, several in zip(items, listed, strict=True):
        for one, other in zip(model.transcribe(item, n_best=3), several, strict=True):
            assert one.text == other.text and one.score == pytest.approx(other.score, abs=1e-3)
    best = [several[0].text for several in listed]
    assert model.transcribe(items) == best
    assert model.transcribe(items, search=JointBeamSearch(8, 0.5)) == best
    assert best[0] == "" and len({one.text for several in listed for one in several}) > 5
    assert model.transcribe([]) == []


def test_weights_of_decoder_and_head_change_what_is_found(model):
    item = sounds(2, seed=4)[1]
    first, second = (model.transcribe(item, search=JointBeamSearch(4, w)) for w in (0.9, 0.1))
    assert first == model.transcribe(item, search=JointBeamSearch(4, 0.9)) != second
    other = model.with_joint(0.9)
    assert other.search_of().ctc_weight == 0.9 and other.weights[0] is model.weights[0]


def test_the_head_alone_is_a_transcriber(model):
    parts = (model.encoder, model.head, model.input, model.target_tokenizer)
    plain, items = Transcriber(*parts, name="plain"), sounds(5, seed=5)
    for search in (CTCGreedySearch(), CTCBeamSearch(8)):
        assert model.transcribe(items, search=search) == plain.transcribe(items, search=search)


def test_times_are_those_of_the_likeliest_way_to_say_the_text(model):
    item = sounds(4, seed=6)[2]
    rules = [MinimumLength(4, eos_id=model.end_id)]
    one = model.transcribe(item, search=JointBeamSearch(8, rules=rules), return_times=True)
    assert isinstance(one, Transcription) and len(one.text) >= 3
    ids = model.target_tokenizer.encode(one.text)[None]
    log_probs, _, _ = heard(model, arrays_of(model, item))
    said = align(log_probs.astype("float32"), [log_probs.shape[1]], ids, [ids.shape[1]])
    begins = ops.convert_to_numpy(said.begins)[0] * model.time_a_step
    assert [span.begin for span in one.characters] == begins.tolist()


def test_a_saved_listener_answers_as_before(model, tmp_path):
    other = model.with_joint(0.6)
    zoo.save(other, tmp_path / "las.keras")
    again, items = zoo.load(tmp_path / "las.keras"), sounds(4, seed=7)
    assert (again.ctc_share, again.ctc_weight, again.task) == (0.4, 0.6, "las")
    assert again.transcribe(items) == other.transcribe(items)


def test_batches_tell_the_labels_before_each(model):
    items, texts = sounds(9, seed=8)[1:], ["a", "", "bc", "abc", "b", "ca", "cc", "bb"]
    encoded = encode_recordings(items, texts, model.input, model.target_tokenizer)
    seen = []
    for inputs, labels, weights in spelling_batches(encoded, end_id=9, batch_steps=60, seed=1):
        target, labels, weights = (one.numpy() for one in (inputs["target"], labels, weights))
        assert target.shape == labels.shape == weights.shape
        for length, before, after, weight in zip(
            inputs["lengths"].numpy(), target, labels, weights, strict=True
        ):
            count = int(weight.sum())
            assert (weight == (np.arange(len(weight)) < count)).all()
            assert not before[count:].any() and not after[count:].any()
            assert bool(length) == bool(count)
            if count:
                assert before[0] == after[count - 1] == 9
                assert before[1:count].tolist() == after[: count - 1].tolist()
                seen.append(model.target_tokenizer.decode(after[: count - 1]))
    assert sorted(seen) == sorted(texts)


@pytest.mark.parametrize(
    "settings, message",
    [
        ({"alpha": 0.5}, "for the head alone"),
        ({"search": BeamSearch(4)}, "is a JointBeamSearch"),
        ({"search": JointBeamSearch(4), "n_best": 2}, "says beam_size and n_best itself"),
    ],
)
def test_what_it_cannot_search_by_is_refused(model, settings, message):
    with pytest.raises(ConfigError, match=message):
        model.transcribe(sounds(2)[1], **settings)


def test_a_stream_is_for_the_head_alone():
    causal = small_listener(is_causal=True)
    item = sounds(2, seed=9)[1]
    with pytest.raises(ConfigError, match="A decoder asks all frames"):
        causal.stream()
    stream = causal.stream(search=CTCGreedySearch(), window=4)
    frames = causal.input.scaled(item)
    for begin in range(0, len(frames), 3):
        stream.push(frames[begin : begin + 3])
    assert stream.end() == causal.transcribe(item, search=CTCGreedySearch())


def test_shares_out_of_their_range_are_refused(model):
    for bad in ({"ctc_share": 1.0}, {"ctc_weight": 1.2}):
        with pytest.raises(ConfigError, match="ctc_share is at least 0"):
            small_listener(**bad)
