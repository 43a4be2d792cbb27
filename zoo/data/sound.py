"""Other versions of a recording to train on: spoken faster or slower, and with noise.

Each takes what it draws from a generator, so a seed says all. Knows no model and no data set.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from zoo.errors import ConfigError
from zoo.inputs.sound_files import resampled

SPEEDS = (0.9, 1.0, 1.1)  # of Ko et al. 2015


def change_speed(samples: np.ndarray, speed: float) -> np.ndarray:
    """A recording played faster or slower, and so higher or lower (Ko et al. 2015, section 2).

    Args:
        samples: float32 `[samples]`.
        speed: 1.1 is a tenth faster; above 0.

    Returns:
        float32 `[about samples / speed]`.

    Raises:
        ConfigError: if the speed is not above 0, or soxr is not installed.
    """
    if not 0 < speed < np.inf:
        raise ConfigError(f"A speed is above 0, not {speed:g}.")
    return resampled(samples, speed, 1.0)


def stretch_frames(frames: np.ndarray, speed: float) -> np.ndarray:
    """Features of a recording that is spoken faster or slower, between frames by straight lines.

    What `change_speed` does to a recording, where only its features are there: pitch stays.

    Args:
        frames: float32 `[frames, features]`.
        speed: 1.1 is a tenth faster; above 0.

    Returns:
        float32 `[about frames / speed, features]`; the first frame is the first.

    Raises:
        ConfigError: if the speed is not above 0.
    """
    if not 0 < speed < np.inf:
        raise ConfigError(f"A speed is above 0, not {speed:g}.")
    places = np.arange(0, len(frames) - 0.5, speed)
    known = np.arange(len(frames))
    stretched = [np.interp(places, known, column) for column in frames.T]
    return np.stack(stretched, axis=1).astype("float32")


def add_noise(
    samples: np.ndarray, noise: np.ndarray, decibels: float, rng: np.random.Generator
) -> np.ndarray:
    """A recording and a noise, a given number of decibels below it.

    Args:
        samples: float32 `[samples]`; silence stays as it is.
        noise: float32 `[any number of samples]`, at the same rate: taken from anywhere on, again
            from its beginning where it ends.
        decibels: ten times the logarithm to base 10 of the recording's power over the noise's.
        rng: draws where the noise begins.

    Returns:
        float32 `[samples]`.

    Raises:
        ConfigError: if the noise has no samples, or decibels are no number.
    """
    if not len(noise) or not np.isfinite(decibels):
        raise ConfigError("Noise has at least one sample, and its decibels are a number.")
    if not len(samples):
        return samples
    begin = int(rng.integers(len(noise)))
    part = np.take(noise, begin + np.arange(len(samples)), mode="wrap").astype("float64")
    power, own = (np.mean(np.square(x, dtype="float64")) for x in (part, samples))
    if not power:
        return samples
    scale = np.sqrt(own / power / 10 ** (decibels / 10))
    return (samples + scale * part).astype("float32")


def coloured_noise(samples: int, rng: np.random.Generator, exponent: float = 1.0) -> np.ndarray:
    """Noise whose power falls with frequency, of a deviation of 1.

    Args:
        samples: how many.
        rng: draws them.
        exponent: the power at a frequency f is as `f ** -exponent`: 0 is white, 1 is pink, as
            rooms and streets are about, 2 is brown.

    Returns:
        float32 `[samples]`.

    Raises:
        ConfigError: if there are fewer than 2 samples.
    """
    if samples < 2:
        raise ConfigError(f"Noise has at least 2 samples, not {samples}.")
    spectrum = np.fft.rfft(rng.normal(size=samples))
    places = np.arange(len(spectrum), dtype="float64")
    places[0] = np.inf if exponent > 0 else 1.0  # without a constant
    found = np.fft.irfft(spectrum * places ** (-exponent / 2), samples)
    return (found / found.std()).astype("float32")


def varied_sound(
    samples: np.ndarray,
    rng: np.random.Generator,
    *,
    speeds: Sequence[float] = SPEEDS,
    decibels: tuple[float, float] | None = (10.0, 40.0),
    noises: Sequence[np.ndarray] = (),
) -> np.ndarray:
    """A recording at a speed that is drawn, with noise that is drawn.

    Args:
        samples: float32 `[samples]`.
        rng: draws all.
        speeds: one of them is taken.
        decibels: between these the noise lies below the recording. None: no noise.
        noises: one of them is taken, each float32 `[samples]`. Empty: noise between white and
            brown is made.

    Returns:
        float32 `[about samples / speed]`.

    Raises:
        ConfigError: as `change_speed` and `add_noise` do.
    """
    found = change_speed(samples, speeds[int(rng.integers(len(speeds)))])
    if decibels is None or len(found) < 2:
        return found
    if len(noises):
        noise = noises[int(rng.integers(len(noises)))]
    else:
        noise = coloured_noise(len(found), rng, rng.uniform(0, 2))
    return add_noise(found, noise, rng.uniform(*decibels), rng)
