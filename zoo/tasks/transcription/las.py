"""Builds listeners: what is said, by attention over frames and by classification of them."""

from __future__ import annotations

from typing import Any

import keras

from zoo.cells import LSTMCell
from zoo.layers import InputFeedingDecoder, Recurrent
from zoo.tasks.transcription.asr import build_asr
from zoo.tasks.transcription.listener import Listener


def build_las(
    cell=None,
    attention="additive",
    *,
    decoder_units: int = 256,
    decoder_layers: int = 1,
    attention_units: int = 128,
    embedding_size: int = 64,
    decoder_dropout: float = 0.3,
    ctc_share: float = 0.3,
    ctc_weight: float = 0.3,
    name: str = "las",
    **settings: Any,
) -> Listener:
    """An untrained listener: the encoder and head of the task `asr`, and a decoder that asks it.

    Listen, attend and spell (Chan et al. 2016, arXiv:1508.01211), with the head of Watanabe et al.
    2017 (doi:10.1109/JSTSP.2017.2763455).

    Args:
        cell: class of a recurrent cell, called with the number of units. None: LSTM.
        attention: class of an attention over the memory, called with `attention_units`.
        decoder_units: width of the decoder's layers.
        decoder_layers: decoder layers; the highest asks the memory.
        attention_units: width of the comparison.
        embedding_size: width of the characters' embeddings.
        decoder_dropout: fraction dropped of the embeddings and of the decoder's readout.
        ctc_share: of the head in the loss, at least 0 and below 1.
        ctc_weight: of the head where texts are searched, from 0 to 1.
        name: name of the model.
        **settings: of `build_asr`: `units`, `layers`, `joins`, `input`, `front` and the others.

    Returns:
        A built `Listener`.

    Raises:
        ConfigError: as `build_asr`, and for numbers out of their range.
    """
    heard = build_asr(cell, **settings)
    cell = LSTMCell if cell is None else cell
    decoder = InputFeedingDecoder(
        [Recurrent(cell(decoder_units)) for _ in range(decoder_layers)],
        attention(attention_units),
        keras.layers.Embedding(heard.target_tokenizer.vocabulary_size + 1, embedding_size),
        decoder_dropout,
    )
    return Listener(
        heard.encoder,
        heard.head,
        decoder,
        heard.input,
        heard.target_tokenizer,
        heard.front,
        ctc_share,
        ctc_weight,
        dataset=heard.dataset,
        task="las",
        name=name,
    )
