"""A photograph once a word, with the attention over it, as in the figures of Xu et al. 2015."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from zoo.diagnostics.drawing import new_figure, save
from zoo.errors import ConfigError

_COLUMNS = 6


class Looked(NamedTuple):
    """One photograph, and where it was looked at for each token.

    Attributes:
        image: uint8 `[height, width, 3]`.
        words: what was said, a string for each row of `weights`.
        weights: float `[words, cells]`, cells of a square grid row by row.
    """

    image: np.ndarray
    words: Sequence[str]
    weights: np.ndarray


def merged(tokens: Sequence[str], weights: np.ndarray) -> tuple[list[str], np.ndarray]:
    """Subwords put together to words, each with the mean of their weights.

    Args:
        tokens: pieces in which "▁" begins a word; special ones are in angle brackets.
        weights: float `[tokens, cells]`.

    Returns:
        The words, and weights `[words, cells]`.

    Example:

    >>> words, rows = merged(["▁a", "▁snow", "y", "</s>"], np.eye(4))
    >>> words, rows.shape
    (['a', 'snowy'], (2, 4))
    """
    words: list[str] = []
    rows: list[list[np.ndarray]] = []
    for token, row in zip(tokens, weights, strict=True):
        if token.startswith("<") and token.endswith(">"):
            continue
        if token.startswith("▁") or not words:
            words.append(token.lstrip("▁"))
            rows.append([row])
        else:
            words[-1] += token
            rows[-1].append(row)
    means = [np.mean(row, axis=0) for row in rows]
    return words, np.stack(means) if means else np.zeros((0, weights.shape[-1]))


def draw(pictures: Sequence[Looked], path: str | os.PathLike, title: str = "") -> None:
    """Draws each photograph, and then once a word what was looked at, bright.

    Args:
        pictures: at least one, whose grids are square.
        path: of the picture, its format by its ending.
        title: over all of them.

    Raises:
        ConfigError: if matplotlib is missing, there is nothing to draw, or it knows no such format.
    """
    pictures = [picture for picture in pictures if len(picture.words)]
    if not pictures:
        raise ConfigError("There is nothing to draw: no photograph was captioned.")
    heights = [-(-(len(picture.words) + 1) // _COLUMNS) for picture in pictures]
    figure = new_figure(2 * _COLUMNS, 2.25 * sum(heights))
    axes = figure.subplots(sum(heights), _COLUMNS, squeeze=False)
    for one in axes.flat:
        one.axis("off")
    first = 0
    for picture, height in zip(pictures, heights, strict=True):
        cells = axes[first : first + height].flat
        first += height
        next(cells).imshow(picture.image)
        for one, word, weights in zip(cells, picture.words, picture.weights, strict=False):
            side = round(len(weights) ** 0.5)
            one.imshow(picture.image, extent=(0, side, side, 0))
            grid = weights.reshape(side, side)
            # What is not looked at is dark; the scale is that of the word itself.
            shade = 1 - grid / max(float(grid.max()), 1e-9)
            veil = np.zeros((side, side, 4))
            veil[..., 3] = 0.8 * shade
            one.imshow(veil, extent=(0, side, side, 0), interpolation="bicubic")
            one.set_title(word, fontsize=14, parse_math=False)
    if title:
        figure.suptitle(title, fontsize=16, parse_math=False)
    save(figure, path, dpi=80)
