"""Music as a picture: time from left to right, the keys of a piano from bottom to top."""

from __future__ import annotations

import os

import numpy as np

from zoo.diagnostics.drawing import COLOURS, new_figure, save
from zoo.errors import ConfigError

_LOWEST = 21  # the MIDI pitch of the first key
_BAR = 4  # quarter notes between two lines


def draw(roll: np.ndarray, path: str | os.PathLike, given: int = 0) -> None:
    """Draws a piece; a pitch that is repeated is one long note.

    Args:
        roll: `[steps, 88]`, 1 where a key sounds, the lowest first.
        path: of the picture, its format by its ending.
        given: how many steps, the first ones, are drawn in another colour: those of a prompt.

    Raises:
        ConfigError: if matplotlib is missing or knows no such format, or nothing sounds.
    """
    notes = notes_of(roll)
    if not notes:
        raise ConfigError("There is nothing to draw: no key sounds.")
    figure = new_figure(max(6.0, min(len(roll) / 6, 40)), 4.4)
    axes = figure.subplots()
    for key, begin, end in notes:
        colour = COLOURS[1] if begin < given else COLOURS[0]
        axes.barh(key + _LOWEST, end - begin - 0.1, left=begin, height=0.8, color=colour)
    axes.set_xticks(range(0, len(roll) + 1, _BAR))
    lowest, highest = min(notes)[0] + _LOWEST, max(notes)[0] + _LOWEST
    octaves = range(12 * (lowest // 12), highest + 12, 12)
    axes.set_yticks(octaves, [f"C{pitch // 12 - 1}" for pitch in octaves])
    axes.set(xlabel="quarter notes", xlim=(0, len(roll)), ylim=(lowest - 2, highest + 2))
    axes.grid(color="#dddddd")
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    save(figure, path)


def notes_of(roll: np.ndarray) -> list[tuple[int, int, int]]:
    """The notes of a piece `[steps, keys]`: `(key, first step, step after the last)`.

    Example:

    >>> notes_of(np.array([[1, 0], [1, 1], [0, 1]]))
    [(0, 0, 2), (1, 1, 3)]
    """
    padded = np.pad(np.asarray(roll, "int8"), [(1, 1), (0, 0)])
    change = np.diff(padded, axis=0).T
    begins, ends = np.argwhere(change > 0).tolist(), np.argwhere(change < 0)[:, 1].tolist()
    return [(key, begin, end) for (key, begin), end in zip(begins, ends, strict=True)]
