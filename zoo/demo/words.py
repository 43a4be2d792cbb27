"""Words under the pointer: each shows what was looked at while it was written.

A word that is pointed at, or that has the focus, lays over the source what belongs to it: style
sheets do that alone, so that it works by mouse, keyboard and finger.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from zoo.demo.pictures import photograph, veil
from zoo.tasks.html import escaped

_MOST_CELLS = 6_400


def groups(tokens: Sequence[str]) -> list[tuple[str, list[int]]]:
    """Words and the places of their tokens.

    Args:
        tokens: pieces in which "▁" begins a word; special ones, in angle brackets, are left out.

    Example:

    >>> groups(["▁a", "▁snow", "y", "</s>"])
    [('a', [0]), ('snowy', [1, 2])]
    """
    found: list[tuple[str, list[int]]] = []
    for place, token in enumerate(tokens):
        if token.startswith("<") and token.endswith(">") and len(token) > 2:
            continue
        if token.startswith("▁") or not found:
            found.append((token.lstrip("▁"), [place]))
        else:
            found[-1] = (found[-1][0] + token, [*found[-1][1], place])
    return [(word, places) for word, places in found if word]


def aligned(tokens: Sequence[str], source_tokens: Sequence[str], weights: np.ndarray) -> str:
    """Source and output, a line each; a word of the output shows what it comes from.

    Args:
        tokens, source_tokens: pieces, see `groups`.
        weights: float `[tokens, source_tokens]`.
    """
    rows, columns = groups(tokens), groups(source_tokens)
    if weights.ndim != 2 or not rows or not columns or len(rows) * len(columns) > _MOST_CELLS:
        return ""
    shares = [
        [float(weights[places][:, others].sum(1).mean()) for _, others in columns]
        for _, places in rows
    ]
    source = [word for word, _ in columns]
    words = "".join(
        _word(word, "zoo-over", _line(source, row), _most(source, row))
        for (word, _), row in zip(rows, shares, strict=True)
    )
    hint = "Point at a word, or go to it by Tab: what it was made from is marked above."
    return (
        f"<div class='zoo-aligned'><p class='zoo-source'>{_line(source)}</p>"
        f"<p class='zoo-written'>{words}</p><p class='zoo-hint'>{hint}</p></div>"
    )


def looked_at(tokens: Sequence[str], pixels: np.ndarray, weights: np.ndarray) -> str:
    """A photograph and its caption; a word shows where was looked for it.

    Args:
        tokens: pieces, see `groups`.
        pixels: uint8 `[height, width, 3]`.
        weights: float `[tokens, cells]`, cells of a square grid row by row. Without cells the
            photograph is shown alone.
    """
    height, width = pixels.shape[:2]
    side = round(weights.shape[-1] ** 0.5) if weights.ndim == 2 else 0
    words, hint = "", ""
    if side and side * side == weights.shape[-1]:
        shape = f"class='zoo-veil' alt='' style='aspect-ratio:{width}/{height}'"
        for word, places in groups(tokens):
            grid = weights[places].mean(0).reshape(side, side)
            words += _word(word, "", f"<img {shape} src='{veil(grid)}'>", "")
        hint = "Point at a word, or go to it by Tab: what was looked at for it stays bright."
    return (
        f"<div class='zoo-looked'><img class='zoo-photo' alt='The photograph' "
        f"src='{photograph(pixels)}'><p class='zoo-written'>{words}</p>"
        f"<p class='zoo-hint'>{hint}</p></div>"
    )


def _word(word: str, kind: str, shown: str, label: str) -> str:
    """A word with what is shown while it is pointed at."""
    says = f" aria-label='{escaped(f'{word}, from {label}')}'" if label else ""
    over = f"<span class='{kind}' aria-hidden='true'>{shown}</span>" if kind else shown
    return f"<span class='zoo-word' tabindex='0'{says}>{escaped(word)}{over}</span> "


def _line(words: Sequence[str], shares: Sequence[float] | None = None) -> str:
    if shares is None:
        return " ".join(f"<span>{escaped(word)}</span>" for word in words)
    return " ".join(
        f"<span style='background:rgba(0,114,178,{min(max(share, 0), 1) * 0.65:.2f})'>"
        f"{escaped(word)}</span>"
        for word, share in zip(words, shares, strict=True)
    )


def _most(words: Sequence[str], shares: Sequence[float]) -> str:
    """The word that has the largest share."""
    return words[int(np.argmax(shares))]
