"""The Kalman filter, and the smoother, that trackers of boxes are compared with."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
from keras import ops

from zoo.backend.compiled import compile_step
from zoo.inputs.boxes import centred, cornered
from zoo.layers.kalman_bank import KalmanBank
from zoo.metrics.boxes import centre_errors, overlaps

# Variances of the change of velocity over that of noise, of which one is chosen.
GRID = tuple(10.0 ** (place / 4) for place in range(-24, 3))


@dataclasses.dataclass(frozen=True)
class Kalman:
    """A filter of constant velocity over the middle and the logarithms of width and height.

    All four are filtered by themselves, as their noise is. `tests/layers/test_kalman_bank.py` has
    it side by side with that of `filterpy`.

    Attributes:
        ratio, size_ratio: variance of the change of velocity over that of the noise of what is
            seen: of the middle, and of the logarithms.
        is_smoother: whether it knows what comes later (Rauch, Tung and Striebel 1965).
    """

    ratio: float
    size_ratio: float
    is_smoother: bool

    @classmethod
    def usual(cls, is_smoother: bool) -> Kalman:
        """The one that most folds of "tracked_boxes" choose."""
        return cls(10**-2.25, 10**-2.75, True) if is_smoother else cls(10**-2.5, 10**-3.25, False)

    def track(self, tracks: Sequence[np.ndarray]) -> list[np.ndarray]:
        """Boxes `[time, 4]` for each track `[time, 4]`, NaN where a box is missing."""
        bank = KalmanBank([self.ratio, self.size_ratio])
        return [
            cornered(np.concatenate([one[:, :2, 0], one[:, 2:, 1]], axis=-1))
            for one in _levels(bank, tracks, self.is_smoother)
        ]


def best_kalman(trials: Sequence[tuple], is_smoother: bool) -> Kalman:
    """The best of a grid, on disturbed tracks.

    The first ratio is that with which the middle is nearest to the recorded one, root mean square
    in sizes of the box; the second, with that, the one with which boxes overlap most.

    Args:
        trials: what `zoo.data.boxes.trials` gives of the training split; those of one level of
            noise alone give the filter of who knows the level.
        is_smoother: see `Kalman`.
    """
    bank = KalmanBank(GRID)
    tried = _levels(bank, [seen for _, _, seen, _ in trials], is_smoother)
    true = np.concatenate([recorded for *_, recorded in trials])
    middles = np.concatenate([one[:, :2] for one in tried])
    sizes = np.concatenate([one[:, 2:] for one in tried])

    def boxes(place, size_place):
        parts = (middles[..., place], sizes[..., size_place])
        return cornered(np.concatenate(parts, axis=-1))

    places = range(len(GRID))
    off = [np.square(centre_errors(boxes(place, 0), true)).mean() for place in places]
    best = int(np.argmin(off))
    alike = [overlaps(boxes(best, place), true).mean() for place in places]
    return Kalman(GRID[best], GRID[int(np.argmax(alike))], is_smoother)


def _levels(bank: KalmanBank, tracks: Sequence[np.ndarray], is_smoother: bool) -> list[np.ndarray]:
    """Float64 `[time, 4, filters]` for each track; those of one length are filtered together."""

    def run(boxes, seen):
        known, _ = bank(boxes, seen)
        return bank.smooth(known) if is_smoother else known.level

    compiled = compile_step(bank, run)
    found: list = [None] * len(tracks)
    for time in sorted({len(one) for one in tracks}):
        places = [place for place, one in enumerate(tracks) if len(one) == time]
        boxes = centred(np.stack([tracks[place] for place in places]))
        levels = ops.convert_to_numpy(compiled(boxes[..., :4], boxes[..., 4])).astype("float64")
        for place, one in zip(places, levels, strict=True):
            found[place] = one
    return found
