"""The task `track`: where a box was in each frame, of noisy boxes some of which are missing."""

from __future__ import annotations

from collections.abc import Sequence

from zoo.cells import GRUCell
from zoo.layers import FrameEncoder, KalmanBank
from zoo.layers.recurrent_levels import recurrent_levels
from zoo.tasks.tagging.box_tracker import BoxTracker

# (variance of the change of velocity over that of noise, part of the velocity that is kept): of a
# model that works while boxes come, and of one that knows all of them.
FILTERS = ((1e-4, 1.0), (5e-4, 1.0), (3e-3, 1.0), (2e-2, 1.0), (2e-1, 1.0), (1.0, 1.0))
SMOOTHERS = (*FILTERS[:5], (3e-3, 0.9), (3e-2, 0.9))
_FIRST = 2


def build_track(
    cell=None,
    *,
    units: int = 64,
    layers: int = 1,
    is_causal: bool = False,
    filters: Sequence[Sequence[float]] | None = None,
    dropout: float = 0.1,
    recurrent_dropout: float = 0.0,
    dataset: str | None = None,
    name: str = "track",
) -> BoxTracker:
    """An untrained tracker of boxes: recurrence over what a bank of Kalman filters knows.

    `zoo.build("track", ...)` calls it with names resolved.

    Args:
        cell: class of a recurrent cell, called with the number of units. None: GRU.
        units: width of each layer, of both directions together; then even.
        layers: how many.
        is_causal: whether layers read forward alone, a filter that works while boxes come. Else it
            is a smoother.
        filters: of each Kalman filter the variance of the change of velocity a step over that of
            the noise of what is seen, and the part of the velocity that is left a step later; the
            third has most of the weight before any training. None: `FILTERS` of a causal model,
            `SMOOTHERS` of any other.
        dropout: fraction of the features dropped between layers and of the memory.
        recurrent_dropout: fraction of the recurrent state dropped, see `zoo.layers.Recurrent`.
        dataset: the data set that the model is for, such as "tracked_boxes/fold1".
        name: name of the model.

    Returns:
        A built `BoxTracker`.

    Raises:
        ConfigError: when `units` is odd and halved, or filters are none.
    """
    cell = GRUCell if cell is None else cell
    levels = recurrent_levels(cell, units, layers, is_causal, recurrent_dropout)
    if filters is None:
        filters = FILTERS if is_causal else SMOOTHERS
    ratios, keeps = zip(*filters, strict=True) if len(filters) else ((), ())
    return BoxTracker(
        KalmanBank(ratios, keeps),
        FrameEncoder(levels, [1] * layers, dropout),
        first=_FIRST,
        dataset=dataset,
        task="track",
        name=name,
    )
