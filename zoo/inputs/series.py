"""Numbers over time as what a model reads: checked, and brought to one scale."""

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


@keras.saving.register_keras_serializable(package="zoo")
class Series(Input):
    """Several series of numbers over the same steps, each less its mean, over its deviation.

    An item is an array `[time, columns]`, or `[time]` for a single column; a Series or DataFrame of
    pandas, whose dates come back with what is made of it; or a `zoo.inputs.Table`, as `read` makes
    of a CSV file. Where an item's columns have names they are put in the model's order, and others
    are left out. It may have any number of steps, and none of its numbers may be missing.

    Args:
        columns: the names of the series.
        mean: of each, in its own unit, as the model is to see it as 0.
        deviation: of each, in its own unit, as the model is to see it as 1; above 0.

    Raises:
        ConfigError: if these are not as many, or a deviation is not above 0.
    """

    kind = "series"
    one, many = "an array [time, columns]", "such arrays"
    advice = "give NumPy arrays, Series or DataFrames of pandas, or what Series.read makes of a CSV"

    def __init__(
        self,
        columns: Sequence[str],
        mean: Sequence[float] | None = None,
        deviation: Sequence[float] | None = None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.columns = [str(name) for name in columns]
        size = len(self.columns)
        self.mean = [float(x) for x in (mean if mean is not None else [0.0] * size)]
        self.deviation = [float(x) for x in (deviation if deviation is not None else [1.0] * size)]
        if not size == len(self.mean) == len(self.deviation) or not size:
            raise ConfigError(
                f"Series of {size} columns have as many means and deviations, not {len(self.mean)} "
                f"and {len(self.deviation)}."
            )
        if not all(np.isfinite(self.mean)) or not all(0 < x < np.inf for x in self.deviation):
            raise ConfigError("The means of series are numbers, their deviations above 0.")

    @property
    def arrays(self) -> dict[str, Array]:
        """`series`, on the model's scale, and `lengths`, steps of each."""
        return {
            "series": Array((None, len(self.columns)), "float32"),
            "lengths": Array((), "int32"),
        }

    @property
    def raw(self) -> dict[str, Raw]:  # type: ignore[override]
        """`series` in its own units, time filled up with anything, and `lengths`."""
        return {
            "series": Raw("float32", (None, len(self.columns))),
            "lengths": Raw("int32"),
        }

    @property
    def samples(self) -> tuple[np.ndarray, ...]:  # type: ignore[override]
        """Three items, one of them without steps."""
        steps = np.arange(60)[:, None] + np.arange(len(self.columns))
        waves = self.unscaled(np.sin(steps / 4))
        return waves, waves[:7] + np.array(self.deviation), waves[:0]

    def is_item(self, value: Any) -> bool:
        """Whether it is an array, a table, or an object of pandas."""
        return isinstance(value, (np.ndarray, Table)) or is_of_pandas(value)

    def tables(self, items: Sequence[Any]) -> list[Table]:
        """Brings items into the form of tables with the model's columns.

        Raises:
            ConfigError: if one has other columns, or no number somewhere; the message names it.
        """
        return [self._table(item, f"Item {number}") for number, item in enumerate(items, 1)]

    def _table(self, item: Any, what: str) -> Table:
        table = table_of(item, what)
        values, size = table.values, len(self.columns)
        if table.columns is not None:
            missing = [name for name in self.columns if name not in table.columns]
            if missing:
                raise ConfigError(
                    f"{what} has no column {missing[0]!r}: the model reads "
                    f"{', '.join(self.columns)}, and it has {', '.join(table.columns)}."
                )
            values = values[:, [table.columns.index(name) for name in self.columns]]
        elif values.shape[1] != size:
            raise ConfigError(
                f"{what} has {_counted(values.shape[1])}, and the model reads {_counted(size)}: "
                f"{', '.join(self.columns)}."
            )
        if not np.isfinite(values).all():
            step, column = np.argwhere(~np.isfinite(values))[0]
            when = f" ({table.dates[step]})" if table.dates is not None else ""
            raise ConfigError(
                f"{what} has no number in column {self.columns[column]!r} at step {step}{when}: "
                "fill it, such as with the one before it."
            )
        return Table(values, tuple(self.columns), table.dates)

    def prepare(self, items: Sequence[Any], names=None) -> list[dict[str, np.ndarray]]:
        """Checks items and brings them to the model's scale.

        Returns:
            For each `series`, float32 `[time, columns]`, and `lengths`, its steps.

        Raises:
            ConfigError: if one has other columns, or no number somewhere; the message names it.
        """
        return [
            {"series": self.scaled(table.values), "lengths": np.array(len(table.values), "int32")}
            for table in self.tables(items)
        ]

    def scaled(self, values: np.ndarray) -> np.ndarray:
        """Values `[..., columns]` in their own units, on the model's scale, float32."""
        return ((values - np.array(self.mean)) / np.array(self.deviation)).astype("float32")

    def unscaled(self, values: np.ndarray) -> np.ndarray:
        """Values `[..., columns]` on the model's scale, in their own units, float64."""
        return values * np.array(self.deviation) + np.array(self.mean)

    def in_graph(self, raw: Mapping[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        """Brings series to the model's scale; what is beyond their lengths becomes 0."""
        import tensorflow as tf

        series = (raw["series"] - tf.constant(self.mean)) / tf.constant(self.deviation)
        is_real = tf.sequence_mask(raw["lengths"], tf.shape(series)[1])
        return {
            "series": tf.where(is_real[:, :, tf.newaxis], series, 0.0),
            "lengths": raw["lengths"],
        }

    def raw_of(self, items: Sequence[Any]) -> dict[str, list]:
        """The values of items, filled up with 0 to one length, and how many there are."""
        values = [table.values.astype("float32") for table in self.tables(items)]
        time = max(map(len, values), default=0)
        return {
            "series": [np.pad(one, [(0, time - len(one)), (0, 0)]) for one in values],
            "lengths": [np.int32(len(one)) for one in values],
        }

    def meaning(self) -> dict[str, Any]:
        """The names of the columns, and the scale that a graph's numbers are on."""
        return {"columns": self.columns, "mean": self.mean, "deviation": self.deviation}

    @classmethod
    def read(cls, argument: str) -> Table:
        """The table in a CSV file; see `zoo.inputs.table.read_table`."""
        return read_table(argument)

    def get_config(self):
        return {
            "name": self.name,
            "columns": self.columns,
            "mean": self.mean,
            "deviation": self.deviation,
        }


def scaling_of(values: np.ndarray, columns: Sequence[str]) -> Series:
    """The input whose scale is that of a training part.

    Args:
        values: float `[time, columns]`.
        columns: their names.

    Returns:
        A `Series` with their means and deviations (over all steps, not all but one); of a column
        that stays the same the deviation is 1.
    """
    deviation = values.std(axis=0)
    deviation = np.where(deviation > 0, deviation, 1.0)
    return Series(columns, values.mean(axis=0).tolist(), deviation.tolist())


def _counted(count: int) -> str:
    return "1 column" if count == 1 else f"{count} columns"
