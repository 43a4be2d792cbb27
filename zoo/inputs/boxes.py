"""Tracks of boxes as what a model reads: one a frame, some of them missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import keras
import numpy as np

from zoo.errors import ConfigError
from zoo.inputs.input import Array, Input, Raw
from zoo.inputs.table import Table, is_of_pandas, read_table, table_of

if TYPE_CHECKING:
    import tensorflow as tf

COLUMNS = ("x", "y", "width", "height")
_FARTHEST = 1e6  # pixels


@keras.saving.register_keras_serializable(package="zoo")
class Boxes(Input):
    """A box for every frame: left, top, width and height, in pixels or any other unit.

    An item is an array `[time, 4]`, a DataFrame of pandas with the columns x, y, width and height,
    or what `read` makes of a CSV file. NaN stands for what is missing: a frame of which one number
    is missing has no box.
    """

    kind = "track"
    one, many = "an array [time, 4] of boxes", "such arrays"
    advice = "give NumPy arrays, DataFrames of pandas, or what Boxes.read makes of a CSV file"

    arrays = {  # type: ignore[assignment]
        "boxes": Array((None, 5), "float32"),
        "lengths": Array((), "int32"),
    }
    raw = {"boxes": Raw("float32", (None, 4)), "lengths": Raw("int32")}

    @property
    def samples(self) -> tuple[np.ndarray, ...]:  # type: ignore[override]
        """Three items, one of them without frames."""
        steps = np.arange(50.0)[:, None]
        boxes = np.hstack([100 + 3 * steps, 80 + 9 * np.sin(steps / 5), 40 + 0 * steps, 90 - steps])
        boxes[20:26] = np.nan
        return boxes, boxes[:9] + 2, boxes[:0]

    def is_item(self, value: Any) -> bool:
        """Whether it is an array, a table, or an object of pandas."""
        return isinstance(value, (np.ndarray, Table)) or is_of_pandas(value)

    def tables(self, items: Sequence[Any]) -> list[Table]:
        """Brings items into the form of tables of four columns, NaN in frames without a box.

        Raises:
            ConfigError: if one has other columns, or holds what is no box; the message names it.
        """
        return [_table(item, f"Item {number}") for number, item in enumerate(items, 1)]

    def prepare(self, items: Sequence[Any], names=None) -> list[dict[str, np.ndarray]]:
        """Checks items.

        Returns:
            For each `boxes`, float32 `[time, 5]`, as `centred` gives them, and `lengths`, its
            frames.

        Raises:
            ConfigError: if one has other columns, or holds what is no box; the message names it.
        """
        return [
            {"boxes": centred(table.values), "lengths": np.array(len(table.values), "int32")}
            for table in self.tables(items)
        ]

    def in_graph(self, raw: Mapping[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        """What `prepare` gives; frames beyond their lengths, and what is no box, are not seen."""
        import tensorflow as tf

        boxes = raw["boxes"]
        is_real = tf.sequence_mask(raw["lengths"], tf.shape(boxes)[1])[:, :, tf.newaxis]
        is_box = tf.reduce_all(tf.abs(boxes) < _FARTHEST, axis=-1, keepdims=True)
        is_box &= tf.reduce_all(boxes[..., 2:] > 0, axis=-1, keepdims=True) & is_real
        boxes = tf.where(is_box, boxes, 1.0)
        parts = [boxes[..., :2] + boxes[..., 2:] / 2, tf.math.log(boxes[..., 2:])]
        found = tf.concat([*parts, tf.ones_like(boxes[..., :1])], axis=-1)
        return {"boxes": tf.where(is_box, found, 0.0), "lengths": raw["lengths"]}

    def raw_of(self, items: Sequence[Any]) -> dict[str, list]:
        """The boxes of items, filled up with NaN to one length, and how many frames there are."""
        boxes = [table.values.astype("float32") for table in self.tables(items)]
        time = max(map(len, boxes), default=0)
        return {
            "boxes": [
                np.pad(one, [(0, time - len(one)), (0, 0)], constant_values=np.nan) for one in boxes
            ],
            "lengths": [np.int32(len(one)) for one in boxes],
        }

    def meaning(self) -> dict[str, Any]:
        """The names of the columns."""
        return {"columns": list(COLUMNS)}

    @classmethod
    def read(cls, argument: str) -> Table:
        """The table in a CSV file, a box a row; see `zoo.inputs.table.read_table`.

        Without names its columns are x, y, width and height; an empty cell is a missing number.
        """
        return read_table(argument, gaps=True)

    def get_config(self):
        return {"name": self.name}


def centred(boxes: np.ndarray) -> np.ndarray:
    """Boxes as a model takes them.

    Args:
        boxes: float `[..., 4]`: left, top, width and height, NaN where there is none.

    Returns:
        float32 `[..., 5]`: the middle, the logarithms of width and height, and 1; or five zeros
        where there is no box.
    """
    boxes = np.asarray(boxes, "float64")
    is_seen = np.isfinite(boxes).all(-1, keepdims=True)
    boxes = np.where(is_seen, boxes, 1.0)
    parts = [
        boxes[..., :2] + boxes[..., 2:] / 2,
        np.log(boxes[..., 2:]),
        np.ones_like(boxes[..., :1]),
    ]
    return np.where(is_seen, np.concatenate(parts, axis=-1), 0).astype("float32")


def cornered(values: np.ndarray) -> np.ndarray:
    """Left, top, width and height, float64 `[..., 4]`, of the first four that `centred` gives."""
    values = np.asarray(values, "float64")
    size = np.exp(values[..., 2:4])
    return np.concatenate([values[..., :2] - size / 2, size], axis=-1)


def _table(item: Any, what: str) -> Table:
    table = table_of(item, what)
    values, count = table.values, len(COLUMNS)
    if table.columns is not None:
        missing = [name for name in COLUMNS if name not in table.columns]
        if missing:
            raise ConfigError(
                f"{what} has no column {missing[0]!r}: boxes have {', '.join(COLUMNS)}, and it has "
                f"{', '.join(table.columns)}."
            )
        values = values[:, [table.columns.index(name) for name in COLUMNS]]
    elif values.shape[1] != count:
        raise ConfigError(
            f"{what} has the shape {list(values.shape)}: give boxes [time, {count}], left, top, "
            "width and height."
        )
    is_seen = ~np.isnan(values).any(axis=1)
    with np.errstate(invalid="ignore"):
        is_wrong = is_seen & ((values[:, 2:] <= 0).any(1) | (np.abs(values) >= _FARTHEST).any(1))
    if is_wrong.any():
        step = int(np.flatnonzero(is_wrong)[0])
        said = ", ".join(f"{value:g}" for value in values[step])
        raise ConfigError(
            f"{what} has no box at step {step} ({said}): width and height are above 0 and all is "
            f"below {_FARTHEST:g}; NaN, or an empty cell, stands for one that is missing."
        )
    return Table(np.where(is_seen[:, None], values, np.nan), COLUMNS, table.dates)
