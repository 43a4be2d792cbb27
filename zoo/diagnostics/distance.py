"""How far back cells remember: accuracy over distance."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from zoo.diagnostics.drawing import new_figure, save, style_of


def draw(found: Mapping[str, Any], path: str | os.PathLike) -> None:
    """Draws accuracy over distance, a line a body.

    Args:
        found: `distances`, rising; `bodies`, a list of `name`, `parameters`, `seconds`,
            `accuracies` and `field`, how far it sees, or None; `open`, `longest`, `steps`, `rows`,
            `chance` and `choices` of the training.
        path: of the picture, its format by its ending.

    Raises:
        ConfigError: if matplotlib is missing or knows no such format.
    """
    figure = new_figure(8, 5)
    from matplotlib.ticker import NullFormatter, PercentFormatter, ScalarFormatter

    axes = figure.subplots()
    distances = found["distances"]
    axes.axhline(found["chance"], color="0.6", linestyle="--", linewidth=1)
    place = (distances[0], found["chance"])
    axes.annotate("chance", place, (0, 4), textcoords="offset points", color="0.3")
    axes.axvline(found["longest"], color="0.6", linewidth=1)
    axes.annotate("longest in training ", (found["longest"], 0.02), ha="right", color="0.3")
    for number, body in enumerate(found["bodies"]):
        label = f"{body['name']}: {body['parameters']:,} parameters, {body['seconds']:.0f} s"
        style = style_of(number)
        axes.plot(distances, body["accuracies"], label=label, markersize=5, **style)
        if body["field"] is not None and body["field"] <= distances[-1]:
            axes.axvline(body["field"], color=style["color"], linestyle=":", linewidth=1)
            told = f" {body['name']} sees {body['field']}"
            axes.annotate(told, (body["field"], 0.07), color=style["color"])
    axes.set_xscale("log", base=2)
    axes.xaxis.set_major_formatter(ScalarFormatter())
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.yaxis.set_major_formatter(PercentFormatter(1.0))
    axes.set_ylim(0, 1.05)
    axes.set_xlabel("characters from the last bracket opened to its partner")
    axes.set_ylabel(f"right partners, of {found['choices']}")
    what = "1 bracket" if found["open"] == 1 else f"{found['open']} brackets"
    axes.set_title(f"{what} remembered: {found['steps']:,} steps of {found['rows']} texts")
    axes.spines[["top", "right"]].set_visible(False)
    figure.legend(frameon=False, loc="outside lower center", ncols=2)
    save(figure, path)
