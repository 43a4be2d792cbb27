"""What is unusual in a series: the errors of a forecaster that expects the next step."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from zoo.backend.compiled import Compiled
from zoo.backend.time_loop import scan
from zoo.checked import checked
from zoo.errors import ConfigError
from zoo.tasks.forecasting.forecaster import Forecaster
from zoo.tasks.unusual import Unusual


@keras.saving.register_keras_serializable(package="zoo")
class Detector(Forecaster):
    """A `Forecaster` of the next step, and how large its errors are where nothing is unusual.

    Errors of all columns, each over the deviation that it has in normal data, are taken together as
    one vector of a normal distribution (Malhotra et al. 2015), and their squared length is averaged
    over a window of steps. It is unusual where that is larger than it hardly ever is in normal
    data, and also where it is smaller: a recorder that is stuck is easily foreseen. What lies far
    from what is expected is read as if it lay nearer, so that a fault is not taken for the new
    normal (Gelper et al. 2010, section 3).

    For its other arguments see `Forecaster`; its columns are read together, by patches of one step.

    Args:
        precision: inverse of the covariance of the errors of normal data, `[columns, columns]`.
            None: that of independent errors as expected.
        deviations: of the errors of normal data, `[columns]`, on the model's scale. None: as
            expected at each step.
        bounds: the smallest averages that are not unusual, those in the middle, and the largest.
            None: about those of errors as expected.
        window: steps over which errors are averaged, half of them before a step and half after.
        reach: deviations from what is expected within which values are read as they are.

    Raises:
        ConfigError: if columns are read one by one or by patches, `bounds` are not above 0 and in
            order, or `window` or `reach` is not positive.
    """

    export_signatures = "zoo.tasks.forecasting.detector_signatures:DetectorSignatures"
    verb_name = "unusual"

    def __init__(
        self,
        *args,
        precision: Sequence[Sequence[float]] | None = None,
        deviations: Sequence[float] | None = None,
        bounds: Sequence[float] | None = None,
        window: int = 6,
        reach: float = 0.5,
        **kwargs,
    ):
        # Before all else: the base builds itself, and what is built gets no further parts.
        self.precision = None if precision is None else np.asarray(precision, "float64").tolist()
        self.deviations = None if deviations is None else [float(one) for one in deviations]
        self.bounds = None if bounds is None else [float(bound) for bound in bounds]
        self.window = window
        self.reach = reach
        super().__init__(*args, **kwargs)
        if not self.is_joint or self.patch != 1:
            raise ConfigError("What is unusual is told step by step from all columns together.")
        low, middle, high = self.limits
        if window < 1 or reach <= 0 or not 0 < low < middle < high:
            raise ConfigError("window and reach are above 0, and bounds above 0 and in order.")
        self._judging: tuple[Any, Compiled] | None = None

    @property
    def limits(self) -> tuple[float, float, float]:
        """The bounds, or where there are none about those of errors as they are expected to be."""
        low, middle, high = self.bounds or (0.05, 1.0, 4.0)
        times = 1 if self.bounds else self.columns
        return times * low, times * middle, times * high

    def errors(self, series, lengths):
        """The errors of every step but the first, over the deviations.

        Args:
            series: `[batch, time, columns]`, on the model's scale.
            lengths: int `[batch]`.

        Returns:
            `[batch, time, columns]`, 0 at the first step and beyond `lengths`.
        """
        series = ops.cast(series, "float32")
        batch, time = ops.shape(series)[:2]
        longer = ops.pad(series, [(0, 0), (0, 1), (0, 0)])  # so that there is a first step
        carry = self.step(longer[:, :1], self.get_initial_state(batch))

        usual = None if self.deviations is None else np.array(self.deviations, "float32")

        def advance(carry, seen):
            parameters, state = carry
            mean = self.head.expected(parameters)
            deviation = self.head.deviation(parameters) if usual is None else usual
            off = (ops.expand_dims(seen, 1) - mean) / deviation
            read = mean + deviation * ops.clip(off, -self.reach, self.reach)
            return tuple(self.step(read, state)), off[:, 0]

        _, found = scan(advance, tuple(carry), ops.transpose(longer[:, 1:], (1, 0, 2)))
        found = ops.pad(ops.transpose(found, (1, 0, 2)), [(0, 0), (1, 0), (0, 0)])[:, :time]
        return ops.where(self._is_judged(lengths, time)[..., None], found, 0.0)

    @staticmethod
    def _is_judged(lengths, time):
        """Bool `[batch, time]`: all real steps but the first, of which nothing is expected."""
        places = ops.expand_dims(ops.arange(time, dtype="int32"), 0)
        return (places > 0) & (places < ops.expand_dims(ops.cast(lengths, "int32"), 1))

    def averages(self, errors, lengths):
        """The squared lengths of error vectors, averaged over the window: `[batch, time]`.

        Fewer steps are averaged where a series begins and ends; of the first step nothing was
        expected, and beyond `lengths` it is 0.
        """
        precision = np.eye(self.columns) if self.precision is None else np.array(self.precision)
        squares = ops.sum(ops.matmul(errors, precision.astype("float32")) * errors, axis=-1)
        time = ops.shape(errors)[1]
        is_judged = ops.cast(self._is_judged(lengths, time), "float32")
        around = (self.window // 2, self.window - 1 - self.window // 2)

        def sums(steps):
            steps = ops.pad(steps, [(0, 0), around])
            return sum(steps[:, shift : shift + time] for shift in range(self.window))

        return is_judged * sums(squares * is_judged) / ops.maximum(sums(is_judged), 1.0)

    def scores(self, series, lengths):
        """How unusual each step is, `[batch, time]`: above 1 where it is, 0 where it is none.

        The logarithm of how many times the average is what it is in the middle, over that of the
        bound on its side.
        """
        found = self.averages(self.errors(series, lengths), lengths)
        low, middle, high = self.limits
        off = ops.log(ops.maximum(found / middle, 1e-6))
        scores = ops.maximum(off / math.log(high / middle), off / math.log(low / middle))
        return ops.where(self._is_judged(lengths, ops.shape(found)[1]), scores, 0.0)

    @checked(but=("series",))
    def unusual(self, series: Any) -> Unusual | list[Unusual]:
        """Says how unusual each step of a series is, or of each of a list of series.

        A list gives what its series give one by one, in their order. A step is judged by those
        before it and half a window after it; the first few dozen, of which little was read before,
        are judged loosely. The errors of a first step are 0, and it counts as usual.

        Args:
            series: an array `[time, columns]`; a Series or DataFrame of pandas; what
                `zoo.inputs.Series.read` makes of a CSV file; or a list of these.

        Returns:
            An `Unusual`, a score for each step, with dates where the series has dates; a list of
            them where `series` is a list.

        Raises:
            ConfigError: for a series with missing numbers or other columns.

        Example: `zoo.load("mine.keras").unusual(frame).spans`.
        """
        items, is_one = self.listed("unusual", series)
        tables = self.input.tables(items)
        prepared = self.input.prepare(tables)
        self.require_steps(prepared)
        found: list[Any] = [None] * len(items)
        for places, arrays in self.batches(prepared):
            for place, scores in zip(places, self._judged(*arrays.values()), strict=True):
                table = tables[place]
                found[place] = Unusual(scores[: len(table.values)].tolist(), table.dates)
        return found[0] if is_one else found

    def _judged(self, series: np.ndarray, lengths: np.ndarray) -> np.ndarray:
        """`scores`, compiled for what is normal now."""
        normal = repr((self.precision, self.deviations, self.limits, self.window, self.reach))
        if self._judging is None or self._judging[0] != normal:
            self._judging = normal, self.compiled_over_arrays(self._scores_alone)
        return self._judging[1](series, lengths)[0]

    def _scores_alone(self, series, lengths):
        return (self.scores(series, lengths),)

    def get_config(self):
        return {
            **super().get_config(),
            "precision": self.precision,
            "deviations": self.deviations,
            "bounds": self.bounds,
            "window": self.window,
            "reach": self.reach,
        }
