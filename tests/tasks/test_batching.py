"""Sentences cut into batches: each once, in its place, in few shapes."""

from __future__ import annotations

import numpy as np
import pytest

from zoo.tasks.batching import bucket_of, length_batches


@pytest.mark.parametrize(
    "length, bucket", [(0, 16), (1, 16), (16, 16), (17, 32), (32, 32), (33, 64), (1000, 1024)]
)
def test_buckets_are_powers_of_two(length, bucket):
    assert bucket_of(length) == bucket


def sequences(count, longest, seed=0):
    rng = np.random.default_rng(seed)
    return [rng.integers(1, 99, rng.integers(0, longest + 1)).tolist() for _ in range(count)]


@pytest.mark.parametrize("count, longest", [(1, 5), (7, 40), (500, 90), (64, 16)])
def test_every_sequence_is_in_one_batch_at_its_place(count, longest):
    given = sequences(count, longest)
    seen = []
    for places, ids in length_batches(given, 512):
        assert ids.dtype == "int32" and len(ids) == len(places)
        for place, row in zip(places, ids.tolist(), strict=True):
            real = given[place]
            assert row == real + [0] * (ids.shape[1] - len(real))
        seen += places
    assert sorted(seen) == list(range(count))


def test_batches_are_as_large_as_allowed_and_of_few_lengths():
    shapes = [ids.shape for _, ids in length_batches(sequences(2000, 100), 512)]
    assert {length for _, length in shapes} == {16, 32, 64, 128}
    assert all(rows * length <= 512 for rows, length in shapes)
    full = [shape for shape in shapes if shape[0] * shape[1] == 512]
    assert len(shapes) - len(full) <= 4  # one short batch a length


def test_a_sequence_beyond_the_limit_is_a_batch_of_one():
    long = [[1] * 700, [1] * 900, [2]]
    assert [(places, ids.shape) for places, ids in length_batches(long, 512)] == [
        ([2], (1, 16)),
        ([0], (1, 1024)),
        ([1], (1, 1024)),
    ]


def test_padding_is_what_its_own_length_asks_for():
    """A short sentence beside a long one is padded as it is alone."""
    for places, ids in length_batches([[1] * 3, [1] * 70, [1] * 17], 4096):
        for place in places:
            assert ids.shape[1] == bucket_of([3, 70, 17][place])


def test_nothing_gives_nothing():
    assert list(length_batches([], 512)) == []
