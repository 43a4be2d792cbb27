"""Results as HTML, which notebooks show in place of `repr`."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence

import numpy as np

_MOST_CELLS = 2_500  # of an alignment that is drawn


def escaped(text: object) -> str:
    """Text that may stand in HTML, ends of lines made visible."""
    return html.escape(str(text)).replace("\n", "⏎<br>")


def bars(values: Iterable[tuple[str, float]]) -> str:
    """A line for each probability: its name, a bar and the number."""
    rows = "".join(
        f"<tr><td>{escaped(name)}</td><td style='width:12em'>"
        f"<div style='background:#2b6cb0;height:.8em;width:{100 * value:.1f}%'></div></td>"
        f"<td>{value:.3f}</td></tr>"
        for name, value in values
    )
    return f"<table>{rows}</table>"


def pairs(labelled: Iterable[tuple[str, str]]) -> str:
    """Steps in a row, each above its label."""
    steps = "".join(
        "<span style='display:inline-block;text-align:center;margin:0 .3em'>"
        f"{escaped(step)}<br><small style='color:#2b6cb0'>{escaped(label)}</small></span>"
        for step, label in labelled
    )
    return f"<div>{steps}</div>"


def heat(tokens: Sequence[str], heats: Sequence[float], titles: Sequence[str], separator="") -> str:
    """Running text, the background of each token the redder the hotter, 0 to 1, it is."""
    spans = (
        f"<span title='{escaped(title)}' style='background:rgba(255,0,0,{value:.2f})'>"
        f"{escaped(token)}</span>"
        for token, value, title in zip(tokens, heats, titles, strict=True)
    )
    return f"<div style='white-space:pre-wrap'>{escaped(separator).join(spans)}</div>"


def alignment(rows: Sequence[str], columns: Sequence[str], weights: np.ndarray | None) -> str:
    """A table of weights between 0 and 1, shown by colour; nothing where it would be too large."""
    if weights is None or not 0 < weights.size <= _MOST_CELLS or len(columns) != weights.shape[1]:
        return ""
    head = "".join(f"<th>{escaped(column)}</th>" for column in columns)
    lines = "".join(
        f"<tr><th>{escaped(name)}</th>"
        + "".join(
            f"<td title='{weight:.3f}' style='background:rgba(43,108,176,{weight:.2f})'></td>"
            for weight in row
        )
        + "</tr>"
        for name, row in zip(rows, weights, strict=False)
    )
    return f"<table><tr><th></th>{head}</tr>{lines}</table>"
