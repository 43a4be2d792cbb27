"""Scheduled sampling against a plain loop over rows and tokens in NumPy."""

from __future__ import annotations

import math

import keras
import numpy as np
import pytest
from keras import ops
from quick import quick
from small_classifier import small_classifier
from small_lm import small_lm
from small_nmt import log_softmax, logits_of, random_batch, small_nmt

from zoo.errors import ConfigError
from zoo.training.losses import SmoothedCrossEntropy
from zoo.training.scheduled_sampling import (
    Constant,
    ExponentialDecay,
    InverseSigmoidDecay,
    LinearDecay,
    ScheduledSampling,
    draw,
)

KINDS = {
    "attention": {},
    "no attention": {"attention": None},
    "transformer": {"body": "transformer", "heads": 2},
}


def plain_draw(log_probs, noise):
    """The lowest token, except padding, up to which the distribution holds more than `noise`."""
    probabilities = np.exp(log_probs[1:])
    probabilities /= probabilities.sum()
    below = 0.0
    for token, probability in enumerate(probabilities, 1):
        below += probability
        if below > noise:
            return token
    raise AssertionError


def noises(shape, seed=0):
    rng = np.random.default_rng(seed)
    return rng.random(shape) < 0.6, rng.random(shape).astype("float32")


def test_a_draw_follows_the_distribution():
    logits = np.log(np.array([0.5, 0.1, 0.15, 0.25], "float32"))
    noise = np.linspace(0, 1, 1000, endpoint=False).astype("float32")
    found = ops.convert_to_numpy(draw(np.tile(logits, (1000, 1)), noise))
    counts = np.bincount(found, minlength=4)
    np.testing.assert_allclose(counts / 1000, [0, 0.2, 0.3, 0.5], atol=0.002)


@pytest.mark.parametrize("kind", KINDS)
def test_one_pass_draws_each_token_after_the_true_ones(kind):
    model = small_nmt(**KINDS[kind])
    inputs, _, _ = random_batch()
    target = inputs["target"]
    is_drawn, noise = noises(target.shape)
    sampling = ScheduledSampling(model, Constant(0.5))
    found = ops.convert_to_numpy(sampling.mixed(inputs, is_drawn, noise))
    log_probs = log_softmax(logits_of(model, inputs))
    expected = target.copy()
    for row, t in np.ndindex(target.shape):
        if t and target[row, t] and is_drawn[row, t]:
            expected[row, t] = plain_draw(log_probs[row, t - 1], noise[row, t])
    np.testing.assert_array_equal(found, expected)
    assert (found != target).any()


@pytest.mark.parametrize("kind", KINDS)
def test_the_loop_draws_each_token_after_those_drawn_before(kind):
    model = small_nmt(**KINDS[kind])
    inputs, _, _ = random_batch()
    target = inputs["target"]
    is_drawn, noise = noises(target.shape)
    sampling = ScheduledSampling(model, Constant(0.5), by="loop")
    run = quick(sampling.mixed, model)
    found = ops.convert_to_numpy(run(inputs, is_drawn, noise))
    expected = target.copy()
    for t in range(1, target.shape[1]):
        log_probs = log_softmax(logits_of(model, {**inputs, "target": expected}))
        for row in range(len(target)):
            if target[row, t] and is_drawn[row, t]:
                expected[row, t] = plain_draw(log_probs[row, t - 1], noise[row, t])
    np.testing.assert_array_equal(found, expected)
    one_pass = ScheduledSampling(model, Constant(0.5)).mixed(inputs, is_drawn, noise)
    assert (ops.convert_to_numpy(one_pass) != expected).any()


def test_a_language_model_reads_its_own_tokens_too():
    model = small_lm()
    tokens = np.random.default_rng(0).integers(1, 9, (2, 6)).astype("int32")
    is_drawn, noise = noises(tokens.shape)
    for by in ("pass", "loop"):
        sampling = ScheduledSampling(model, Constant(0.0), by=by)
        found = ops.convert_to_numpy(
            quick(sampling.mixed, model)({"tokens": tokens}, is_drawn, noise)
        )
        np.testing.assert_array_equal(found[:, 0], tokens[:, 0])
        np.testing.assert_array_equal(
            found[:, 1:][~is_drawn[:, 1:]], tokens[:, 1:][~is_drawn[:, 1:]]
        )
        assert (found != tokens).any()


def test_uniform_draws_are_all_words_alike():
    model = small_nmt()
    inputs = {"source": np.ones((400, 2), "int32"), "target": np.ones((400, 5), "int32")}
    noise = np.random.default_rng(0).random((400, 5)).astype("float32")
    sampling = ScheduledSampling(model, Constant(0.0), draws="uniform")
    found = ops.convert_to_numpy(sampling.mixed(inputs, noise >= 0, noise))[:, 1:]
    counts = np.bincount(found.ravel(), minlength=20)
    assert not counts[:4].any()
    np.testing.assert_allclose(counts[4:] / 1600, 1 / 16, atol=0.02)


@pytest.mark.parametrize(
    "schedule, formula",
    [
        (LinearDecay(0.01, 0.2), lambda i: max(0.2, 1 - 0.01 * i)),
        (ExponentialDecay(0.97), lambda i: 0.97**i),
        (InverseSigmoidDecay(20), lambda i: 20 / (20 + math.exp(i / 20))),
        (Constant(0.3), lambda i: 0.3),
    ],
)
def test_schedules_are_the_papers(schedule, formula):
    for step in (0, 1, 10, 50, 200):
        assert float(schedule(step)) == pytest.approx(formula(step), abs=1e-5)
    assert float(type(schedule).halving_at(500)(500)) == pytest.approx(0.5, abs=1e-3)


@pytest.mark.parametrize("each", ["token", "sequence"])
def test_as_many_are_true_as_the_schedule_says(each):
    sampling = ScheduledSampling(small_nmt(), LinearDecay(0.001), each=each)
    sampling.steps.assign(300)
    noise = np.random.default_rng(0).random((4000, 5)).astype("float32")
    is_drawn = ops.convert_to_numpy(sampling.where_drawn(noise))
    assert is_drawn.mean() == pytest.approx(0.3, abs=0.02)
    if each == "sequence":
        assert (is_drawn == is_drawn[:, :1]).all()
    else:
        assert (is_drawn != is_drawn[:, :1]).any()


@pytest.mark.parametrize("by", ["pass", "loop"])
def test_it_trains_the_model_and_counts_its_steps(by):
    model = small_nmt()
    sampling = ScheduledSampling(model, LinearDecay(0.1), by=by)
    sampling.compile(
        "sgd", SmoothedCrossEntropy(), jit_compile=keras.backend.backend() == "jax" or "auto"
    )
    before = [ops.convert_to_numpy(w) for w in model.trainable_weights]
    inputs, labels, weights = random_batch()
    sampling.fit(inputs, labels, batch_size=3, sample_weight=weights, epochs=3, verbose=0)
    assert float(sampling.steps) == 3
    after = [ops.convert_to_numpy(w) for w in model.trainable_weights]
    assert all((a != b).any() for a, b in zip(before, after, strict=True))
    np.testing.assert_array_equal(sampling(inputs), model(inputs))


def test_true_tokens_alone_are_teacher_forcing():
    model = small_nmt()
    inputs, _, _ = random_batch()
    found = ScheduledSampling(model, Constant(1.0))(inputs, training=True)
    np.testing.assert_allclose(found, model(inputs, training=True), atol=1e-5)


def test_what_makes_no_sense_is_refused():
    with pytest.raises(ConfigError, match="draws is one of model, uniform, not 'beam'"):
        ScheduledSampling(small_nmt(), Constant(0.0), draws="beam")
    with pytest.raises(ConfigError, match="reads its own outputs, and the model .* reads none"):
        ScheduledSampling(small_classifier(), Constant(0.0))
