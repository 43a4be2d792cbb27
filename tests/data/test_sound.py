"""Recordings at other speeds and with noise: what is heard, and how loud."""

from __future__ import annotations

import numpy as np
import pytest

from zoo.data import add_noise, change_speed, coloured_noise, varied_sound
from zoo.errors import ConfigError

RATE = 8000
TONE = (0.3 * np.sin(2 * np.pi * 500 * np.arange(RATE) / RATE)).astype("float32")


def rng(seed=0):
    return np.random.default_rng(seed)


@pytest.mark.parametrize("speed", [0.9, 1.1, 2.0])
def test_a_faster_tone_is_shorter_and_higher(speed):
    pytest.importorskip("soxr")
    found = change_speed(TONE, speed)
    assert abs(len(found) - RATE / speed) <= 1
    times = np.arange(len(found)) / RATE
    expected = 0.3 * np.sin(2 * np.pi * 500 * speed * times)
    np.testing.assert_allclose(found[200:-200], expected[200:-200], atol=2e-3)


def test_as_fast_as_before_is_the_same():
    np.testing.assert_array_equal(change_speed(TONE, 1.0), TONE)
    assert len(change_speed(TONE[:0], 1.1)) == 0


@pytest.mark.parametrize("decibels", [0.0, 10.0, 30.0])
@pytest.mark.parametrize("length", [100, 20_000])
def test_noise_lies_so_many_decibels_below(decibels, length):
    noise = coloured_noise(length, rng(), 0) * 7
    added = add_noise(TONE, noise, decibels, rng()).astype("float64") - TONE
    found = 10 * np.log10(np.square(TONE, dtype="float64").mean() / np.square(added).mean())
    assert found == pytest.approx(decibels, abs=0.01)


def test_noise_begins_anywhere_and_comes_again():
    ramp = np.arange(1, 101, dtype="float32")
    first, second = (add_noise(TONE, ramp, 5, rng(seed)) - TONE for seed in (1, 2))
    assert abs(first - second).max() > 0.01
    np.testing.assert_allclose(first[:1000], first[100:1100], atol=1e-5)


def test_silence_and_silent_noise_stay():
    nothing = np.zeros(50, "float32")
    assert not add_noise(nothing, coloured_noise(90, rng()), 10, rng()).any()
    np.testing.assert_array_equal(add_noise(TONE, nothing, 10, rng()), TONE)
    assert len(add_noise(TONE[:0], TONE, 10, rng())) == 0


@pytest.mark.parametrize("exponent", [0, 1, 2])
def test_the_power_of_noise_falls_as_its_exponent_says(exponent):
    noise = coloured_noise(1 << 16, rng(), exponent)
    assert noise.std() == pytest.approx(1, rel=1e-3) and noise.dtype == np.float32
    power = np.abs(np.fft.rfft(noise)) ** 2
    low, high = power[500:1000].mean(), power[8000:16000].mean()
    assert np.log(low / high) / np.log(16) == pytest.approx(exponent, abs=0.1)


def test_a_seed_says_all():
    pytest.importorskip("soxr")
    first, again, other = (varied_sound(TONE, rng(seed)) for seed in (3, 3, 4))
    np.testing.assert_array_equal(first, again)
    assert len(first) != len(other) or (first != other).any()
    lengths = {len(varied_sound(TONE, rng(seed), decibels=None)) for seed in range(12)}
    assert len(lengths) == 3  # three speeds
    with_own = varied_sound(TONE, rng(), speeds=(1.0,), decibels=(20, 20), noises=[TONE[:50] + 1])
    assert 0 < abs(with_own - TONE).max() < 0.1
    assert len(varied_sound(TONE[:0], rng())) == 0


def test_what_makes_no_sense_is_refused():
    with pytest.raises(ConfigError, match="above 0, not -1"):
        change_speed(TONE, -1)
    with pytest.raises(ConfigError, match="at least one sample"):
        add_noise(TONE, TONE[:0], 10, rng())
    with pytest.raises(ConfigError, match="at least 2 samples, not 1"):
        coloured_noise(1, rng())
