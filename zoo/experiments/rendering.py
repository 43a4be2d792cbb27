"""A comparison as rows of text, as Markdown, and as a picture."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from zoo import files
from zoo.errors import ConfigError

_WHAT_COUNTS = (
    "Scores are those of the validation split, tokens/s those of training, and memory is the peak "
    "of the whole process, TensorFlow and data included."
)

# Title, and how it is read from a row; the first is the score.
_Read = Callable[[dict[str, Any]], float | None]
_COLUMNS: tuple[tuple[str, _Read, str], ...] = (
    ("validation {metric}", lambda row: row["value"], "{:.{digits}f}"),
    ("parameters", lambda row: row["parameters"], "{:,.0f}"),
    ("tokens/s", lambda row: row["words_per_second"], "{:,.0f}"),
    ("peak memory, MiB", lambda row: row["peak_memory_mib"], "{:,.0f}"),
)


def header(comparison: dict[str, Any]) -> list[str]:
    """The titles of the columns."""
    metric = next((row["metric"] for row in whole(comparison)), "score")
    return ["cell", *(title.format(metric=metric) for title, _, _ in _COLUMNS)]


def rows(comparison: dict[str, Any]) -> list[list[str]]:
    """The cells that were trained, the best first, as text."""
    return [
        [row["cell"], *(_text(row, read, form) for _, read, form in _COLUMNS)]
        for row in whole(comparison)
    ]


def whole(comparison: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows without those that failed, the best score first."""
    found = [row for row in comparison["cells"] if "error" not in row]
    return sorted(
        found, key=lambda row: row["value"] if row.get("lower_is_better") else -row["value"]
    )


def markdown(comparison: dict[str, Any]) -> str:
    """A section with what was compared, the table, and the command that measures it anew."""
    lines = [f"## Cells in `{comparison['task']}`, {comparison['data']}", ""]
    lines += [f"{_conditions(comparison)} {_WHAT_COUNTS}", ""]
    lines += [f"| {' | '.join(header(comparison))} |", "|---" * (1 + len(_COLUMNS)) + "|"]
    lines += [f"| {' | '.join(row)} |" for row in rows(comparison)]
    return "\n".join([*lines, "", f"    {command_of(comparison)}", ""])


def command_of(comparison: dict[str, Any]) -> str:
    """The command that makes a comparison."""
    given = {"task": comparison["task"], "data": comparison["data"]}
    given["cells"] = ",".join(row["cell"] for row in comparison["cells"])
    given |= {key: comparison[key] for key in ("epochs", "seconds", "units", "seed")}
    if comparison["fraction"] != 1:
        given["fraction"] = comparison["fraction"]
    said = [f"--{key} {value}" for key, value in given.items() if value is not None]
    return " ".join(["zoo compare", *said])


def require_plots() -> None:
    """Requires matplotlib.

    Raises:
        ConfigError: if it is not installed.
    """
    try:
        import matplotlib  # noqa: F401
    except ImportError:
        raise ConfigError(
            "A picture needs matplotlib: install it with pip install 'sequence-zoo[plots]'."
        ) from None


def plot(comparison: dict[str, Any], path: Path) -> None:
    """Draws a comparison: one panel for each column, one line for each cell.

    Args:
        comparison: what `compare_cells` returned.
        path: a file whose ending says the format, such as ".png" or ".svg".

    Raises:
        ConfigError: if matplotlib is not installed, or no cell was trained.
        MissingFileError: if the folder of the file does not exist.
    """
    require_plots()
    from matplotlib.figure import Figure  # without pyplot there is no window and no state
    from matplotlib.ticker import MaxNLocator, StrMethodFormatter

    found = whole(comparison)[::-1]  # the first row is drawn at the top
    if not found:
        raise ConfigError("There is nothing to draw: every cell failed.")
    names = [row["cell"] for row in found]
    figure = Figure(figsize=(11, 1.5 + 0.42 * len(found)), layout="constrained")
    panels = figure.subplots(1, len(_COLUMNS), sharey=True)
    for panel, title, (_, read, form) in zip(panels, header(comparison)[1:], _COLUMNS, strict=True):
        values = [read(row) for row in found]
        known = [(i, value) for i, value in enumerate(values) if value is not None]
        panel.hlines(range(len(found)), 0, 1, color="0.9", transform=panel.get_yaxis_transform())
        panel.plot([value for _, value in known], [i for i, _ in known], "o", color="#2b6cb0")
        for i, value in known:
            panel.annotate(
                _text(found[i], read, form),
                (value, i),
                (0, 6),
                textcoords="offset points",
                ha="center",
                fontsize=8,
            )
        panel.set_title(title, fontsize=10)
        panel.margins(x=0.3, y=0.5 / len(found))
        panel.xaxis.set_major_locator(MaxNLocator(3))
        panel.xaxis.set_major_formatter(StrMethodFormatter("{x:,.10g}"))
        panel.tick_params(axis="x", labelsize=8)
        panel.tick_params(axis="y", length=0)
        panel.spines[["top", "right", "left"]].set_visible(False)
    panels[0].set_yticks(range(len(found)), names)
    panels[0].set_ylim(-0.6, len(found) - 0.2)
    figure.suptitle(f"{comparison['task']}, {comparison['data']}: {_budget(comparison)}")
    with files.replacing(path) as part:
        figure.savefig(part, dpi=150, format=path.suffix.lstrip(".") or "png")


def _conditions(comparison: dict[str, Any]) -> str:
    part = "" if comparison["fraction"] == 1 else f" on {comparison['fraction']:.0%} of the data"
    units = f", {comparison['units']} units" if comparison["units"] else ""
    return (
        f"The model of the task with each cell, {_budget(comparison)}{part}{units}, seed "
        f"{comparison['seed']}; {comparison['hardware']}; {comparison['software']}."
    )


def _budget(comparison: dict[str, Any]) -> str:
    if comparison["epochs"] is not None:
        count = comparison["epochs"]
        return f"{count} epoch{'s' * (count != 1)}"
    return f"{comparison['seconds']:g} s of training"


def _text(row: dict[str, Any], read: _Read, form: str) -> str:
    value = read(row)
    return "" if value is None else form.format(value, digits=row.get("digits", 2))
