"""Builds transcribers of speech: what is said, in the characters of a tokenizer."""

from __future__ import annotations

from collections.abc import Sequence

import keras

from zoo.cells import LSTMCell
from zoo.errors import ConfigError
from zoo.layers import TCN, CTCHead, FrameEncoder
from zoo.layers.recurrent_levels import recurrent_levels
from zoo.tasks.transcription.transcriber import Transcriber


def build_asr(
    cell=None,
    *,
    units: int = 256,
    layers: int = 3,
    is_causal: bool = False,
    joins: Sequence[int] | None = None,
    convolution: int | None = None,
    dropout: float = 0.2,
    recurrent_dropout: float = 0.0,
    input=None,
    target_tokenizer=None,
    front: Sequence[keras.layers.Layer] = (),
    dataset: str | None = None,
    name: str = "asr",
) -> Transcriber:
    """An untrained transcriber: recurrent layers over frames, and a label or none at each step.

    The model of Graves et al. 2013 (arXiv:1303.5778) with any cell, and where frames are joined
    the pyramid of Chan et al. 2016 (arXiv:1508.01211).

    Args:
        cell: class of a recurrent cell, called with the number of units. None: LSTM.
        units: width of each layer, of both directions together; then even.
        layers: recurrent layers.
        is_causal: whether layers read forward alone, so that a model can work while one speaks.
        joins: how many frames are joined before each recurrent layer, such as (2, 1, 1). None:
            none are.
        convolution: width of a residual block of two causal convolutions over the frames that are
            joined first, below the recurrence: with (2, 1, 1) they have a stride of two frames.
            None: there is none.
        dropout: fraction dropped between layers and of the memory.
        recurrent_dropout: fraction of the recurrent state dropped, see `zoo.layers.Recurrent`.
        input: a `zoo.inputs.Input` over time with lengths, such as `Series`, kept in the file.
        target_tokenizer: a `zoo.inputs.CharacterTokenizer`, kept in the file.
        front: layers from the input's array to frames; see `Transcriber`.
        dataset: the data set that the model is for.
        name: name of the model.

    Returns:
        A built `Transcriber`.

    Raises:
        ConfigError: without an input or a tokenizer, or when `units` is odd and halved.
    """
    if input is None or target_tokenizer is None:
        raise ConfigError(
            "A transcriber needs input=..., which it reads, and target_tokenizer=..., which it "
            "writes by, such as train_characters(texts)."
        )
    cell = LSTMCell if cell is None else cell
    joins = [1] * layers if joins is None else list(joins)
    levels = recurrent_levels(cell, units, layers, is_causal, recurrent_dropout)
    if convolution is not None:
        levels, joins = [TCN(convolution, 1), *levels], [joins[0], 1, *joins[1:]]
    return Transcriber(
        FrameEncoder(levels, joins, dropout),
        CTCHead(target_tokenizer.vocabulary_size),
        input,
        target_tokenizer,
        front,
        dataset=dataset,
        task="asr",
        name=name,
    )
