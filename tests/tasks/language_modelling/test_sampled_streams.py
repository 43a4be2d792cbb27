"""Scheduled sampling of streams: tokens drawn after the carried state, against a plain loop."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import ops
from quick import quick
from small_lm import small_lm

from zoo.tasks.language_modelling.truncated_bptt import TruncatedBPTT
from zoo.training.losses import SmoothedCrossEntropy
from zoo.training.scheduled_sampling import Constant, ScheduledSampling

ROWS, TIME = 3, 6
RNG = np.random.default_rng(0)
FIRST, SECOND = RNG.integers(1, 11, (2, ROWS, TIME)).astype("int32")
IS_DRAWN, NOISE = RNG.random((ROWS, TIME)) < 0.6, RNG.random((ROWS, TIME)).astype("float32")
BEGINS = np.array([False, True, False])  # the second row is another text


def carried(model):
    return [ops.convert_to_numpy(state) for state in model.carried]


def plain_mixed(model, by):
    """The tokens of the second batch, each drawn after all that its text had before."""
    expected = SECOND.copy()
    for row, t in np.ndindex(ROWS, TIME):
        if t == 0 or not IS_DRAWN[row, t]:
            continue
        before = (expected if by == "loop" else SECOND)[row, :t]
        read = before if BEGINS[row] else np.concatenate([FIRST[row], before])
        logits = ops.convert_to_numpy(model({"tokens": read[np.newaxis]}))[0, -1]
        shares = np.exp(logits[1:].astype("float64"))
        below = np.cumsum(shares / shares.sum())
        expected[row, t] = 1 + np.searchsorted(below, NOISE[row, t], side="right")
    return expected


@pytest.mark.parametrize("by", ["pass", "loop"])
@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_tokens_are_drawn_after_the_carried_state(cell, by):
    streams = TruncatedBPTT(small_lm(cell=cell), ROWS)
    streams({"tokens": FIRST, "begins": np.ones(ROWS, bool)})
    sampling = ScheduledSampling(streams, Constant(0.5), by=by)
    before = carried(streams)
    inputs = {"tokens": SECOND, "begins": BEGINS}
    found = ops.convert_to_numpy(quick(sampling.mixed, streams)(inputs, IS_DRAWN, NOISE))
    np.testing.assert_array_equal(found, plain_mixed(streams.language_model, by))
    assert (found != SECOND).any()
    for one, other in zip(before, carried(streams), strict=True):
        np.testing.assert_array_equal(one, other)


def test_the_state_carried_on_is_that_after_the_tokens_read(monkeypatch):
    streams = TruncatedBPTT(small_lm(cell="gru", dropout=0.0), ROWS)
    sampling = ScheduledSampling(streams, Constant(0.5))
    monkeypatch.setattr(sampling, "mixed", lambda inputs, is_drawn, noise: ops.array(SECOND))
    sampling({"tokens": FIRST, "begins": np.ones(ROWS, bool)}, training=True)
    _, state = streams.language_model({"tokens": SECOND}, return_state=True)
    for one, other in zip(carried(streams), keras.tree.flatten(state), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("by", ["pass", "loop"])
def test_true_tokens_alone_are_what_it_was(by):
    """Two batches, their losses and the state after them, without a token drawn."""
    found = []
    for schedule in (None, Constant(1.0)):
        streams = TruncatedBPTT(small_lm(cell="gru"), ROWS)
        model = ScheduledSampling(streams, schedule, by=by) if schedule else streams
        jit = "auto" if keras.backend.backend() == "jax" else False
        model.compile(keras.optimizers.SGD(0.5), SmoothedCrossEntropy(), jit_compile=jit)
        losses = [
            model.train_on_batch({"tokens": tokens, "begins": begins}, np.roll(tokens, -1, 1))
            for tokens, begins in ((FIRST, np.ones(ROWS, bool)), (SECOND, BEGINS))
        ]
        found.append([*losses, *carried(streams)])
    for one, other in zip(*found, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)
