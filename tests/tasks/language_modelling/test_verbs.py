"""What a language model does with text, against NumPy and brute force over a few characters."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from keras import ops
from small_lm import log_probs_of, small_lm

from zoo.decoding import SampleSearch
from zoo.errors import ConfigError
from zoo.inputs import CharacterTokenizer, train_running_words
from zoo.tasks.language_modelling.results import Surprise

TOKENIZER = CharacterTokenizer("abc \n")
TEXTS = ["abba", "", "c", "ab\nca b" * 5, "xyz"]


@pytest.fixture(scope="module")
def model():
    return small_lm(3, tokenizer=TOKENIZER)


@pytest.fixture(scope="module")
def words():
    tokenizer = train_running_words(["a band of bad bananas. the end\n"])
    return small_lm(4, tokenizer=tokenizer)


def log_probs_after(model, rows):
    """The log-probabilities of the next token after each row of ids, float64 `[rows, tokens]`."""
    lengths = [len(row) for row in rows]
    tokens = np.zeros((len(rows), 192), "int32")  # of one shape, so compiled once
    for filled, row in zip(tokens, rows, strict=True):
        filled[: len(row)] = row
    logits = model.predict_on_batch({"tokens": tokens})
    logits = logits[np.arange(len(rows)), np.array(lengths) - 1].astype("float64")
    return logits - np.log(np.exp(logits).sum(-1, keepdims=True))


def distribution(model, ids):
    """The probabilities of the next token after ids, padding and the unknown left out."""
    shares = np.exp(log_probs_after(model, [ids])[0])
    shares[[0, 1]] = 0
    return shares / shares.sum()


@pytest.mark.parametrize("prompt", ["", "ab", "abc\n" * 40])
def test_the_best_token_every_time(model, prompt):
    ids = [TOKENIZER.begin_id, *TOKENIZER.encode(prompt)]
    for _ in range(12):
        ids.append(int(distribution(model, ids).argmax()))
    assert model.generate(prompt, 12, temperature=0) == TOKENIZER.decode(ids[1:])


@pytest.mark.parametrize("top", [{}, {"top_k": 2}, {"top_p": 0.7}])
def test_what_is_drawn(model, top):
    """A draw falls into its token's part of the cumulated distribution, the best first if cut."""
    draws = SampleSearch(seed=5).draws_of(0, 30)[0] / 2**23
    ids = [TOKENIZER.begin_id, *TOKENIZER.encode("ab")]
    for draw in draws:
        shares = distribution(model, ids) ** (1 / 0.7)
        order = np.argsort(-shares, kind="stable") if top else np.arange(len(shares))
        kept = shares[order] / shares.sum()
        kept[top.get("top_k", len(kept)) :] = 0
        kept[np.cumsum(kept) - kept >= top.get("top_p", 2)] = 0
        cumulated = np.cumsum(kept)
        ids.append(int(order[(cumulated <= draw * cumulated[-1]).sum()]))
    text = model.generate("ab", 30, temperature=0.7, seed=5, **top)
    assert text == TOKENIZER.decode(ids[1:])


def test_lists_streams_and_seeds(model):
    one = model.generate("ab", 25, seed=1)
    assert one == model.generate("ab", 25, seed=1) != model.generate("ab", 25, seed=2)
    assert one[:20] == model.generate("ab", 18, seed=1)
    assert model.generate("ab", 25) != model.generate("ab", 25)
    assert model.generate(["ab", "c"], 25, seed=1)[0] == one
    assert model.generate([], 25) == []
    pieces = list(model.generate("ab", 25, seed=1, stream=True))
    assert "".join(pieces) == one and len(pieces) == 26
    assert model.generate("x?", 5, seed=1).startswith("x?")


@pytest.mark.parametrize("temperature", [0, 1])
def test_padding_and_the_unknown_are_never_written(temperature):
    model = small_lm(3, tokenizer=TOKENIZER)
    model.embedding.bias.assign([30, 30, 0, 0, 0, 0, 0])
    text = model.generate("ab", 20, temperature=temperature, seed=1)
    assert len(text) == 22 and set(text) <= set("abc \n")


def test_a_token_costs_one_step(model, monkeypatch):
    """The text before is read once, however much is written."""
    read = []
    right = type(model).read
    monkeypatch.setattr(
        type(model), "read", lambda self, ids, *more: read.append(ids.size) or right(self, ids)
    )
    model.generate("abc" * 50, 40, seed=1)
    assert read == [150]


def test_words_are_written_as_text(words):
    text = words.generate("the end. the", 40, seed=3)
    assert text.startswith("the end. the") and " ." not in text and "<" not in text
    assert "".join(words.generate("the end. the", 40, seed=3, stream=True)) == text
    new = words.tokenizer.encode(text[len("the end. the") :])
    assert len(new) == 40


def test_scores(model):
    scores = model.score(TEXTS)
    for text, score in zip(TEXTS, scores, strict=True):
        ids = TOKENIZER.encode(text)
        expected = log_probs_of(model, ids, TOKENIZER.begin_id)[0] if text else np.zeros(0)
        np.testing.assert_allclose(score.token_log_probs, expected, rtol=1e-4, atol=1e-4)
        assert score.log_prob == pytest.approx(expected.sum(), abs=1e-3)
        mean = -expected.mean() if text else 0.0
        assert score.perplexity == pytest.approx(np.exp(mean), rel=1e-3)
        assert score.bits_per_token == pytest.approx(mean / np.log(2), rel=1e-3, abs=1e-6)
        assert score.tokens == TOKENIZER.pieces(ids)
        alone = model.score(text)
        np.testing.assert_allclose(alone.token_log_probs, score.token_log_probs, atol=1e-4)


def test_surprise(model):
    one, blank = model.surprise(["ab\nc", ""])
    expected = -log_probs_of(model, TOKENIZER.encode("ab\nc"), TOKENIZER.begin_id)[0] / np.log(2)
    assert [token for token, _ in one] == list("ab\nc") and len(blank) == 0
    np.testing.assert_allclose([bits for _, bits in one], expected, rtol=1e-3, atol=1e-3)


def test_a_heat_line():
    line = Surprise(["a", "b", "\n", "c"], [0.5, 5.0, 2.0, 20.0]).__rich__()
    assert line.plain == "ab⏎\nc"
    colours = [str(span.style).rsplit("rgb", 1)[-1] for span in line.spans]
    assert colours == ["(255,118,118)", "(255,206,206)", "(255,0,0)"]
    assert Surprise(["a", "b", "<eos>", "c"], [0.0] * 4, " ").__rich__().plain == "a b ⏎\nc"


def test_the_most_probable_endings(model):
    """Every spelling of up to three more letters, and whatever is no letter ends it."""
    text = "b a"
    ids = [TOKENIZER.begin_id, *TOKENIZER.encode(text)]
    bias = ops.convert_to_numpy(model.embedding.bias)
    model.embedding.bias.assign(bias + np.array([0, 0, 0, 0, 0, 4, 4]))  # short words
    found = model.complete(text, 4)
    spelt = [w for n in range(4) for w in itertools.product([2, 3, 4], repeat=n)]
    log_probs = dict(
        zip(spelt, log_probs_after(model, [[*ids, *word] for word in spelt]), strict=True)
    )
    expected = {}
    for word in spelt:
        chance = np.exp(log_probs[word])[[0, 1, 5, 6]].sum()
        for place, letter in enumerate(word):
            chance *= np.exp(log_probs[word[:place]][letter])
        expected["a" + TOKENIZER.decode(word)] = chance
    best = sorted(expected, key=expected.__getitem__, reverse=True)[:4]
    assert [word for word, _ in found] == best
    np.testing.assert_allclose([p for _, p in found], [expected[w] for w in best], rtol=1e-3)
    model.embedding.bias.assign(bias)


def test_the_words_that_begin_so(words):
    found = words.complete("the end of ba", 5)
    ids = np.array([words.tokenizer.begin_id, *words.tokenizer.encode("the end of")])
    logits = log_probs_after(words, [ids])[0]
    candidates = ["band", "bad", "bananas"]
    shares = np.exp([logits[words.tokenizer.encode(word)[0]] for word in candidates])
    expected = dict(zip(candidates, shares / shares.sum(), strict=True))
    assert [word for word, _ in found] == sorted(expected, key=expected.get, reverse=True)
    for word, chance in found:
        assert chance == pytest.approx(expected[word], rel=1e-3)
    assert words.complete("the q") == []
    assert len(words.complete("the ", 3)) == 3


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda m: m.generate(3), "generate wants a string"),
        (lambda m: m.generate("a", 0), "length must be"),
        (lambda m: m.generate("a", temperature=-1), "temperature must be"),
        (lambda m: m.generate("a", temperature=0, top_p=2), "top_p must be"),
        (lambda m: m.generate("a", top_k=0), "top_k must be"),
        (lambda m: m.generate("a", seed=-1), "seed must be"),
        (lambda m: m.generate(["a"], stream=True), "one prompt"),
        (lambda m: m.score(b"a"), "score wants a string"),
        (lambda m: m.complete(["a"]), "complete wants one string"),
        (lambda m: m.complete("a", 0), "n must be"),
    ],
)
def test_what_is_refused(model, call, message):
    with pytest.raises(ConfigError, match=message):
        call(model)


def test_a_model_of_ids_alone():
    with pytest.raises(ConfigError, match="no tokenizer"):
        small_lm().generate("a")


def test_another_search_writes_too(model):
    greedy = model.generate("ab", 12, temperature=0)
    assert model.generate("ab", 12, search="greedy") == greedy
    drawn = model.generate("ab", 12, temperature=0.7, seed=3)
    assert model.generate("ab", 12, search=SampleSearch(0.7, seed=3)) == drawn
    with pytest.raises(ConfigError, match="decides token by token"):
        model.generate("ab", 12, search="beam")
    with pytest.raises(ConfigError, match="says it all: leave out temperature"):
        model.generate("ab", 12, search="greedy", temperature=0.5)
