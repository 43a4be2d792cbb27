"""The task `nmt`: machine translation with attention."""

from __future__ import annotations

import keras

from zoo.errors import ConfigError
from zoo.inputs.ids import vocabulary_size_of
from zoo.layers import (
    AttentionDecoder,
    Bidirectional,
    Recurrent,
    RecurrentEncoder,
    RecurrentStack,
)
from zoo.tasks.sequence_to_sequence.sequence_to_sequence import SequenceToSequence


def build_nmt(
    cell="gru",
    attention="additive",
    *,
    units: int = 512,
    embedding_size: int = 256,
    encoder_layers: int = 2,
    decoder_layers: int = 2,
    dropout: float = 0.3,
    recurrent_dropout: float = 0.0,
    vocabulary_size: int | None = None,
    source_tokenizer=None,
    target_tokenizer=None,
    name: str = "nmt",
) -> SequenceToSequence:
    """An untrained translation model: bidirectional encoder, attention, deep decoder.

    `zoo.build("nmt", cell="gru", attention="additive", ...)` calls it with names resolved. With one
    vocabulary on both sides, source embedding, target embedding and output layer are one matrix
    (Press and Wolf 2017, arXiv:1608.05859).

    Args:
        cell: class of a recurrent cell, called with the number of units.
        attention: class of an attention, called with the number of units.
        units: width of the decoder's layers, and of both directions of the encoder's together;
        even. embedding_size: width of the embeddings.
        encoder_layers: bidirectional layers, residual where widths agree.
        decoder_layers: decoder layers; the lowest asks the memory.
        dropout: share dropped of embeddings, inputs of upper layers, memory and readout.
        recurrent_dropout: share of the recurrent state dropped, see `zoo.layers.Recurrent`.
        vocabulary_size: number of ids on both sides. None: as many as the tokenizers have.
        source_tokenizer: tokenizer of the source text, kept in the model's file.
        target_tokenizer: tokenizer of the target text. None: the source's, and shared embeddings.
        name: name of the model.

    Returns:
        A built `SequenceToSequence`.

    Raises:
        ConfigError: when neither tokenizers nor a vocabulary size are given, both disagree, or
            `units` is odd.
    """
    if units % 2:
        raise ConfigError(f"units is halved between the encoder's directions, so not {units}.")
    source_size = vocabulary_size_of("nmt", source_tokenizer, vocabulary_size, "source_tokenizer")
    target_embedding = None
    if target_tokenizer is not None and target_tokenizer is not source_tokenizer:
        target_size = vocabulary_size_of("nmt", target_tokenizer, None)
        target_embedding = keras.layers.Embedding(target_size, embedding_size)

    def recurrent(size, go_backwards=False):
        return Recurrent(cell(size), go_backwards=go_backwards, recurrent_dropout=recurrent_dropout)

    def both_directions():
        return Bidirectional(recurrent(units // 2), recurrent(units // 2, go_backwards=True))

    encoder = RecurrentEncoder(
        keras.layers.Embedding(source_size, embedding_size),
        RecurrentStack(
            [both_directions() for _ in range(encoder_layers)], dropout=dropout, residual=True
        ),
        dropout=dropout,
    )
    decoder = AttentionDecoder(
        [recurrent(units) for _ in range(decoder_layers)],
        attention(units),
        embedding=target_embedding,
        dropout=dropout,
    )
    return SequenceToSequence(
        encoder, decoder, source_tokenizer, target_tokenizer, task="nmt", name=name
    )
