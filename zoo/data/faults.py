"""Faults of six kinds, planted in series: what a recorder does wrong, and where it did."""

from __future__ import annotations

import dataclasses

import numpy as np

# Kind -> the fewest and the most steps that it lasts, the latter not reached.
KINDS = {
    "spike": (1, 4),
    "shift": (12, 37),
    "drift": (24, 49),
    "stuck": (12, 37),
    "noise": (6, 25),
    "late": (24, 49),
}
_OF_ALL_COLUMNS = ("stuck", "late")  # faults of the recorder, not of one sensor
_LATE = 12  # steps
_APART = (48, 121)


@dataclasses.dataclass(frozen=True)
class Planted:
    """A series with faults.

    Attributes:
        values: `[time, columns]`, with them.
        kinds: `[time]`, the kind of the fault at each step, "" where there is none.
    """

    values: np.ndarray
    kinds: np.ndarray

    @property
    def is_fault(self) -> np.ndarray:
        """Bool `[time]`."""
        return self.kinds != ""


def plant(
    values: np.ndarray, deviation: np.ndarray, seed: int, first: int = 168, strength: float = 1.0
) -> Planted:
    """Plants faults, one kind after the other, 48 to 120 steps apart.

    A spike, a shift of the level, a drift and noise are a sensor's: one to three columns have them,
    1.5 to 3 deviations strong (a spike and the end of a drift 1.5 times, noise 0.4 times so much).
    A recorder that is stuck repeats the row before; one that is late writes the row of twelve steps
    before: all columns have that.

    Args:
        values: float `[time, columns]`, which stay as they are.
        deviation: float `[columns]`, of each, such as over a training split.
        seed: the same faults every time.
        first: steps at the beginning without any fault, at least twelve.
        strength: times how strong they are.

    Returns:
        A copy with faults, none of them in the last 24 steps.

    Example:

    >>> found = plant(np.zeros((1000, 2)), np.ones(2), seed=0)
    >>> sorted(set(found.kinds)), bool(found.is_fault[:168].any())
    (['', 'drift', 'late', 'noise', 'shift', 'spike', 'stuck'], False)
    """
    rng = np.random.default_rng(seed)
    found, kinds = np.array(values, "float64"), np.full(len(values), "", object)
    size, begin, number = values.shape[1], first, 0
    while True:
        begin += int(rng.integers(*_APART))
        kind = list(KINDS)[number % len(KINDS)]
        length = int(rng.integers(*KINDS[kind]))
        if begin + length > len(values) - 24:
            return Planted(found, kinds)
        steps = slice(begin, begin + length)
        count = size if kind in _OF_ALL_COLUMNS else int(rng.integers(1, min(3, size) + 1))
        columns = rng.choice(size, count, replace=False)
        strong = rng.choice([-1, 1], count) * rng.uniform(1.5, 3, count) * strength
        strong = strong * np.asarray(deviation)[columns]
        if kind == "spike":
            found[steps, columns] += 1.5 * strong
        elif kind == "shift":
            found[steps, columns] += strong
        elif kind == "drift":
            found[steps, columns] += 1.5 * strong * np.arange(1, length + 1)[:, None] / length
        elif kind == "noise":
            found[steps, columns] += 0.4 * np.abs(strong) * rng.normal(size=(length, count))
        elif kind == "stuck":
            found[steps] = values[begin - 1]
        else:
            found[steps] = values[begin - _LATE : begin - _LATE + length]
        kinds[steps] = kind
        begin, number = begin + length, number + 1
