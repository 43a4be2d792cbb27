"""Planted faults: what each kind does, where, and the same for a seed."""

from __future__ import annotations

import numpy as np
import pytest

from zoo.data.faults import KINDS, plant

RNG = np.random.default_rng(0)
VALUES = RNG.normal(size=(3000, 4)).cumsum(0)
DEVIATION = np.array([1.0, 2.0, 3.0, 4.0])


def faults(planted):
    """Kind, first step and the one after the last of each fault."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], planted.is_fault, [0]])))
    return [(planted.kinds[a], a, b) for a, b in edges.reshape(-1, 2)]


def test_all_kinds_come_apart_from_each_other_and_nothing_else_is_changed():
    planted = plant(VALUES, DEVIATION, seed=1)
    found = faults(planted)
    assert [kind for kind, _, _ in found[:7]] == [*KINDS, "spike"]
    for (kind, begin, end), (_, before, after) in zip(found[1:], found[:-1], strict=True):
        assert 48 <= begin - after <= 120 and before < after
        assert KINDS[kind][0] <= end - begin < KINDS[kind][1]
    assert found[0][1] >= 168 and found[-1][2] <= 3000 - 24
    np.testing.assert_array_equal(planted.values[~planted.is_fault], VALUES[~planted.is_fault])
    again = plant(VALUES, DEVIATION, seed=1)
    np.testing.assert_array_equal(again.values, planted.values)
    assert not np.array_equal(plant(VALUES, DEVIATION, seed=2).values, planted.values)


def test_what_each_kind_does():
    planted = plant(VALUES, DEVIATION, seed=3)
    for kind, begin, end in faults(planted):
        changed, true = planted.values[begin:end], VALUES[begin:end]
        off = (changed - true) / DEVIATION
        columns = np.abs(off).max(0) > 0
        if kind == "stuck":
            np.testing.assert_array_equal(changed, np.tile(VALUES[begin - 1], (end - begin, 1)))
        elif kind == "late":
            np.testing.assert_array_equal(changed, VALUES[begin - 12 : end - 12])
        else:
            assert 1 <= columns.sum() <= 3
            off = off[:, columns]
        if kind in ("spike", "shift"):
            np.testing.assert_allclose(off, np.tile(off[:1], (end - begin, 1)), rtol=1e-6)
            least = 2.25 if kind == "spike" else 1.5
            assert (np.abs(off) >= least - 1e-6).all() and (np.abs(off) <= 2 * least + 1e-6).all()
        if kind == "drift":
            np.testing.assert_allclose(np.diff(off, axis=0), np.tile(off[:1], (len(off) - 1, 1)))
            assert (np.abs(off[-1]) >= 2.25).all() and (np.abs(off[-1]) <= 4.5).all()
        if kind == "noise":
            assert np.abs(np.diff(off, axis=0)).min() > 0


@pytest.mark.parametrize("size", [1, 2])
def test_few_columns_and_weak_faults(size):
    strong, weak = (plant(VALUES[:, :size], DEVIATION[:size], 4, strength=s) for s in (1.0, 0.1))
    shift = strong.kinds == "shift"
    ratio = np.abs(weak.values - VALUES[:, :size])[shift].sum()
    whole = np.abs(strong.values - VALUES[:, :size])[shift].sum()
    np.testing.assert_allclose(ratio / whole, 0.1, rtol=1e-6)
