"""The recipe of the exposure gap: what it draws, how it answers, and a run of seconds."""

from __future__ import annotations

import re
import runpy

import numpy as np
import pytest
from recipe_process import ROOT, run_recipe

RECIPE = runpy.run_path(str(ROOT / "recipes/exposure_gap.py"))
FIRST, STATES, JUMP, CLEAR, TIME = (
    RECIPE[name] for name in ("FIRST", "STATES", "JUMP", "CLEAR", "TIME")
)


def best_possible(inputs, is_told):
    """The likeliest states by all that was seen, by the forward algorithm (Rabiner 1989, eq. 20).

    `is_told`: after the true state before.
    """
    found = np.zeros_like(inputs["seen"])
    for row, (seen, before) in enumerate(zip(inputs["seen"], inputs["tokens"], strict=True)):
        belief = np.full(STATES, 1 / STATES)
        for t in range(TIME):
            if is_told and t:
                belief = np.eye(STATES)[before[t] - FIRST]
            belief = belief * (1 - JUMP) + JUMP / STATES
            belief = belief * np.where(np.arange(STATES) == seen[t] - FIRST, 1 + CLEAR * 7, CLEAR)
            belief /= belief.sum()
            found[row, t] = FIRST + belief.argmax()
    return found


def test_what_is_drawn_jumps_and_is_seen_as_often_as_it_says():
    inputs, states = RECIPE["drawn"](np.random.default_rng(0), 1000)
    assert states.shape == (1000, TIME) and states.min() == FIRST
    assert states.max() == FIRST + STATES - 1
    np.testing.assert_array_equal(inputs["tokens"][:, 1:], states[:, :-1])
    assert not inputs["tokens"][:, 0].any()
    moved = (states[:, 1:] != states[:, :-1]).mean()
    assert moved == pytest.approx(JUMP * (1 - 1 / STATES), abs=0.003)
    is_seen = (inputs["seen"] == states).mean()
    assert is_seen == pytest.approx(CLEAR + (1 - CLEAR) / STATES, abs=0.005)
    assert (best_possible(inputs, True) == states).mean() == pytest.approx(0.946, abs=0.004)
    assert (best_possible(inputs, False) == states).mean() == pytest.approx(0.81, abs=0.01)


def test_running_freely_it_reads_what_it_said():
    model = RECIPE["Tracker"]()
    inputs, _ = RECIPE["drawn"](np.random.default_rng(0), 3)
    model(inputs)
    for weight in model.trainable_weights:  # so large that what was said matters
        weight.assign(np.random.default_rng(1).normal(size=weight.shape))
    found = RECIPE["free_running"](model, inputs)
    read = np.pad(found, [(0, 0), (1, 0)])[:, :-1]
    said = np.argmax(model({**inputs, "tokens": read}), -1)
    np.testing.assert_array_equal(found, said)
    assert (np.argmax(model(inputs), -1) != said).any()


def test_scheduled_sampling_closes_the_gap():
    done = run_recipe("exposure_gap", "--steps", 50)
    rows = re.findall(
        r"^([a-z ]+?) +told the truth +([\d.]+)% +free running +([\d.]+)%", done.stdout, re.M
    )
    told = {way: (float(truth), float(free)) for way, truth, free in rows}
    assert list(told) == ["teacher forcing", "from the model", "uniform", "always"]
    assert told["teacher forcing"][0] > 85, done.stdout
    assert told["teacher forcing"][1] < 45, done.stdout
    assert all(free > 50 for way, (_, free) in told.items() if way != "teacher forcing"), (
        done.stdout
    )
