"""The task `segment`: what somebody does at every time of an untrimmed recording of a skeleton."""

from __future__ import annotations

from collections.abc import Sequence

import keras

from zoo.cells import GRUCell
from zoo.errors import ConfigError
from zoo.inputs.skeletons import Skeletons
from zoo.layers import FrameEncoder, SkeletonMotion
from zoo.layers.recurrent_levels import recurrent_levels
from zoo.tasks.tagging.frame_tagger import FrameTagger


def build_segment(
    cell=None,
    *,
    units: int = 128,
    layers: int = 1,
    is_causal: bool = False,
    lags: Sequence[int] = (1, 4),
    joins: Sequence[int] | None = None,
    dropout: float = 0.5,
    recurrent_dropout: float = 0.0,
    crf: keras.layers.Layer | None = None,
    labels: Sequence[str] = (),
    dataset: str | None = None,
    name: str = "segment",
) -> FrameTagger:
    """An untrained tagger of the frames of a skeleton: recurrence over poses and motion.

    `zoo.build("segment", ...)` calls it with names resolved.

    Args:
        cell: class of a recurrent cell, called with the number of units. None: GRU.
        units: width of each layer, of both directions together; then even.
        layers: how many.
        is_causal: whether layers read forward alone, so that a model can work while one moves; see
            `FrameTagger.stream`.
        lags: frames ago from which motion is told, see `zoo.layers.SkeletonMotion`.
        joins: how many frames are joined before each layer, such as (2, 1). None: none are.
        dropout: fraction of the features dropped between layers and of the memory.
        recurrent_dropout: fraction of the recurrent state dropped, see `zoo.layers.Recurrent`.
        crf: a `zoo.layers.CRF` that chooses the labels of a recording together; see `FrameTagger`.
        labels: names of what is done, one of them where nothing is.
        dataset: the data set that the model is for, such as "utkinect/s01".
        name: name of the model.

    Returns:
        A built `FrameTagger`.

    Raises:
        ConfigError: without labels, or when `units` is odd and halved.
    """
    if not len(labels):
        raise ConfigError("A tagger of skeletons needs labels=..., the names of what is done.")
    cell = GRUCell if cell is None else cell
    levels = recurrent_levels(cell, units, layers, is_causal, recurrent_dropout)
    return FrameTagger(
        FrameEncoder(levels, list(joins) if joins else [1] * layers, dropout),
        labels,
        Skeletons(),
        [SkeletonMotion(lags)],
        crf,
        dataset=dataset,
        task="segment",
        name=name,
    )
