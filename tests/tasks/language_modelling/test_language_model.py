"""The language model: its parts in NumPy, states, padding, files, and what it says of a text."""

from __future__ import annotations

import numpy as np
import pytest
from keras import ops
from quick import quick
from small_lm import log_probs_of, small_lm

import zoo
from zoo.errors import ConfigError
from zoo.inputs import CharacterTokenizer
from zoo.layers import NeuralCache

BODIES = [{"cell": "lstm"}, {"body": "tcn", "layers": 3}, {"body": "transformer", "context": 20}]
CACHE = {"cache": {"size": 7, "theta": 0.4, "lambda_": 0.3}}
IDS = np.random.default_rng(1).integers(0, 11, (2, 9)).astype("int32")


def logits_of(model, ids, **settings):
    if not settings:  # what is drawn in training would be the same in every compiled call
        return ops.convert_to_numpy(quick(model, model)({"tokens": ids}))
    return ops.convert_to_numpy(model({"tokens": ids}, **settings))


def test_logits_are_those_of_the_parts():
    """Outputs of the recurrence, brought to the width of the vectors, times the vectors."""
    model = small_lm()
    assert model.projection is not None
    vectors = ops.convert_to_numpy(model.embedding.vectors)
    outputs = ops.convert_to_numpy(model.recurrence(vectors[IDS])[0])
    top = outputs @ ops.convert_to_numpy(model.projection.kernel) @ vectors.T
    expected = top + ops.convert_to_numpy(model.embedding.bias)
    np.testing.assert_allclose(logits_of(model, IDS), expected, rtol=1e-4, atol=1e-5)
    assert small_lm(top_units=6).projection is None


@pytest.mark.parametrize("config", [*BODIES, CACHE])
def test_what_follows_changes_nothing_before_it(config):
    model = small_lm(**config)
    other = np.concatenate([IDS[:, :6], 10 - IDS[:, 6:]], axis=1)
    np.testing.assert_allclose(
        logits_of(model, other)[:, :6], logits_of(model, IDS)[:, :6], rtol=1e-4, atol=1e-5
    )


@pytest.mark.parametrize("config", [{"layers": 3, "residual": True}, *BODIES[1:], CACHE])
def test_steps_are_the_whole(config):
    model = small_lm(**config)
    state, steps, step = model.get_initial_state(2), [], quick(model.step, model)
    for tokens in IDS.T:
        logits, state = step(tokens, state)
        steps.append(ops.convert_to_numpy(logits))
    np.testing.assert_allclose(np.stack(steps, 1), logits_of(model, IDS), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("rows, tokens", [(1, 1), (1, 300), (3, 128), (40, 70), (2, 0)])
def test_reading_texts_longer_than_a_window(rows, tokens):
    model = small_lm()
    ids = np.random.default_rng(2).integers(0, 11, (rows, tokens))
    done = []
    found, _ = model.read(ids, None, np.full(rows, 4), lambda *numbers: done.append(numbers))
    assert found.shape == ids.shape and found.dtype == np.float32
    if tokens:
        np.testing.assert_allclose(found, log_probs_of(model, ids, 4), rtol=1e-4, atol=1e-4)
        assert done[-1] == (ids.size, ids.size)


@pytest.mark.parametrize("config", [{"cell": "simple"}, {"cell": "gru"}, *BODIES[1:], CACHE])
def test_reading_goes_on_where_it_stopped(config):
    model = small_lm(**config)
    ids = np.random.default_rng(2).integers(0, 11, (3, 200))
    first, state = model.read(ids[:, :130])
    rest, _ = model.read(ids[:, 130:], state, ids[:, 129])
    found = np.concatenate([first, rest], axis=1)
    np.testing.assert_allclose(found, log_probs_of(model, ids), rtol=1e-4, atol=1e-4)


def test_a_cache_is_over_the_same_model():
    """Its outputs and logits, mixed as the layer's own tests say; in training there is none."""
    plain = small_lm()
    assert plain.projection is not None
    model = plain.with_cache(**CACHE["cache"])
    outputs, _ = plain.recurrence(ops.convert_to_numpy(plain.embedding.vectors)[IDS])
    cache = NeuralCache(**CACHE["cache"])
    start = cache.get_initial_state(2, 8)
    expected, _ = cache(outputs, IDS, plain({"tokens": IDS}), start)
    np.testing.assert_allclose(logits_of(model, IDS), ops.convert_to_numpy(expected), atol=1e-5)
    assert np.abs(logits_of(model, IDS) - logits_of(plain, IDS)).max() > 0.1
    trained = logits_of(model, IDS, training=True)
    np.testing.assert_allclose(trained, logits_of(plain, IDS), atol=1e-5)
    bare = model.with_cache(0)
    assert bare.cache is None and [id(w) for w in bare.weights] == [id(w) for w in plain.weights]
    np.testing.assert_array_equal(logits_of(bare, IDS), logits_of(plain, IDS))
    with pytest.raises(ConfigError, match="lambda_ must be in"):
        plain.with_cache(lambda_=1)


def test_a_name_is_expected_again_once_it_was_read():
    model = small_lm(tokenizer=CharacterTokenizer("abcdefgh "))
    text = "bad hedge " * 6
    plain, cached = (m.score(text).token_log_probs for m in (model, model.with_cache(30, 2, 0.5)))
    assert sum(cached[30:]) > sum(plain[30:]) + 20


def test_dropout_is_for_training_alone():
    model = small_lm(dropout=0.5, output_dropout=0.5, token_dropout=0.5, weight_dropout=0.5)
    np.testing.assert_array_equal(logits_of(model, IDS), logits_of(model, IDS))
    dropped = logits_of(model, IDS, training=True)
    assert np.abs(dropped - logits_of(model, IDS, training=True)).max() > 1e-3


@pytest.mark.parametrize(
    "dtype, config",
    [(None, {"weight_dropout": 0.1}), ("float16", {"weight_dropout": 0.1})]
    + [(None, config) for config in (*BODIES[1:], CACHE)],
)
def test_a_file_holds_it_all(tmp_path, dtype, config):
    model = small_lm(tokenizer=CharacterTokenizer("ehlo\n🙂"), dataset="ptb", **config)
    zoo.save(model, tmp_path / "m.keras", dtype=dtype)
    again = zoo.load(tmp_path / "m.keras")
    tolerance = 1e-6 if dtype is None else 2e-2
    ids = IDS % again.tokenizer.vocabulary_size
    np.testing.assert_allclose(logits_of(again, ids), logits_of(model, ids), atol=tolerance)
    assert again.tokenizer.characters == model.tokenizer.characters
    assert (again.task, again.dataset) == ("lm", "ptb")


def test_a_model_without_a_vocabulary():
    with pytest.raises(ConfigError, match="'lm' needs tokenizer"):
        zoo.build("lm")


@pytest.mark.parametrize("config", [*BODIES[1:], CACHE])
def test_writing_with_another_body(config):
    """Each token written is the best after all before it, read as a whole."""
    model = small_lm(tokenizer=CharacterTokenizer("ehlo"), **config)
    text = model.generate("he", 25, temperature=0)
    ids = model.tokenizer.encode(text)
    logits = logits_of(model, np.concatenate([[model.tokenizer.begin_id], ids[:-1]])[None])[0]
    assert len(text) == 27
    np.testing.assert_array_equal(logits[2:, 2:].argmax(-1) + 2, ids[2:])
    assert 0 < sum(chance for _, chance in model.complete("oh h")) <= 1 + 1e-5


@pytest.mark.parametrize(
    "config, sentence",
    [
        ({"body": "rnn"}, "no body 'rnn': take one of recurrent, tcn, transformer"),
        ({"body": "tcn", "cell": "gru"}, "cell is a setting of body='recurrent', and body='tcn'"),
        ({"body": "tcn", "heads": 2}, "heads is a setting of body='transformer'"),
        ({"body": "transformer", "residual": True}, "residual is a setting of body='recurrent'"),
        ({"kernel_size": 3}, "kernel_size is a setting of body='tcn', and body='recurrent'"),
        ({"body": "transformer", "units": 6}, "6 units cannot be divided among 4 heads"),
        ({"body": "transformer", "context": 0}, "context is one step or more, not 0"),
    ],
)
def test_a_body_that_makes_no_sense(config, sentence):
    with pytest.raises(ConfigError, match=sentence):
        small_lm(**config)
