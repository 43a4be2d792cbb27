"""The task `nmt`: machine translation, by recurrence or by a Transformer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras

from zoo.cells import GRUCell
from zoo.errors import ConfigError
from zoo.inputs.ids import vocabulary_size_of
from zoo.layers import (
    AdditiveAttention,
    AttentionDecoder,
    Recurrent,
    RecurrentDecoder,
    RecurrentEncoder,
    RecurrentStack,
    TransformerDecoder,
    TransformerEncoder,
)
from zoo.layers.recurrent_levels import recurrent_levels
from zoo.tasks.sequence_to_sequence.sequence_to_sequence import SequenceToSequence

BODIES = ("recurrent", "transformer")


def build_nmt(
    cell="gru",
    attention="additive",
    *,
    body: str = "recurrent",
    units: int = 512,
    embedding_size: int = 256,
    encoder_layers: int = 2,
    decoder_layers: int = 2,
    bidirectional_layers: int | None = None,
    dropout: float = 0.3,
    recurrent_dropout: float = 0.0,
    copying: bool = False,
    coverage: float | None = None,
    heads: int = 4,
    hidden_units: int | None = None,
    vocabulary_size: int | None = None,
    source_tokenizer=None,
    target_tokenizer=None,
    by_sentence: bool = False,
    targets: Sequence[str] = (),
    name: str = "nmt",
) -> SequenceToSequence:
    """An untrained translation model.

    `zoo.build("nmt", cell="gru", attention="additive", ...)` calls it with names resolved. With one
    vocabulary on both sides, source embedding, target embedding and output layer are one matrix
    (Press and Wolf 2017, arXiv:1608.05859). The systems of the literature are settings of it:

    - with an attention, a bidirectional encoder and a decoder of whose layers the lowest asks the
      memory (Bahdanau et al. 2015, arXiv:1409.0473);
    - with `bidirectional_layers=1` and four or more layers on both sides, the residual encoder of
      Wu et al. 2016 (GNMT, arXiv:1609.08144, section 3);
    - with `attention=None`, an encoder that reads the source from its end to its beginning, whose
      last states are all that the decoder knows of it (Sutskever et al. 2014, arXiv:1409.3215);
    - with `body="transformer"`, a Transformer (Vaswani et al. 2017, arXiv:1706.03762);
    - with `copying=True` and `coverage=1.0`, one that copies words of the source and is told where
      it has looked (See et al. 2017, arXiv:1704.04368);
    - with `targets=("de", "en", "fr")`, one model of several languages, which reads the piece of
      the one asked for before the text (Johnson et al. 2017, arXiv:1611.04558).

    Args:
        cell: class of a recurrent cell, called with the number of units. Recurrent body.
        attention: class of an attention, called with the number of units. None: no attention.
            Recurrent body.
        body: "recurrent" or "transformer".
        units: width of the decoder's layers, and of both directions of the encoder's together;
            even. Of a Transformer, width of the blocks.
        embedding_size: width of the embeddings. A Transformer's are as wide as its blocks.
        encoder_layers: layers of the encoder, residual where widths agree, or blocks.
        decoder_layers: layers of the decoder, of which the lowest asks the memory, or blocks.
        bidirectional_layers: how many layers of the encoder, the lowest ones, read in both
            directions. None: all; without attention none. Recurrent body.
        dropout: part dropped of embeddings, inputs of upper layers, memory and readout; in a
            Transformer of embeddings, attention weights and what blocks add.
        recurrent_dropout: part of the recurrent state dropped, see `zoo.layers.Recurrent`.
            Recurrent body.
        copying: whether tokens are copied from the source too, see `zoo.layers.AttentionDecoder`;
            then both sides have one vocabulary. Recurrent body.
        coverage: strength of the loss for looking again where it has looked, which the attention is
            told then (0: told, without the loss). None: it is not. Recurrent body.
        heads: of a Transformer's attentions.
        hidden_units: of a Transformer's feed-forward layers. None: four times `units`.
        vocabulary_size: number of ids on both sides. None: as many as the tokenizers have.
        source_tokenizer: tokenizer of the source text, kept in the model's file.
        target_tokenizer: tokenizer of the target text. None: the source's, and shared embeddings.
        by_sentence: whether a text is cut into sentences, which are translated one by one.
        targets: codes of the languages that it writes, of which the vocabulary has the pieces
            (`zoo.inputs.language_piece`). Empty: one.
        name: name of the model.

    Returns:
        A built `SequenceToSequence`.

    Raises:
        ConfigError: when neither tokenizers nor a vocabulary size are given, both disagree, there
            is no such body, it has no use for a setting that is given, or targets do not fit.
    """
    source_size = vocabulary_size_of("nmt", source_tokenizer, vocabulary_size, "source_tokenizer")
    width = units if body == "transformer" else embedding_size
    target_embedding = None
    if target_tokenizer is not None and target_tokenizer is not source_tokenizer:
        target_size = vocabulary_size_of("nmt", target_tokenizer, None)
        target_embedding = keras.layers.Embedding(target_size, width)
    source_embedding = keras.layers.Embedding(source_size, width)
    sides: tuple[Any, Any]
    if body == "recurrent":
        if bidirectional_layers is None:
            bidirectional_layers = encoder_layers if attention is not None else 0
        sides = _recurrent(
            source_embedding,
            target_embedding,
            cell=cell,
            attention=attention,
            units=units,
            layers=(encoder_layers, decoder_layers),
            bidirectional_layers=bidirectional_layers,
            dropout=dropout,
            recurrent_dropout=recurrent_dropout,
            copying=copying,
            coverage=coverage,
        )
    elif body == "transformer":
        _check_transformer(
            cell, attention, bidirectional_layers, recurrent_dropout, copying, coverage
        )
        common: dict[str, Any] = dict(heads=heads, hidden_units=hidden_units, dropout=dropout)
        sides = (
            TransformerEncoder(source_embedding, encoder_layers, **common),
            TransformerDecoder(units, decoder_layers, embedding=target_embedding, **common),
        )
    else:
        raise ConfigError(f"There is no body {body!r}: take one of {', '.join(BODIES)}.")
    encoder, decoder = sides
    return SequenceToSequence(
        encoder,
        decoder,
        source_tokenizer,
        target_tokenizer,
        by_sentence=by_sentence,
        targets=targets,
        task="nmt",
        name=name,
    )


def _recurrent(
    source_embedding,
    target_embedding,
    *,
    cell,
    attention,
    units,
    layers,
    bidirectional_layers,
    dropout,
    recurrent_dropout,
    copying,
    coverage,
) -> tuple[Any, Any]:
    """Encoder and decoder."""
    if copying and (attention is None or target_embedding is not None):
        raise ConfigError(
            "copying=True takes tokens of the source where an attention looks: give it an "
            "attention, and one tokenizer for both sides."
        )
    encoder_layers, decoder_layers = layers
    if not 0 <= bidirectional_layers <= encoder_layers:
        raise ConfigError(
            f"bidirectional_layers is from 0 to the encoder's {encoder_layers} layers, not "
            f"{bidirectional_layers}."
        )

    dropped = {"recurrent_dropout": recurrent_dropout}
    levels = recurrent_levels(cell, units, bidirectional_layers, **dropped)
    for _ in range(encoder_layers - bidirectional_layers):
        levels.append(Recurrent(cell(units), go_backwards=attention is None, **dropped))
    encoder = RecurrentEncoder(
        source_embedding,
        RecurrentStack(levels, dropout=dropout, residual=True),
        dropout=dropout,
        pooling="final" if attention is None else "none",
    )
    above = recurrent_levels(cell, units, decoder_layers, is_causal=True, **dropped)
    if attention is None:
        if coverage is not None:
            raise ConfigError("coverage is of an attention: give it one, or leave out coverage.")
        return encoder, RecurrentDecoder(above, target_embedding, dropout, repeat_memory=True)
    return encoder, AttentionDecoder(
        above,
        attention(units) if coverage is None else _covering(attention, units),
        target_embedding,
        dropout,
        copying=copying,
        coverage_loss=coverage or 0.0,
    )


def _covering(attention, units):
    """An attention that is told where it has looked."""
    if not isinstance(attention, type) or not issubclass(attention, AdditiveAttention):
        raise ConfigError("coverage is for attention='additive' alone: take it, or leave it out.")
    return attention(units, coverage=True)


def _check_transformer(
    cell, attention, bidirectional_layers, recurrent_dropout, copying, coverage
) -> None:
    """Refuses settings of recurrence that were given."""
    given = {
        "cell": cell not in (None, "gru", GRUCell),
        "attention": attention not in ("additive", AdditiveAttention),
        "bidirectional_layers": bidirectional_layers is not None,
        "recurrent_dropout": recurrent_dropout != 0,
        "copying": copying,
        "coverage": coverage is not None,
    }
    for setting in (setting for setting, is_given in given.items() if is_given):
        raise ConfigError(
            f"{setting} is a setting of body='recurrent', and body='transformer' has no use for "
            "it: leave one of them out."
        )
