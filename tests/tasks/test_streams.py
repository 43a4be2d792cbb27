"""What goes on step by step ends with what the whole gives, in every topology."""

from __future__ import annotations

import numpy as np
import pytest
from small_answerer import small_answerer
from small_forecaster import SCALE, small_forecaster, walks
from small_lm import small_lm

import zoo
from zoo.errors import ConfigError
from zoo.inputs import CharacterTokenizer, train_running_words, train_words
from zoo.layers.pooling import KINDS

TEXT = "A warm , funny film that isn't too long . The plot , though , is dull and thin !"
WORDS = TEXT.split()
TOKENIZER = train_words([WORDS], min_count=1)


def cut(text: str, size: int) -> list[str]:
    return [text[begin : begin + size] for begin in range(0, len(text), size)]


def shaken(model, seed: int = 2):
    """The model with weights large enough to make answers differ."""
    rng = np.random.default_rng(seed)
    for weight in model.trainable_weights:
        weight.assign(rng.normal(size=weight.shape))
    return model


# A text is read --------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 5, 1000])
@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_a_text_that_is_read_letter_by_letter_is_as_probable(size, cell):
    model = small_lm(3, cell=cell, tokenizer=CharacterTokenizer("abc \n"))
    text = "ab\nca b" * 12
    stream, whole = model.stream(), model.score(text)
    for number, piece in enumerate(cut(text, size), 1):
        known = stream.push(piece)
        part = model.score(text[: number * size]) if number in (1, 4) else None
        assert part is None or known.log_prob == pytest.approx(part.log_prob, rel=1e-5)
    assert stream.end() == known and known.count == len(text)
    assert known.log_prob == pytest.approx(whole.log_prob, rel=1e-5)
    assert known.perplexity == pytest.approx(whole.perplexity, rel=1e-5)
    assert known.bits_per_token == pytest.approx(whole.bits_per_token, rel=1e-5)


def test_what_is_expected_next_is_what_the_text_is_scored_by():
    model = small_lm(3, tokenizer=CharacterTokenizer("abc \n"))
    stream = model.stream()
    for before in ("", "ab", "abca"):
        stream = model.stream()
        assert stream.push(before).count == len(before)
        found = dict(stream.expected(100))
        assert set(found) == set("abc \n") and sum(found.values()) < 1
        for letter in found:
            last = model.score(before + letter).token_log_probs[-1]
            assert np.log(found[letter]) == pytest.approx(last, abs=1e-5)
        assert [pair[1] for pair in stream.expected(3)] == sorted(found.values())[:-4:-1]


def test_a_text_of_words_comes_in_pieces_that_end_where_words_do():
    tokenizer = train_running_words(["a band of bad bananas. the end\n"])
    model, text = small_lm(4, tokenizer=tokenizer), "bad bananas of a band\nthe end\n"
    stream = model.stream()
    for piece in ("bad bananas ", "of a", " band\n", "", "the end\n"):
        known = stream.push(piece)
    assert known.log_prob == pytest.approx(model.score(text).log_prob, rel=1e-5)


def test_a_model_with_a_cache_goes_on_too():
    model = small_lm(3, tokenizer=CharacterTokenizer("abc \n")).with_cache(20)
    stream, text = model.stream(), "ab\nca b" * 6
    for piece in cut(text, 4):
        known = stream.push(piece)
    assert known.log_prob == pytest.approx(model.score(text).log_prob, rel=1e-5)


# A series goes on ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "settings",
    [
        {"patch": 3, "context": 12},
        {"patch": 1},
        {"patch": 1, "motion": 1.0},
        {"patch": 1, "joint": False},
    ],
    ids=str,
)
def test_each_step_is_foreseen_as_from_all_before_it(settings):
    model = small_forecaster(**settings)
    series, patch = SCALE.unscaled(walks(1, 30)[0]), settings["patch"]
    stream, sizes, begin = model.stream(interval=0.5), [1, 1, 4, 1, 7, 2], 0
    while begin < len(series):
        size = sizes[begin % len(sizes)]
        piece = series[begin] if size == 1 else series[begin : begin + size]
        known, begin = stream.push(piece), begin + size
        whole = model.forecast(series[:begin], patch, interval=0.5)
        for one in ("__array__", "low", "high"):
            both = [
                np.asarray(f if one == "__array__" else getattr(f, one)) for f in (known, whole)
            ]
            np.testing.assert_allclose(*both, rtol=1e-5, atol=1e-5)
        assert known.interval == 0.5 and known.columns == whole.columns
    assert stream.end() == known


def test_of_nothing_is_expected_what_a_model_expects_of_nothing():
    model = small_forecaster(patch=1)
    np.testing.assert_allclose(model.stream().end(), model.forecast(np.zeros((0, 2)), 1))


@pytest.mark.parametrize("step", [np.zeros(3), np.zeros((2, 2, 2)), np.array([np.nan, 1]), "ab"])
def test_a_bad_step_of_a_series_is_said(step):
    stream = small_forecaster(patch=1).stream()
    with pytest.raises(ConfigError, match="step of"):
        stream.push(step)


def test_patches_from_the_end_need_the_end():
    with pytest.raises(ConfigError, match="call forecast"):
        small_forecaster(patch=3).stream()


# Words are labelled ----------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 3, 40])
def test_words_are_labelled_as_in_the_whole(size):
    model = shaken(zoo.build("pos", units=7, layers=2, tokenizer=TOKENIZER, is_causal=True))
    whole = model.tag(WORDS, is_split_into_words=True)
    stream, before = model.stream(), []
    for begin in range(0, len(WORDS), size):
        known = stream.push(WORDS[begin : begin + size])
        assert known[: len(before)] == before  # what comes later changes nothing
        before = known
    assert stream.end() == whole and len({pair.tag for pair in whole}) > 1


def test_a_string_is_cut_into_words():
    model = shaken(zoo.build("pos", units=6, tokenizer=TOKENIZER, is_causal=True))
    stream = model.stream()
    stream.push("A warm, funny film")
    stream.push("")
    found = stream.push("that isn't long.")
    assert found == model.tag("A warm, funny film that isn't long.")


@pytest.mark.parametrize("pooling", [kind for kind in KINDS if kind != "attention"])
@pytest.mark.parametrize("size", [1, 4, 40])
def test_a_text_is_classified_as_the_whole(pooling, size):
    settings = {"units": 7, "layers": 2, "embedding_size": 6, "tokenizer": TOKENIZER}
    model = shaken(zoo.build("rating", is_causal=True, pooling=pooling, **settings))
    stream, said = model.stream(), []
    nothing = model.classify("").probabilities
    assert stream.push("").probabilities == pytest.approx(nothing, abs=1e-5)
    for begin in range(0, len(WORDS), size):
        known = stream.push(" ".join(WORDS[begin : begin + size]))
        whole = model.classify(" ".join(WORDS[: begin + size]))
        assert known.probabilities == pytest.approx(whole.probabilities, abs=1e-5)
        said.append(known.probabilities["negative"])
    assert known.label == whole.label and (size == 40 or len(set(said)) > 2)


# What cannot go on says so ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "why"),
    [
        (lambda: zoo.build("pos", units=4, tokenizer=TOKENIZER), "reads backwards"),
        (lambda: zoo.build("pos", units=4, tokenizer=TOKENIZER, is_causal=True, crf=True), "CRF"),
        (lambda: zoo.build("sentiment", units=4, tokenizer=TOKENIZER), "reads backwards"),
        (
            lambda: zoo.build(
                "sentiment", units=4, tokenizer=TOKENIZER, is_causal=True, pooling="attention"
            ),
            "Attention weighs",
        ),
        (lambda: zoo.build("activity", units=4, labels=("wave", "sit")), "reads backwards"),
        (small_answerer, "answers whole items alone, by answer"),
    ],
)
def test_a_model_that_needs_the_whole_says_why(model, why):
    with pytest.raises(ConfigError, match=why) as refusal:
        model().stream()
    assert "\n" not in str(refusal.value)


def test_a_stream_that_has_ended_takes_no_more():
    stream = small_forecaster(patch=1).stream()
    stream.push([1.0, 2.0])
    assert stream.end() == stream.end()
    with pytest.raises(ConfigError, match="has ended"):
        stream.push([1.0, 2.0])
    with pytest.raises(ConfigError, match="string"):
        small_lm(3, tokenizer=CharacterTokenizer("ab")).stream().push(b"ab")
