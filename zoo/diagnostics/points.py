"""Vectors as points in a plane: what lies near what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from zoo.diagnostics.drawing import figure_and_axes, save, style_of
from zoo.diagnostics.labels import label_points


def principal_components(vectors: np.ndarray, count: int = 2) -> tuple[np.ndarray, np.ndarray]:
    """The directions in which vectors differ most (Pearson 1901).

    Args:
        vectors: float `[n, d]`.
        count: directions, at most the smaller of n and d.

    Returns:
        The vectors' places along them, `[n, count]`, around 0; and the fraction of the variance
        that each direction has, `[count]`.
    """
    centred = vectors - vectors.mean(0)
    left, sizes, _ = np.linalg.svd(centred, full_matrices=False)
    total = max(float((sizes**2).sum()), 1e-30)
    return (left * sizes)[:, :count], (sizes**2 / total)[:count]


def draw_points(
    path: Path,
    groups: Mapping[str, Sequence[str]],
    vectors: np.ndarray,
    *,
    title: str,
    components: tuple[int, int] = (1, 2),
) -> None:
    """Draws vectors by two of their principal components, each group in a colour of its own.

    Args:
        path: file, .png or .svg.
        groups: name of a group -> the texts of its vectors, in the order of `vectors`.
        vectors: float `[texts of all groups, d]`.
        title: over the picture.
        components: which, the first being 1.

    Raises:
        ConfigError: if matplotlib is not installed.
        MissingFileError: if the folder of the file does not exist.
    """
    places, parts = principal_components(vectors, max(components))
    chosen = [number - 1 for number in components]
    places = places[:, chosen]
    names = [f"component {i + 1}: {parts[i]:.0%} of the variance" for i in chosen]
    figure, axes = figure_and_axes(title, *names)
    begin = 0
    for number, (name, texts) in enumerate(groups.items()):
        own = places[begin : begin + len(texts)]
        begin += len(texts)
        axes.scatter(own[:, 0], own[:, 1], label=name, **style_of(number))
    axes.margins(x=0.35, y=0.15)
    axes.legend(frameon=False, fontsize=8)
    label_points(figure, axes, places, [text for texts in groups.values() for text in texts])
    save(figure, path)
