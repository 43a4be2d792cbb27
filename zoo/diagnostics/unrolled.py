"""A model as a diagram: folded, with its loops, and unfolded along the steps of an item."""

from __future__ import annotations

import os
import re
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from zoo.diagnostics.drawing import COLOURS, new_figure, save
from zoo.diagnostics.model_parts import parts_of
from zoo.diagnostics.picture import Picture
from zoo.errors import ConfigError

_MOST = 40  # parts of one picture
_FOLDED, _UNFOLDED = 5.2, 1.5  # widths of boxes
_COLUMN, _ROW, _HEIGHT = 1.95, 1.25, 0.78
_RIGHT = 6.6  # where the unfolded columns begin
_ARROW = {"arrowstyle": "-|>", "color": "#333333", "linewidth": 1.2, "shrinkA": 0, "shrinkB": 0}


def unrolled(model: Any) -> dict[str, Any]:
    """The flow diagram of a model: folded, with its loops, and unfolded along the steps.

    Args:
        model: any model of the zoo.

    Returns:
        As `zoo.diagnostics.model_parts.parts_of`.

    Raises:
        ConfigError: if the model cannot be run over a sample of its input.
    """
    return parts_of(model)


def draw(found: Mapping[str, Any], path: str | os.PathLike) -> None:
    """Draws what `unrolled` gives, from the input at the bottom to the output at the top.

    Raises:
        ConfigError: if there are too many parts, matplotlib is missing or knows no such format.
    """
    rows = rows_of(found["parts"])
    if not 0 < len(rows) <= _MOST:
        raise ConfigError(f"{len(rows)} parts cannot be drawn, 1 to {_MOST} can.")
    right = _RIGHT + 4 * _COLUMN
    figure = new_figure(right + 1.6, _ROW * (len(rows) + 1) + 1.5)
    axes = figure.subplots()
    axes.axis("off")
    height = _ROW * (len(rows) + 1) + 0.75
    axes.set(xlim=(-1.5, right), ylim=(-0.05, height))
    sections = [_section_of(row) for row in rows]
    for number, row in enumerate(rows):
        begins = number > 0 and sections[number] != sections[number - 1]
        reads = number > 0 and not begins and row[0]["input"] in found["inputs"].values()
        if reads:  # it stands beside the parts below, and not on them
            axes.text(-0.1, (number + 1) * _ROW, "reads the\ninput too", size=8, ha="right")
            ends = (number * _ROW, (len(rows) + 1) * _ROW - 0.2)
            _side_arrow(axes, -0.95, ends, "together", _FOLDED / 2 - 0.9)
        below = _is_whole(rows[number - 1]) if number else "T" not in found["times"]
        _draw_row(axes, number + 1, row, begins or reads, below)
    _draw_memory(axes, rows, sections)
    _draw_ends(axes, found, len(rows) + 1, sections)
    axes.text(0, height - 0.25, "folded", fontsize=13, weight="bold")
    told = "unfolded: boxes of one colour and number have the same weights"
    axes.text(_RIGHT, height - 0.25, told, fontsize=13, weight="bold")
    letters = {
        "T": "T: steps of the input",
        "U": "U: tokens written",
        "S": "S: steps of the recurrence",
    }
    times = "; ".join(letters[letter] for letter in found["times"] if letter in letters)
    title = f"{found['model']}: {found['parameters']:,} parameters" + (
        f"; {times}" if times else ""
    )
    figure.suptitle(title, fontsize=14, parse_math=False)
    save(figure, path, dpi=90)


def rows_of(parts: Sequence[Mapping[str, Any]]) -> list[list[Mapping[str, Any]]]:
    """Parts, a row each, and in one row those that read the same from both ends."""
    rows: list[list[Mapping[str, Any]]] = []
    for part in parts:
        last = rows[-1] if rows else []
        is_pair = (
            part.get("direction") == "backward"
            and len(last) == 1
            and last[0].get("direction") == "forward"
            and last[0]["input"] == part["input"]
        )
        if is_pair:
            last.append(part)
        else:
            rows.append([part])
    return rows


def _section_of(row: Sequence[Mapping[str, Any]]) -> str:
    """Whose steps a row follows: a decoder's, or those of the input."""
    part = row[0]
    return "U" if "U" in (*part["input"][:1], *part["output"][:1]) else "T"


def _colour(part: Mapping[str, Any]) -> tuple[str, float]:
    number = part["weights"]
    return ("#bbbbbb", 0.3) if number is None else (COLOURS[(number - 1) % 6], 0.28)


def _box(axes: Any, middle: float, row: float, width: float, part: Mapping, text: str) -> None:
    from matplotlib.patches import FancyBboxPatch

    colour, alpha = _colour(part)
    corner = (middle - width / 2, row * _ROW - _HEIGHT / 2)
    for face, edge in (((colour, alpha), "none"), ("none", colour)):
        style: Any = {"boxstyle": "round,pad=0,rounding_size=0.08", "linewidth": 1.8}
        axes.add_patch(
            FancyBboxPatch(corner, width, _HEIGHT, facecolor=face, edgecolor=edge, **style)
        )
    size = 9.5 if width > 3 else 8
    axes.text(middle, row * _ROW, text, ha="center", va="center", size=size, parse_math=False)


def _words(text: str) -> list[str]:
    return re.split(r"( )", text)


def _shape(shape: Sequence[Any]) -> str:
    return f"[{', '.join(map(str, shape))}]"


def _title(part: Mapping[str, Any]) -> str:
    if "cell" not in part:
        words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", part["name"])
        return words[:1] + "".join(w.lower() if w[1:].islower() else w for w in _words(words[1:]))
    return f"{part['cell']}, {part['units']} units"


def _is_whole(parts: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a part gives one thing for all steps together."""
    letter = parts[0]["over"]
    return (letter is None or letter not in parts[0]["input"][:1]) and "cell" not in parts[0]


def _draw_row(
    axes: Any, row: int, parts: Sequence[Mapping[str, Any]], begins: bool, is_on_whole: bool
) -> None:
    """One row, folded and unfolded, with the arrows from the row below."""
    gap = 0.5
    width = (_FOLDED - gap * (len(parts) - 1)) / len(parts)
    for place, part in enumerate(parts):
        middle = width / 2 + place * (width + gap)
        direction = part.get("direction")
        lines = [_title(part) + (f", {direction}" if direction else "")]
        lines.append(f"{_shape(part['input'])} → {_shape(part['output'])}")
        if part["weights"] is not None:
            count = part["parameters"]
            told = f"{count:,} parameters" if count else "those of the tokens read"
            lines.append(f"W{part['weights']}: {told}")
        _box(axes, middle, row, width, part, "\n".join(lines))
        if not begins:
            low = (row - 1) * _ROW + _HEIGHT / 2
            _arrow(axes, (middle, low), (middle, row * _ROW - _HEIGHT / 2))
        if direction:
            _draw_loop(axes, middle + width / 2, row, len(parts) == 1)
    if _is_whole(parts):
        middle = _RIGHT + 1.5 * _COLUMN + _UNFOLDED / 2
        told = _title(parts[0]) + (f"\nW{parts[0]['weights']}" if parts[0]["weights"] else "")
        _box(axes, middle, row, 3 * _COLUMN + _UNFOLDED, parts[0], told)
        for column in [1.5] if is_on_whole else range(4):
            _rise(axes, column, row, begins)
        return
    for place, part in enumerate(parts):
        _draw_steps(axes, row, part, place, len(parts), begins)


def _draw_steps(
    axes: Any, row: int, part: Mapping[str, Any], place: int, count: int, begins: bool
) -> None:
    """A part at each of four steps, and the states that go from one to the next."""
    width = (_UNFOLDED - 0.12 * (count - 1)) / count
    direction = part.get("direction")
    name = "\n".join(textwrap.wrap(part.get("cell", _title(part)), 15)[:2])
    mark = {"forward": "→", "backward": "←", None: ""}[direction]
    told = f"{name} {mark}".strip() if count == 1 else mark
    text = told + (f"\nW{part['weights']}" if part["weights"] is not None else "")
    height = row * _ROW + (0.17 if place == 0 else -0.17) * (count > 1)
    for column in range(4):
        middle = _RIGHT + column * _COLUMN + width / 2 + place * (width + 0.12)
        _box(axes, middle, row, width, part, text)
        if place == 0:
            _rise(axes, column, row, begins)
        if direction and column < 3:
            edge = _RIGHT + column * _COLUMN + _UNFOLDED
            ends = (edge, height), (_RIGHT + (column + 1) * _COLUMN, height)
            _arrow(axes, *(ends if direction == "forward" else ends[::-1]), dashed=column == 2)


def _rise(axes: Any, column: float, row: int, begins: bool) -> None:
    """The arrow from the row below; none where a decoder begins, which reads its own tokens."""
    if not begins:
        middle = _RIGHT + column * _COLUMN + _UNFOLDED / 2
        _arrow(axes, (middle, (row - 1) * _ROW + _HEIGHT / 2), (middle, row * _ROW - _HEIGHT / 2))


def _draw_memory(axes: Any, rows: Sequence[Sequence[Mapping]], sections: Sequence[str]) -> None:
    """What a decoder is given of an encoder: its first state, and the memory that it asks."""
    if "U" not in sections or sections[0] == "U":
        return
    first = sections.index("U")
    memory = max([n for n in range(first) if len(rows[n][0]["output"]) > 1], default=first - 1)
    looped = [n for n in range(first, len(rows)) if "cell" in rows[n][0]]
    asked = [n for n in range(first, len(rows)) if "Attention" in rows[n][0]["name"]]
    ends = [(first - 1, n, "first\nstate") for n in looped[:1]]
    ends += [(memory, n, "memory") for n in asked]
    if not ends and rows[first][0]["input"][:1] != ["U"]:
        ends = [(memory, first, "memory")]
    for number, (begin, end, label) in enumerate(ends):
        left = -0.35 - 0.75 * number
        heights = (begin + 1) * _ROW, (end + 1) * _ROW
        _side_arrow(axes, left, heights, label)


def _side_arrow(
    axes: Any, left: float, heights: tuple[float, float], label: str, end: float = 0.0
) -> None:
    """An arrow that goes by the left of the boxes."""
    line = {"color": "#333333", "linewidth": 1.2, "solid_capstyle": "butt"}
    axes.plot([0, left, left], [heights[0], heights[0], heights[1]], **line)
    _arrow(axes, (left, heights[1]), (end, heights[1]))
    axes.text(left - 0.05, sum(heights) / 2, label, size=8, ha="right", va="center")


def _arrow(axes: Any, begin: tuple, end: tuple, dashed: bool = False) -> None:
    how = {**_ARROW, "linestyle": (0, (2, 2)) if dashed else "-"}
    axes.annotate("", end, begin, arrowprops=how)


def _draw_loop(axes: Any, right: float, row: int, has_room: bool) -> None:
    """The arrow of a state that comes back one step later."""
    high, low = row * _ROW + 0.2, row * _ROW - 0.2
    how = {**_ARROW, "connectionstyle": "arc3,rad=-1.6"}
    axes.annotate("", (right, low), (right, high), arrowprops=how)
    if has_room:
        axes.text(right + 0.36, row * _ROW, "state, one\nstep later", size=8, va="center")


def _draw_ends(axes: Any, found: Mapping[str, Any], top: int, sections: Sequence[str]) -> None:
    """What is read and what comes out."""
    read = [f"{name} {_shape(shape)}" for name, shape in found["inputs"].items() if shape]
    written = [text for text in read if text.startswith("target ")]
    read = [text for text in read if text not in written]
    axes.text(_FOLDED / 2, 0.2, ", ".join(read), ha="center", va="center", size=11)
    result = f"output {_shape(found['output'])}"
    axes.text(_FOLDED / 2, top * _ROW - 0.2, result, ha="center", va="center", size=11)
    _arrow(axes, (_FOLDED / 2, (top - 1) * _ROW + _HEIGHT / 2), (_FOLDED / 2, top * _ROW - 0.4))
    first = sections.index("U") if "U" in sections else None
    for column, step in enumerate(("1", "2", "3", "T")):
        middle = _RIGHT + column * _COLUMN + _UNFOLDED / 2
        if "T" in found["times"]:
            axes.text(middle, 0.2, f"$x_{step}$", ha="center", va="center", size=14)
        over = found["output"][0] if found["output"] else None
        if over in found["times"]:
            place = over if step == "T" else step
            axes.text(middle, top * _ROW - 0.2, f"$y_{place}$", ha="center", va="center", size=14)
            _arrow(axes, (middle, (top - 1) * _ROW + _HEIGHT / 2), (middle, top * _ROW - 0.4))
        if first is not None:
            before = ("0", "1", "2", "{U-1}")[column]
            height = (first + 0.5) * _ROW
            axes.text(middle, height, f"$y_{before}$", ha="center", va="center", size=12)
    if first is not None:
        told = written[0] if written else ""
        axes.text(_FOLDED / 2, (first + 0.5) * _ROW, told, ha="center", va="center", size=11)
    if "T" in found["times"]:
        axes.text(_RIGHT + 2.62 * _COLUMN + 0.35, 0.2, "…", ha="center", va="center", size=16)
    if not found["output"] or found["output"][0] not in found["times"]:
        middle = _RIGHT + 1.5 * _COLUMN + _UNFOLDED / 2
        axes.text(middle, top * _ROW - 0.2, "$y$", ha="center", va="center", size=14)
        _arrow(axes, (middle, (top - 1) * _ROW + _HEIGHT / 2), (middle, top * _ROW - 0.4))


PICTURE = Picture(unrolled, draw, "model")
