"""The task `watch`: what is unusual before a camera, by the errors of what expects frames."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from zoo.cells import ConvLSTMCell
from zoo.inputs.clips import Clips
from zoo.layers import Placewise, Recurrent, RecurrentStack
from zoo.layers.encoders.clip_grids import BLOCKS, ClipGrids
from zoo.tasks.forecasting.clip_detector import ClipDetector

USUAL = 0.99  # of the frames of clips of what is usual


def build_watch(
    cell=None,
    *,
    units: int = 32,
    layers: int = 1,
    blocks: Sequence[Sequence[int]] = BLOCKS,
    size: int = 64,
    ahead: int = 3,
    judged: int = 1,
    around: int = 3,
    window: int = 3,
    power: int = 2,
    input: Clips | None = None,
    dataset: str | None = None,
    name: str = "watch",
) -> ClipDetector:
    """An untrained detector of what is unusual in clips of one place.

    `zoo.build("watch", ...)` calls it with names resolved. It is trained to expect the next frames
    on clips of what is usual; `learn_usual` then measures its errors.

    Args:
        cell: class of a recurrent cell, called with the number of units. None: `ConvLSTMCell`. One
            of vectors, which does not say `reads_grids`, reads each place by itself.
        units: channels of what is remembered at each place.
        layers: of recurrence.
        blocks: convolutions over each frame, see `zoo.layers.ClipGrids`.
        size: channels of the convolution over features and what is remembered.
        ahead: frames that are expected.
        judged: how many expectations of a frame it is compared with, the nearest first.
        around: places along each axis over which errors of places are averaged, odd.
        window: frames over which errors are averaged.
        power: to which the errors of pixels are raised, 1 or 2.
        input: a `zoo.inputs.Clips` with the size of frames. None: grey ones of 80 x 120 pixels.
        dataset: the data set that the model is for.
        name: name of the model.

    Returns:
        A built `ClipDetector`.

    Raises:
        ConfigError: when sizes do not fit, or a number makes no sense.
    """
    input = input or Clips(80, 120, 1)
    features = ClipGrids(blocks)

    def level():
        one = (cell or ConvLSTMCell)(units)
        return Recurrent(one) if getattr(one, "reads_grids", False) else Placewise(Recurrent(one))

    return ClipDetector(
        features,
        RecurrentStack([level() for _ in range(layers)]),
        input,
        units=size,
        ahead=ahead,
        judged=judged,
        around=around,
        window=window,
        power=power,
        dataset=dataset,
        task="watch",
        name=name,
    )


def learn_usual(model: ClipDetector, clips: Sequence) -> None:
    """Sets the bounds of a trained detector: one frame in a hundred of these clips lies beyond.

    One in a hundred has a place that lies beyond the bound of places.

    Args:
        model: a trained `ClipDetector`.
        clips: with nothing unusual, as its verb takes them; the first frames, of which nothing was
            expected, are not counted.
    """
    found = model.unusual(list(clips))
    scores = np.concatenate([one[model.first :] for one in found])
    places = [np.asarray(one.where)[model.first :] for one in found]
    peaks = np.concatenate([one.max(axis=(1, 2)) for one in places])
    model.bound *= float(np.quantile(scores, USUAL))
    model.place_bound *= float(np.quantile(peaks, USUAL))
