"""Transcribers: their loss, their text against the decoding of their logits, times and pieces."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from ctc_brute_force import joined, log_softmax, spans_of
from keras import ops
from small_lm import small_lm
from small_transcriber import small_transcriber, sounds

from zoo.backend.compiled import jit_compile
from zoo.decoding import BeamSearch, CTCBeamSearch, CTCGreedySearch, NoRepeatNGram
from zoo.errors import ConfigError
from zoo.inputs import CharacterTokenizer, Series
from zoo.tasks.transcription.results import Span, Transcription
from zoo.tasks.transcription.sample import SAMPLE, parts
from zoo.tasks.transcription.verbs import language_scores


@pytest.fixture(scope="module")
def model():
    return small_transcriber()


@pytest.fixture(scope="module")
def causal():
    return small_transcriber(is_causal=True, convolution=5)


def log_probs_of(model, item):
    """Log-probabilities of the steps of one item, in float64."""
    (arrays,) = model.input.prepare([item])
    steps = -(-len(item) // model.encoder.reduction)
    if not steps:
        return np.zeros((0, model.head.size))
    batch = {name: values[None] for name, values in arrays.items()}
    return log_softmax(ops.convert_to_numpy(model.predict_on_batch(batch))[0, :steps])


def test_the_loss_is_that_of_all_ways_and_falls():
    model = small_transcriber(layers=1, joins=None)
    inputs, labels, weights = SAMPLE.batch()
    model.compile(keras.optimizers.Adam(0.02), model.head.loss(), jit_compile=jit_compile())
    outputs = ops.convert_to_numpy(model.predict_on_batch(inputs))
    done = model.fit(inputs, labels, 4, epochs=12, sample_weight=weights, verbose=0)
    losses = done.history["loss"]
    assert losses[0] == pytest.approx(SAMPLE.expected_loss(outputs, labels, weights), rel=1e-4)
    assert losses[-1] < 0.7 * losses[0]


def test_greedy_text_and_times_are_those_of_the_likeliest_labels(model):
    items = sounds(6)
    found = model.transcribe(items, beam_size=1, return_times=True)
    for item, one in zip(items, found, strict=True):
        log_probs = log_probs_of(model, item)
        path = log_probs.argmax(-1).tolist()
        ids = joined(path)
        assert one.text == model.target_tokenizer.decode(ids)
        assert one.score == pytest.approx(log_probs.max(-1).sum(), abs=1e-4)
        if ids:  # the way that is the likeliest of all is the likeliest that says this
            spans = [(begin * 2, end * 2) for begin, end in spans_of(path)]
            assert [(span.begin, span.end) for span in one.characters] == spans
            assert "".join(span.text for span in one.characters) == one.text
    assert found[0] == Transcription("", 0.0, 0.0, [])
    assert len({one.text for one in found}) > 3


def test_a_list_gives_what_its_items_give(model):
    items = sounds(5, seed=2)
    listed = model.transcribe(items, n_best=3)
    for item, several in zip(items, listed, strict=True):
        for one, other in zip(model.transcribe(item, n_best=3), several, strict=True):
            assert one.text == other.text and one.score == pytest.approx(other.score, abs=1e-4)
    best = [several[0].text for several in listed]
    assert model.transcribe(items) == best == model.transcribe(items, search=CTCBeamSearch(8))
    assert model.transcribe(items, search="ctc_greedy") == model.transcribe(items, beam_size=1)
    assert model.transcribe([]) == []


def test_a_language_model_is_asked_by_character(model):
    language = small_lm(tokenizer=CharacterTokenizer("\nabAc"))
    item = sounds(3)[2]
    alone, heard = (
        model.transcribe(
            item, language_model=language, alpha=alpha, beta=0.5, n_best=4, beam_size=64
        )
        for alpha in (0.0, 1.5)
    )
    for one in heard:
        told = scores_of(language, [one])[0]
        assert one.score == pytest.approx(one.log_prob + 1.5 * told + 0.5 * len(one.text), abs=1e-3)
    assert [one.text for one in heard] != [one.text for one in alone]
    assert not any("token_embedding" in weight.path for weight in model.weights)


def scores_of(language, found):
    """Log-probabilities of texts, a space being unknown to the model."""
    return [
        float(language.read(language.tokenizer.encode(one.text)[None])[0].sum()) for one in found
    ]


def test_characters_find_the_case_that_is_known():
    language, tokenizer = (
        small_lm(tokenizer=CharacterTokenizer("\nabC")),
        parts()["target_tokenizer"],
    )
    scores = language_scores(language, tokenizer)
    names = ["�", "�", "�", "a", "b", "C"]  # padding, unknown, and the space are not known
    assert language.tokenizer.pieces(scores._ids) == names
    with pytest.raises(ConfigError, match="language model of characters"):
        language_scores(tokenizer, tokenizer)


@pytest.mark.parametrize("beam_size", [1, 4])
@pytest.mark.parametrize("sizes", [(7,), (1, 30, 2)])
def test_a_stream_gives_the_text_of_the_whole(causal, beam_size, sizes):
    item = sounds(2, seed=5)[1]
    item = np.concatenate([item, -item, item])
    frames = causal.input.scaled(item)
    stream, said, begin = causal.stream(beam_size=beam_size, window=5), [], 0
    while begin < len(frames):
        size = sizes[len(said) % len(sizes)]
        said.append(stream.push(frames[begin : begin + size]))
        begin += size
    assert said[-1] + stream.undecided() != "" and any(said)
    text = stream.end()
    assert all(text.startswith(one) for one in said)
    assert text == causal.transcribe(item, beam_size=beam_size)
    with pytest.raises(ConfigError, match="has ended"):
        stream.push(frames)


class Windows(keras.layers.Layer):
    """Frames of three steps, two apart, as layers over sound give them."""

    hop_length, window_length = 2, 3

    def call(self, values, mask=None):
        count = (ops.shape(values)[1] - 3) // 2 + 1
        begins = 2 * ops.expand_dims(ops.arange(count, dtype="int32"), 1)
        places = begins + np.arange(3, dtype="int32")
        return ops.reshape(ops.take(values, places, axis=1), (ops.shape(values)[0], count, 9))

    def compute_mask(self, values, previous_mask=None):
        return None if previous_mask is None else previous_mask[:, 2::2]

    def compute_output_shape(self, input_shape):
        return (input_shape[0], None, 9)

    def stream(self, values, rest):
        values = values if rest is None else np.concatenate([rest, values], axis=1)
        count = max((values.shape[1] - 3) // 2 + 1, 0)
        frames = self(values) if count else np.zeros((1, 0, 9), "float32")
        return frames, values[:, 2 * count :]


def test_layers_before_the_encoder_make_frames():
    """Their text is that of a model that reads the frames themselves."""
    model = small_transcriber(is_causal=True, front=[Windows()])
    names = [str(number) for number in range(9)]
    other = small_transcriber(is_causal=True, input=Series(names))
    other.set_weights(model.get_weights())
    items = [item for item in sounds(6) if len(item) != 0]
    frames = [
        np.array([scaled[at : at + 3].ravel() for at in range(0, len(scaled) - 2, 2)])
        for scaled in map(model.input.scaled, items)
    ]
    found = model.transcribe([*items, items[0][:2]], return_times=True)
    expected = other.transcribe([one.reshape(-1, 9) for one in frames], return_times=True)
    assert found.pop().text == ""
    for one, two in zip(found, expected, strict=True):
        assert one.text == two.text and one.score == pytest.approx(two.score, abs=1e-4)
        assert [span.begin for span in one.characters] == [2 * x.begin for x in two.characters]
    assert model.most_steps == 2 * other.most_steps
    stream, longest = model.stream(), max(items, key=len)
    for piece in np.array_split(model.input.scaled(longest), 9):
        stream.push(piece)
    assert stream.end() == model.transcribe(longest, beam_size=1)


def test_saved_and_loaded_it_answers_alike(causal, tmp_path):
    items = sounds(3)
    causal.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert loaded.transcribe(items) == causal.transcribe(items)
    assert loaded.time_a_step == causal.time_a_step == 2


def test_bad_arguments_get_a_sentence(model):
    item = sounds(2)[1]
    for settings, said in (
        ({"search": BeamSearch(2)}, "search over frames"),
        ({"search": "beam"}, "search over frames"),
        ({"search": CTCBeamSearch(2), "n_best": 2}, "leave out beam_size"),
        ({"n_best": 3, "beam_size": 2}, "n_best must be from 1 to beam_size"),
        ({"language_model": 3}, "language model of characters"),
        ({"search": CTCGreedySearch(), "language_model": small_lm()}, "asks no language model"),
    ):
        with pytest.raises(ConfigError, match=said):
            model.transcribe(item, **settings)
    with pytest.raises(ConfigError, match="all frames at once"):
        model.stream()
    with pytest.raises(ConfigError, match="keeps no rules"):
        small_transcriber(is_causal=True).stream(search=CTCBeamSearch(rules=[NoRepeatNGram(1)]))
    with pytest.raises(ConfigError, match="needs input="):
        small_transcriber(input=None)


def test_results_have_words_and_plain_data():
    spans = [Span("a", 0.0, 0.5), Span(" ", 0.5, 1.0), Span("b", 1.0, 1.5), Span("<", 2.0, 2.5)]
    one = Transcription("a b<", -1.0, -2.0, spans)
    assert one.words == [Span("a", 0.0, 0.5), Span("b<", 1.0, 2.5)]
    assert one.to_json()["words"][1] == {"text": "b<", "begin": 1.0, "end": 2.5}
    assert one.line() == "0.00\t0.50\ta\n1.00\t2.50\tb<" and "b&lt;" in one._repr_html_()
    assert Transcription("a", 0.0, 0.0).to_json() == {"text": "a", "score": 0.0}
    assert Transcription("a", 0.0, 0.0).line() == "a"
