"""Cross-entropy of a text: over all of it, from one state, and in the units of the papers."""

from __future__ import annotations

import numpy as np
import pytest
from small_lm import log_probs_of, small_lm

from zoo.errors import ConfigError
from zoo.inputs import CharacterTokenizer, RunningSubwordTokenizer
from zoo.tasks.language_modelling.evaluate import cross_entropy, evaluate_language_model

TOKENIZER = CharacterTokenizer("abc\n")


def test_every_token_counts_once():
    model = small_lm(tokenizer=TOKENIZER)
    ids = TOKENIZER.encode("abcab\ncc" * 50)[:-3]
    expected = -log_probs_of(model, ids, TOKENIZER.begin_id).mean()
    done = []
    assert cross_entropy(model, ids, 1, lambda *n: done.append(n)) == pytest.approx(expected, 1e-4)
    assert done[-1] == (len(ids), len(ids))
    rows = [ids[:132], ids[132:264], ids[264:396], ids[396:]]  # three streams, and one token left
    parts = [log_probs_of(model, row, TOKENIZER.begin_id).sum() for row in rows]
    assert cross_entropy(model, ids, 3) == pytest.approx(-sum(parts) / len(ids), 1e-4)


def test_the_rows_of_a_card(tiny_mirror):
    text = "abc\nca\n" * 100
    tiny_mirror.add("tiny_shakespeare/input.txt", text.encode())
    model = small_lm(tokenizer=TOKENIZER, dataset="tiny_shakespeare")
    nats, bits = evaluate_language_model(model)
    test = TOKENIZER.encode(text[630:])
    expected = -log_probs_of(model, test, TOKENIZER.begin_id).mean()
    assert nats["value"] == pytest.approx(expected, 1e-4)
    assert bits["value"] == pytest.approx(expected / np.log(2), 1e-4)
    assert (nats["metric"], bits["metric"]) == ("nats_per_character", "bits_per_character")
    assert nats["signature"] == "tokens:70|state:carried|dynamic:no" and nats["digits"] == 4
    assert nats["sentences"] == text[630:].count("\n")


def test_subwords_are_scored_by_the_characters_of_the_text(tiny_mirror, trained_proto):
    text = "where is the house?\na dog sleeps.\n" * 60
    tiny_mirror.add("tiny_shakespeare/input.txt", text.encode())
    tokenizer = RunningSubwordTokenizer(trained_proto)
    model = small_lm(tokenizer=tokenizer, dataset="tiny_shakespeare")
    rows = evaluate_language_model(model)
    test = text[len(text) * 9 // 10 :]
    ids = tokenizer.encode(test)
    total = -log_probs_of(model, ids, tokenizer.begin_id).sum()
    assert len(ids) < len(test)
    assert [(row["metric"], row["direction"]) for row in rows] == [
        ("nats_per_character", "lower"),
        ("bits_per_character", "lower"),
        ("perplexity_per_subword", "lower"),
    ]
    expected = [total / len(test), total / len(test) / np.log(2), np.exp(total / len(ids))]
    np.testing.assert_allclose([row["value"] for row in rows], expected, rtol=1e-3)


def test_a_cache_is_scored_beside_the_model_without(tiny_mirror):
    text = "abc\nca\n" * 100
    tiny_mirror.add("tiny_shakespeare/input.txt", text.encode())
    model = small_lm(tokenizer=TOKENIZER, dataset="tiny_shakespeare")
    cached = model.with_cache(20, 0.5, 0.25)
    test = TOKENIZER.encode(text[630:])
    first, _, second, _ = evaluate_language_model(cached)
    assert first["metric"] == "nats_per_character"
    assert first["value"] == pytest.approx(
        -log_probs_of(cached, test, TOKENIZER.begin_id).mean(), 1e-4
    )
    assert first["signature"].endswith("|cache:20,0.5,0.25")
    assert second["metric"] == "nats_per_character (without its cache)"
    assert second["value"] == evaluate_language_model(model)[0]["value"] > first["value"]
    assert second["signature"].endswith("|cache:no")


def test_a_model_that_cannot_be_measured():
    with pytest.raises(ConfigError, match="no tokenizer"):
        evaluate_language_model(small_lm(dataset="ptb"))
    with pytest.raises(ConfigError, match="what data set it is for"):
        evaluate_language_model(small_lm(tokenizer=TOKENIZER))
