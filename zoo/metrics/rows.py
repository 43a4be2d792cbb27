"""What an evaluator returns: one row for each data set, split and metric, as plain data.

`zoo evaluate` prints such rows, cards and `zoo show` keep them. A plugin's evaluator returns them
too, so what must be in one is said and checked here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NotRequired, TypedDict

from zoo.errors import PluginError

_REQUIRED: dict[str, Any] = {"dataset": str, "split": str, "metric": str, "value": (int, float)}
_OPTIONAL: dict[str, Any] = {
    "signature": str,
    "sentences": int,
    "seconds": (int, float),
    "digits": int,
    "direction": str,
}
_KINDS: dict[Any, str] = {str: "a string", int: "a whole number", (int, float): "a number"}


class Row(TypedDict):
    """One score.

    Attributes:
        dataset: what it was measured on, such as "multi30k/en-fr".
        split: such as "test".
        metric: such as "accuracy".
        value: the score, a plain number.
        signature: how exactly it was measured, such as "nrefs:1|case:mixed".
        sentences: how many items were measured.
        seconds: how long the model took for them.
        digits: of the value after the point, where it is shown; without, 2.
        direction: whether a "higher" value is better, which it is where this is not said, or a
            "lower" one.

    >>> row: Row = {"dataset": "mine", "split": "test", "metric": "accuracy", "value": 93.1}
    """

    dataset: str
    split: str
    metric: str
    value: float
    signature: NotRequired[str]
    sentences: NotRequired[int]
    seconds: NotRequired[float]
    digits: NotRequired[int]
    direction: NotRequired[Literal["higher", "lower"]]


def checked_rows(rows: Any, evaluator: str) -> list[Row]:
    """Returns what an evaluator gave, if it is a list of rows.

    Args:
        rows: what it returned.
        evaluator: `"package.module:function"`, for the message.

    Raises:
        PluginError: if it is something else; the message says what of it.
    """
    if not isinstance(rows, (list, tuple)):
        raise PluginError(
            f"The evaluator {evaluator} must return a list of rows (zoo.metrics.rows.Row), not a "
            f"{type(rows).__name__}."
        )
    for row in rows:
        fault = _fault(row)
        if fault:
            raise PluginError(
                f"The evaluator {evaluator} returned a row {fault}: see zoo.metrics.rows.Row."
            )
    return list(rows)


def _fault(row: Any) -> str:
    if not isinstance(row, Mapping):
        return f"that is a {type(row).__name__}, not a dict"
    for key in _REQUIRED:
        if key not in row:
            return f"without {key!r}"
    for key, kind in {**_REQUIRED, **_OPTIONAL}.items():
        if key in row and (isinstance(row[key], bool) or not isinstance(row[key], kind)):
            return f"whose {key!r} is {row[key]!r}, and not {_KINDS[kind]}"
    if row.get("direction", "higher") not in ("higher", "lower"):
        return f"whose 'direction' is {row['direction']!r}, and not 'higher' or 'lower'"
    return ""
