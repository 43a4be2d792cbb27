"""Cutting long sound at its pauses, against a search through every place."""

from __future__ import annotations

import numpy as np
import pytest

from zoo.errors import ConfigError
from zoo.inputs import Sound
from zoo.inputs.sound_pauses import cut_at_pauses, quietest_place


def speech(count, seed=0):
    """Noise whose loudness changes every 50 samples, and is 0 now and then."""
    rng = np.random.default_rng(seed)
    loudness = rng.choice([0.0, 0.1, 0.5, 1.0], -(-count // 50), p=[0.1, 0.2, 0.3, 0.4])
    return (np.repeat(loudness, 50)[:count] * rng.normal(size=count)).astype("float32")


def searched(samples, first, width):
    places = range(first, len(samples) - width + 1)
    power = [np.square(samples[at : at + width].astype("float64")).sum() for at in places]
    return first + int(np.argmin(power)) + width // 2


@pytest.mark.parametrize("seed", range(4))
def test_the_quietest_place_is_found(seed):
    samples = speech(700, seed) + 0.01 * np.random.default_rng(seed).normal(size=700)
    for first, width in ((0, 30), (200, 1), (300, 60), (650, 50)):
        assert quietest_place(samples, first, width) == searched(samples, first, width)


@pytest.mark.parametrize("sizes", [[7], [1000], [3000], [1, 600]])
def test_parts_are_the_whole_and_cut_where_it_is_quiet(sizes):
    samples, blocks, begin = speech(3000), [], 0
    while begin < len(samples):
        blocks.append(samples[begin : begin + sizes[len(blocks) % len(sizes)]])
        begin += len(blocks[-1])
    parts = list(cut_at_pauses(iter(blocks), 600, 40))
    np.testing.assert_array_equal(np.concatenate(parts), samples)
    assert all(200 <= len(part) <= 600 for part in parts[:-1]) and 1 <= len(parts[-1]) <= 600
    begin = 0
    for part in parts[:-1]:
        assert len(part) == searched(samples[begin : begin + 600], 200, 40)
        begin += len(part)


def test_it_reads_no_more_than_it_needs():
    read = []

    def blocks():
        for number in range(100):
            read.append(number)
            yield np.ones(50, "float32")

    parts = cut_at_pauses(blocks(), 100, 10)
    next(parts)
    assert len(read) == 3


def test_short_and_empty_sound_is_one_part_or_none():
    assert list(cut_at_pauses([], 10, 2)) == []
    assert list(cut_at_pauses([np.zeros(0, "float32")], 10, 2)) == []
    (one,) = cut_at_pauses([np.ones(4, "float32"), np.ones(6, "float32")], 10, 2)
    assert len(one) == 10
    assert [len(x) for x in cut_at_pauses([np.ones(10, "float32")], 3, 99)] == [2, 2, 2, 2, 2]
    with pytest.raises(ConfigError, match="3 samples or more"):
        list(cut_at_pauses([], 2, 1))


def test_the_input_cuts_after_half_a_minute_at_most():
    sound = Sound(1000)
    samples = speech(70_000)
    parts = list(sound.cut([samples]))
    assert [10_000 <= len(part) <= 30_000 for part in parts[:-1]] == [True] * (len(parts) - 1)
    assert len(parts[0]) == searched(samples[:30_000], 10_000, 200)
    np.testing.assert_array_equal(np.concatenate(parts), samples)
    assert max(map(len, sound.cut([samples], 5000))) <= 5000
