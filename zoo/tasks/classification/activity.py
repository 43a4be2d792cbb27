"""The task `activity`: what somebody does, from where the joints of the body are."""

from __future__ import annotations

from collections.abc import Sequence

from zoo.cells import GRUCell
from zoo.errors import ConfigError
from zoo.inputs.skeletons import Skeletons
from zoo.layers import Pooling, RecurrentStack, SkeletonMotion
from zoo.layers.recurrent_levels import recurrent_levels
from zoo.tasks.classification.sequence_classifier import SequenceClassifier


def build_activity(
    cell=None,
    *,
    units: int = 128,
    layers: int = 1,
    lags: Sequence[int] = (1, 4),
    pooling: str = "mean",
    dropout: float = 0.5,
    recurrent_dropout: float = 0.0,
    labels: Sequence[str] = (),
    dataset: str | None = None,
    name: str = "activity",
) -> SequenceClassifier:
    """An untrained classifier of recorded skeletons: recurrence over poses and motion.

    `zoo.build("activity", ...)` calls it with names resolved. Both directions of time are read, as
    in Du et al. 2015 (doi:10.1109/CVPR.2015.7298714), whose network has a part for each limb; here
    one layer reads all joints and how they have moved.

    Args:
        cell: class of a recurrent cell, called with the number of units. None: GRU.
        units: width of each layer, of both directions together; even.
        layers: how many.
        lags: frames ago from which motion is told, see `zoo.layers.SkeletonMotion`.
        pooling: "last", "max", "mean" or "attention", see `zoo.layers.Pooling`.
        dropout: fraction of the features dropped between layers, and before the labels.
        recurrent_dropout: fraction of the recurrent state dropped, see `zoo.layers.Recurrent`.
        labels: names of the activities.
        dataset: the data set whose labels these are, such as "msr_action3d".
        name: name of the model.

    Returns:
        A built `SequenceClassifier`.

    Raises:
        ConfigError: without labels, or when `units` is odd.
    """
    if not len(labels):
        raise ConfigError("A classifier of activities needs labels=..., the names of these.")
    cell = GRUCell if cell is None else cell
    both = recurrent_levels(cell, units, layers, recurrent_dropout=recurrent_dropout)
    forward = units // 2 if pooling == "last" else None
    return SequenceClassifier(
        SkeletonMotion(lags),
        RecurrentStack(both, dropout),
        Pooling(pooling, forward),
        labels,
        Skeletons(),
        dropout=dropout,
        dataset=dataset,
        task="activity",
        name=name,
    )
