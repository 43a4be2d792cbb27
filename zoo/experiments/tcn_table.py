"""The table that made TCNs known, measured here: its rows, and how they stand beside the paper's.

Table 1 of Bai, Kolter and Koltun 2018 (arXiv:1803.01271) without Nottingham, Wikitext-103, LAMBADA
and text8. `recipes/tcn_table.py` fills it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from zoo import files
from zoo.errors import DamagedFileError


class PaperRow(NamedTuple):
    """A row of the paper's table.

    Attributes:
        title: task and metric.
        size: parameters of each model, about.
        lower_is_better: whether the figures are losses.
        form: how they are written.
        figures: cell -> figure.
    """

    title: str
    size: int
    lower_is_better: bool
    form: str
    figures: dict[str, float]


def _figures(lstm: float, gru: float, simple: float, tcn: float) -> dict[str, float]:
    return {"simple": simple, "gru": gru, "lstm": lstm, "tcn": tcn}


PAPER = {
    "mnist": PaperRow(
        "Sequential MNIST, accuracy", 70_000, False, "{:.1f}", _figures(87.2, 96.2, 21.5, 99.0)
    ),
    "pmnist": PaperRow(
        "Permuted MNIST, accuracy", 70_000, False, "{:.1f}", _figures(85.7, 87.3, 25.3, 97.2)
    ),
    "adding": PaperRow(
        "Adding problem, 600 steps, squared error",
        70_000,
        True,
        "{:.2g}",
        _figures(0.164, 5.3e-5, 0.177, 5.8e-5),
    ),
    "copy": PaperRow(
        "Copy memory, 1,000 steps, nats",
        16_000,
        True,
        "{:.2g}",
        _figures(0.0204, 0.0197, 0.0202, 3.5e-5),
    ),
    "jsb": PaperRow(
        "JSB chorales, nats", 300_000, True, "{:.2f}", _figures(8.45, 8.43, 8.91, 8.10)
    ),
    "ptb-char": PaperRow(
        "PTB, bits a character", 3_000_000, True, "{:.2f}", _figures(1.36, 1.37, 1.48, 1.31)
    ),
    "ptb-word": PaperRow(
        "PTB, perplexity of a word",
        13_000_000,
        True,
        "{:.1f}",
        _figures(78.93, 92.48, 114.50, 88.68),
    ),
}
_CLOSE = 0.05  # as part of the paper's figure: a cell that is worse by more says why


def read_rows(path: Path) -> list[dict[str, Any]]:
    """The cells that are done, `{"task", "cell", "value", "parameters", ...}`; none without a file.

    Raises:
        DamagedFileError: if it holds no such table.
    """
    if not path.exists():
        return []
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["format"] != 1:
            raise ValueError("unknown format")
        markdown(content["rows"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DamagedFileError(f"{path} is no table of cells: {error!r}.") from error
    return content["rows"]


def write_row(path: Path, row: Mapping[str, Any]) -> None:
    """Puts a cell into the table, in the place of one of the same task and cell."""
    key = (row["task"], row["cell"])
    rows = [one for one in read_rows(path) if (one["task"], one["cell"]) != key]
    text = json.dumps({"format": 1, "rows": [*rows, dict(row)]}, indent=1, ensure_ascii=False)
    with files.replacing(path) as part:
        part.write_text(text + "\n", encoding="utf-8")


def is_close(row: Mapping[str, Any]) -> bool | None:
    """Whether a figure is within 5 % of the paper's, or better. None: the paper has none."""
    paper = PAPER[row["task"]]
    figure = paper.figures.get(row["cell"])
    if figure is None:
        return None
    if paper.lower_is_better:
        return row["value"] <= figure * (1 + _CLOSE)
    return row["value"] >= figure * (1 - _CLOSE)


def markdown(rows: Sequence[Mapping[str, Any]]) -> str:
    """The table as a section: of each cell the figure here, and the paper's in brackets.

    A figure that is not within 5 % of the paper's has a star, and its `note` stands below, as does
    on which machine cells were `trained` that were not on one core.
    """
    columns = list(dict.fromkeys([*PAPER["jsb"].figures, *(row["cell"] for row in rows)]))
    found = {(row["task"], row["cell"]): row for row in rows}
    lines = [
        "## Recurrent cells beside a TCN",
        "",
        "Test scores of one seed, in brackets those of table 1 of Bai, Kolter and Koltun 2018 "
        "(arXiv:1803.01271), at its numbers of parameters. A star: worse by more than 5 %.",
        "",
        f"| Task | Parameters | {' | '.join(columns)} |",
        "|---" * (2 + len(columns)) + "|",
    ]
    for task, paper in PAPER.items():
        cells = [_cell(paper, found.get((task, cell)), cell) for cell in columns]
        lines.append(f"| {paper.title} | {paper.size:,} | {' | '.join(cells)} |")
    elsewhere: dict[str, list[str]] = {}
    for row in rows:
        if row.get("trained"):
            elsewhere.setdefault(row["trained"], []).append(f"{row['task']} {row['cell']}")
    if elsewhere:
        there = [f"{machine}: {', '.join(cells)}" for machine, cells in elsewhere.items()]
        lines += ["", f"Trained on {'; on '.join(there)}; others on one core."]
    for row in rows:
        if row.get("note"):
            lines += ["", f"{PAPER[row['task']].title}, {row['cell']}: {row['note']}"]
    return "\n".join([*lines, "", "    python recipes/tcn_table.py", ""])


def _cell(paper: PaperRow, row: Mapping[str, Any] | None, cell: str) -> str:
    figure = paper.figures.get(cell)
    beside = "" if figure is None else f" ({paper.form.format(figure)})"
    if row is None:
        return f"not run{beside}" if beside else ""
    star = "*" if is_close(row) is False else ""
    return f"{paper.form.format(row['value'])}{star}{beside}"
