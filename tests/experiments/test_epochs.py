"""Windows of series as epochs: what is counted is what comes, and a part of them is a part."""

from __future__ import annotations

import argparse

import numpy as np
import pytest

from zoo.experiments.epochs import windows_of

VALUES = np.arange(40, dtype="float32")[:, None]


def epochs(fraction=1.0, **more):
    args = argparse.Namespace(rows=3, fraction=fraction, seed=5)
    return windows_of(args, VALUES, np.arange(0, 30), past=6, future=4, **more)


@pytest.mark.parametrize("ahead", [1, 2])
def test_labels_are_those_that_come(ahead):
    found = epochs(ahead=ahead, past_weight=0.5)
    batches = list(found.batches(2, 0).as_numpy_iterator())
    assert len(batches) == found.steps == 10
    assert sum(labels.shape[0] * labels.shape[1] for _, labels, _ in batches) == found.tokens
    begins = []
    for inputs, labels, weights in batches:
        for row, said, each in zip(inputs["series"], labels, weights, strict=True):
            first = int(row[0, 0])
            begins.append(first)
            # Values count the steps, so what a row reads and is to say is known.
            assert said[:, 0].tolist() == list(range(first + ahead, first + 10))
            assert each[0] == pytest.approx(0.5 * each[-1])
    assert sorted(begins) == list(range(30))
    rest = next(iter(found.batches(2, 4).as_numpy_iterator()))
    np.testing.assert_array_equal(rest[1], batches[4][1])
    other = next(iter(found.batches(3, 4).as_numpy_iterator()))
    assert (other[1] != batches[4][1]).any()


def test_a_part_of_the_windows():
    found = epochs(fraction=1 / 3)
    assert (found.steps, found.description) == (3, "10 windows")
    read = [inputs["series"][:, 0, 0] for inputs, _, _ in found.batches(0, 0).as_numpy_iterator()]
    assert set(np.concatenate(read).tolist()) <= set(range(0, 30, 3))
