"""Recordings as spectrograms, with what is said at each time under them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from zoo.diagnostics.drawing import COLOURS, new_figure, save
from zoo.errors import ConfigError

_INCHES_A_SECOND, _LEAST, _WIDEST = 4.0, 6.0, 80.0
_MOST_SECONDS = 20.0
_MOST = 12  # recordings of one picture
_HERTZ = (250, 500, 1000, 2000, 4000, 8000)


class Heard(NamedTuple):
    """One recording and its labels.

    Attributes:
        title: what it is.
        spectra: float `[frames, bands]`, such as of `zoo.layers.LogMel`.
        frequencies: the middle of each band, in hertz, rising.
        begin: of the first frame, in seconds.
        step: from one frame to the next, in seconds.
        spans: label, begin and end in seconds, and probability of each.
    """

    title: str
    spectra: np.ndarray
    frequencies: np.ndarray
    begin: float
    step: float
    spans: Sequence[tuple[str, float, float, float]]


def draw(pictures: Sequence[Heard], path: str | os.PathLike) -> None:
    """Draws the spectrogram of each recording, its labels under it, the paler the less sure.

    Of one of more than 20 seconds the first 20 are drawn, and of more than 12 recordings the first.

    Args:
        pictures: at least one.
        path: of the picture, its format by its ending.

    Raises:
        ConfigError: if matplotlib is missing, there is nothing to draw, or it knows no such format.
    """
    shown = [one for one in pictures if len(one.spectra)][:_MOST]
    if not shown:
        raise ConfigError("There is nothing to draw: no recording is as long as a frame.")
    seconds = min(max(len(one.spectra) * one.step for one in shown), _MOST_SECONDS)
    width = min(max(_INCHES_A_SECOND * seconds + 1, _LEAST), _WIDEST)
    figure = new_figure(width, 3.6 * len(shown))
    rows = figure.subplots(2 * len(shown), 1, squeeze=False, height_ratios=[4, 1] * len(shown))
    for one, above, below in zip(shown, rows[::2, 0], rows[1::2, 0], strict=True):
        _spectrogram(above, one)
        _labels(below, one)
        for axis in (above, below):
            axis.set_xlim(0, one.begin + seconds)
        above.tick_params(labelbottom=False)
    save(figure, path, dpi=100)


def _spectrogram(axis, one: Heard) -> None:
    count, bands = one.spectra.shape
    drawn = one.spectra[: int(_MOST_SECONDS / one.step)]
    end = one.begin + len(drawn) * one.step
    low, high = np.quantile(drawn, [0.05, 0.995])  # silence of files may be very deep
    extent = (one.begin, end, -0.5, bands - 0.5)
    how = {"cmap": "magma", "vmin": low, "vmax": high, "interpolation": "nearest"}
    axis.imshow(drawn.T, origin="lower", aspect="auto", extent=extent, **how)
    known = [hertz for hertz in _HERTZ if one.frequencies[0] <= hertz <= one.frequencies[-1]]
    places = np.interp(known, one.frequencies, np.arange(bands))
    axis.set_yticks(places, [f"{hertz / 1000:g}" for hertz in known])
    axis.set_ylabel("kHz")
    cut = "" if len(drawn) == count else f", {_MOST_SECONDS:g} of {count * one.step:.0f} s"
    axis.set_title(one.title + cut, loc="left", fontsize=10)


def _labels(axis, one: Heard) -> None:
    for number, (label, begin, end, probability) in enumerate(one.spans):
        if begin >= one.begin + _MOST_SECONDS:
            break
        strength = 0.1 + 0.4 * float(np.clip(probability, 0, 1))
        axis.axvspan(begin, end, color=COLOURS[number % 2], alpha=strength, linewidth=0)
        # At two heights, so that short neighbours have room.
        place = ((begin + end) / 2, 0.68 if number % 2 else 0.3)
        axis.text(
            *place, label, ha="center", va="center", fontsize=9, clip_on=True, parse_math=False
        )
    axis.set(ylim=(0, 1), yticks=[], xlabel="seconds")
