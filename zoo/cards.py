"""Model cards: what each released model is and scores, as Markdown made from the index alone."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from zoo import builtins
from zoo.errors import DamagedFileError
from zoo.experiments import rendering, tcn_table
from zoo.model_folder import ModelFolder

TABLE_FILE = "tcn-table.json"

_HEADER = """\
# Model cards

Made by `zoo cards` from `zoo/weights/index.json` and those of `plugins/zoo-models-*`; a test fails
when they differ.
"""

# The facts of a card, in order: title, and how to read it from a model of the index.
_FACTS = (
    ("Task", lambda model: model["task"]),
    ("Languages", lambda model: _languages(model)),
    ("Parameters", lambda model: _count(model.get("parameters"))),
    ("File", lambda model: _file(model)),
    ("SHA-256", lambda model: f"`{model['sha256']}`"),
    ("URL", lambda model: model.get("url")),
    ("Licence", lambda model: model.get("licence")),
    ("Trained on", lambda model: "; ".join(model.get("datasets", []))),
    ("Training command", lambda model: _code(model.get("recipe"))),
    ("Hardware", lambda model: model.get("hardware")),
    ("Time", lambda model: model.get("time")),
    ("Seeds", lambda model: model.get("seeds")),
    ("Paper", lambda model: model.get("paper")),
)

# Those of a model that is not released, whose scores stand beside the released one's.
_RUN = tuple(fact for fact in _FACTS if fact[0] in ("Training command", "Hardware", "Time"))


def folders() -> list[ModelFolder]:
    """Returns the folders of released models: the core's, and those of other distributions here."""
    root = builtins.MODELS.path.parents[1]
    others = sorted(root.glob("plugins/zoo-models-*/*/weights/index.json"))
    return [builtins.MODELS, *(ModelFolder(index.parent) for index in others)]


def read_index() -> dict[str, Any]:
    """Returns the index of all released models of `folders()`.

    Raises:
        DamagedFileError: if one of them is not what it should be.
    """
    indexes = [folder.read() for folder in folders()]
    return {**indexes[0], "models": [model for index in indexes for model in index["models"]]}


def read_comparisons() -> list[dict[str, Any]]:
    """Returns the comparisons of cells that stand beside the index, by their files' names.

    `zoo compare ... --json > zoo/weights/comparison-NAME.json` writes one.

    Raises:
        DamagedFileError: if one is not what it should be.
    """
    found = []
    for path in sorted(builtins.MODELS.path.glob("comparison-*.json")):
        try:
            comparison = json.loads(path.read_text(encoding="utf-8"))
            if comparison["format"] != 1:
                raise ValueError("unknown format")
            rendering.markdown(comparison)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise DamagedFileError(f"{path} is not a comparison of cells: {error!r}.") from error
        found.append(comparison)
    return found


def read_table() -> list[dict[str, Any]]:
    """Returns the cells of the table of `recipes/tcn_table.py` that are done.

    Raises:
        DamagedFileError: if its file is not what it should be.
    """
    return tcn_table.read_rows(builtins.MODELS.path / TABLE_FILE)


def render(
    index: dict[str, Any],
    comparisons: Sequence[dict[str, Any]] = (),
    table: Sequence[dict[str, Any]] = (),
) -> str:
    """Returns the cards of all models of an index, newest revision of a name first, as Markdown.

    After them come the comparisons of cells, and the table of cells beside a TCN.
    """
    models = sorted(index["models"], key=lambda model: (model["name"], -model["revision"]))
    found = [_card(model) for model in models] or ["No model is released yet.\n"]
    compared = [rendering.markdown(comparison) for comparison in comparisons]
    compared += [tcn_table.markdown(table)] if table else []
    return "\n".join([_HEADER, *found, *compared])


def _card(model: dict[str, Any]) -> str:
    lines = [f"## {model['name']}, revision {model['revision']}", ""]
    if model.get("summary"):
        lines += [model["summary"], ""]
    lines += ["| | |", "|---|---|"]
    lines += [f"| {title} | {_cell(read(model))} |" for title, read in _FACTS if read(model)]
    lines += _scores(model)
    for note in model.get("notes", []):
        lines += ["", note]
    for other in model.get("beside", []):
        lines += ["", f"### {other['title']}", "", "| | |", "|---|---|"]
        lines += [f"| {title} | {_cell(read(other))} |" for title, read in _RUN if read(other)]
        lines += _scores(other)
        for note in other.get("notes", []):
            lines += ["", note]
    return "\n".join([*lines, ""])


def _scores(measured: dict[str, Any]) -> list[str]:
    """The table of what was measured, if anything was."""
    if not measured.get("metrics"):
        return []
    head = [
        "",
        "| Data | Split | Metric | Score | Sentences | Signature |",
        "|---|---|---|---|---|---|",
    ]
    return head + [_score(row) for row in measured["metrics"]]


def _score(row: dict[str, Any]) -> str:
    cells = [
        row["dataset"],
        row["split"],
        row["metric"],
        f"{row['value']:.{row.get('digits', 2)}f}",
    ]
    cells += [_count(row.get("sentences")), _code(row.get("signature"))]
    return f"| {' | '.join(_cell(cell) for cell in cells)} |"


def _file(model: dict[str, Any]) -> str:
    size = f", {model['bytes']:,} bytes" if "bytes" in model else ""
    return f"`{model['file']}`{size}"


def _languages(model: dict[str, Any]) -> str:
    """What a translator's languages are is a direction; of other models it is a list."""
    if targets := model.get("targets"):
        return f"{', '.join(model['languages'])} to any other of {', '.join(targets)}"
    between = " to " if model["task"] == "nmt" else ", "
    return between.join(model.get("languages", []))


def _count(number: int | None) -> str:
    return "" if number is None else f"{number:,}"


def _code(text: str | None) -> str:
    return f"`{text}`" if text else ""


def _cell(text: str | None) -> str:
    return " ".join((text or "").split()).replace("|", "\\|")
