"""The task `phonemes`: which speech sound is said at every time."""

from __future__ import annotations

from collections.abc import Sequence

import keras
import numpy as np

from zoo.cells import LSTMCell
from zoo.errors import ConfigError
from zoo.layers import (
    Deltas,
    DenseStack,
    FrameEncoder,
    FrameNormalization,
    LogMel,
    SpecAugment,
)
from zoo.layers.recurrent_levels import recurrent_levels
from zoo.tasks.tagging.frame_tagger import FrameTagger


def build_phonemes(
    cell=None,
    *,
    units: int = 256,
    layers: int = 3,
    is_causal: bool = False,
    is_recurrent: bool = True,
    joins: Sequence[int] | None = None,
    dropout: float = 0.3,
    recurrent_dropout: float = 0.0,
    input=None,
    labels: Sequence[str] = (),
    front: Sequence[keras.layers.Layer] = (),
    crf: keras.layers.Layer | None = None,
    dataset: str | None = None,
    name: str = "phonemes",
) -> FrameTagger:
    """An untrained tagger of frames: recurrent layers over them, and a label for each.

    The bidirectional network of Graves and Schmidhuber 2005 (doi:10.1016/j.neunet.2005.06.042), in
    several layers and with any cell; or one that hears no frames to come, or each frame alone.

    Args:
        cell: class of a recurrent cell, called with the number of units. None: LSTM.
        units: width of each layer, of both directions together; then even.
        layers: how many.
        is_causal: whether layers read forward alone, so that a model can work while one speaks.
        is_recurrent: whether they are recurrent. Otherwise each frame is labelled by itself.
        joins: how many frames are joined before each recurrent layer, such as (2, 1, 1), twice as
            fast as none. None: none are.
        dropout: fraction dropped between layers and of the memory.
        recurrent_dropout: fraction of the recurrent state dropped, see `zoo.layers.Recurrent`.
        input: a `zoo.inputs.Input` over time with lengths, such as `Sound`, kept in the file.
        labels: names of the phonemes.
        front: layers from the input's array to frames, such as `sound_front` gives.
        crf: a `zoo.layers.CRF` that chooses the labels of an item together; see `FrameTagger`.
        dataset: the data set that the model is for.
        name: name of the model.

    Returns:
        A built `FrameTagger`.

    Raises:
        ConfigError: without an input or labels, or when `units` is odd and halved.
    """
    if input is None or not len(labels):
        raise ConfigError(
            "A tagger of phonemes needs input=..., which it reads, such as Sound(16000), and "
            "labels=..., the names of the phonemes."
        )
    levels: list
    if is_recurrent:
        levels = recurrent_levels(cell or LSTMCell, units, layers, is_causal, recurrent_dropout)
    else:
        levels = [DenseStack(units, layers, dropout)]
    joins = [1] * len(levels) if joins is None or not is_recurrent else list(joins)
    return FrameTagger(
        FrameEncoder(levels, joins, dropout),
        labels,
        input,
        front,
        crf,
        dataset=dataset,
        task="phonemes",
        name=name,
    )


def sound_front(
    rate: int,
    mel_bins: int = 40,
    *,
    is_causal: bool = False,
    is_recurrent: bool = True,
    scale: tuple[np.ndarray, np.ndarray] | None = None,
    seed: int | None = None,
) -> list[keras.layers.Layer]:
    """Layers from samples to frames, every 10 ms one of 25 ms: log-mel spectra on one scale.

    Off-line the scale is that of the whole recording. While one speaks it is that of the frames so
    far, and slopes over time look 4 frames, 40 ms, ahead. In training bands are hidden.

    Args:
        rate: samples a second.
        mel_bins: bands of the spectra.
        is_causal: whether a frame knows at most 4 of those to come.
        is_recurrent: whether a frame knows any other; see `build_phonemes`.
        scale: means and variances of each band in the training data, `[mel_bins]`, from which it
            begins where it is causal. None: 0 and 1.
        seed: of what is hidden.
    """
    spectra = LogMel(rate, mel_bins=mel_bins)
    hidden = SpecAugment(2, mel_bins // 8, 2, 10, time_share=0.1, seed=seed)
    if not is_causal:
        return [spectra, FrameNormalization(), hidden]
    means, variances = scale or (np.zeros(mel_bins), np.ones(mel_bins))
    known = keras.layers.Normalization(mean=means, variance=variances)
    slopes = [Deltas()] if is_recurrent else []
    return [spectra, known, FrameNormalization(is_running=True), *slopes, hidden]
