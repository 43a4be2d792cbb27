"""The constants of spectral features, in NumPy: mel scales, filters and the cosine transform."""

from __future__ import annotations

import numpy as np

from zoo.errors import ConfigError

SCALES = ("slaney", "htk")

# Slaney 1998, Auditory Toolbox: linear below 1 kHz, then 27 steps for a factor of 6.4.
_HERTZ_A_MEL, _BREAK, _LOG_STEP = 200 / 3, 1000.0, np.log(6.4) / 27
_BREAK_MEL = _BREAK / _HERTZ_A_MEL


def hertz_to_mel(hertz: np.ndarray | float, scale: str = "slaney") -> np.ndarray:
    """Frequencies on a mel scale.

    Args:
        hertz: frequencies of any shape, at least 0.
        scale: "slaney" (Slaney 1998) or "htk" (Young et al. 2006, The HTK Book, equation 5.13).

    Returns:
        Mels, float64 of the same shape.

    Example:

    >>> hertz_to_mel(np.array([500.0, 1000.0])).round(6).tolist()
    [7.5, 15.0]
    """
    hertz = np.asarray(hertz, "float64")
    if scale == "htk":
        return 2595 * np.log10(1 + hertz / 700)
    above = _BREAK_MEL + np.log(np.maximum(hertz, _BREAK) / _BREAK) / _LOG_STEP
    return np.where(hertz < _BREAK, hertz / _HERTZ_A_MEL, above)


def mel_to_hertz(mel: np.ndarray | float, scale: str = "slaney") -> np.ndarray:
    """The inverse of `hertz_to_mel`."""
    mel = np.asarray(mel, "float64")
    if scale == "htk":
        return 700 * (10 ** (mel / 2595) - 1)
    above = _BREAK * np.exp(_LOG_STEP * (np.maximum(mel, _BREAK_MEL) - _BREAK_MEL))
    return np.where(mel < _BREAK_MEL, mel * _HERTZ_A_MEL, above)


def mel_filters(
    rate: int,
    fft_length: int,
    mel_bins: int,
    lowest_frequency: float,
    highest_frequency: float,
    scale: str = "slaney",
) -> np.ndarray:
    """Triangular filters whose corners are equally far apart on a mel scale.

    Args:
        rate: samples a second.
        fft_length: samples that are transformed.
        mel_bins: the number of filters.
        lowest_frequency, highest_frequency: in hertz, where the first begins and the last ends.
        scale: "slaney", whose filters each have an area of 1, or "htk", with peaks of 1.

    Returns:
        float64 `[fft_length // 2 + 1, mel_bins]`.

    Raises:
        ConfigError: if a filter lies between two frequencies of the transform.
    """
    low, high = hertz_to_mel(lowest_frequency, scale), hertz_to_mel(highest_frequency, scale)
    corners = mel_to_hertz(np.linspace(low, high, mel_bins + 2), scale)
    begins, peaks, ends = corners[:-2], corners[1:-1], corners[2:]
    frequencies = np.arange(fft_length // 2 + 1)[:, None] * rate / fft_length
    rising = (frequencies - begins) / (peaks - begins)
    falling = (ends - frequencies) / (ends - peaks)
    filters = np.maximum(np.minimum(rising, falling), 0)
    empty = np.flatnonzero(~filters.any(axis=0))
    if len(empty):
        raise ConfigError(
            f"Filter {empty[0] + 1} of {mel_bins} lies between two frequencies of a transform of "
            f"{fft_length} samples: take fewer mel_bins, or a larger fft_length."
        )
    return filters * (2 / (ends - begins)) if scale == "slaney" else filters


def cosine_transform(size: int, coefficients: int) -> np.ndarray:
    """The orthonormal cosine transform of type 2 as a matrix, float64 `[size, coefficients]`."""
    steps = np.arange(size)[:, None] + 0.5
    orders = np.arange(coefficients)
    scaled = np.where(orders == 0, np.sqrt(1 / size), np.sqrt(2 / size))
    return np.cos(np.pi / size * steps * orders) * scaled
