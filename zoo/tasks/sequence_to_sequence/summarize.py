"""The task `summarize`: a line that sums a text up, partly in its own words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras

from zoo.checked import BeamSize, Count, Strength, checked
from zoo.decoding import Search
from zoo.tasks.sequence_to_sequence.encoder_decoder import EncoderDecoder
from zoo.tasks.sequence_to_sequence.nmt import build_nmt

LONGEST = 24  # tokens of a summary


@keras.saving.register_keras_serializable(package="zoo")
class Summarizer(EncoderDecoder):
    """An encoder and a decoder that copies: `EncoderDecoder` with the verb `summarize`."""

    verb_name = "summarize"

    @checked(but=("text", "search", "prefix"))
    def summarize(
        self,
        text: str | Sequence[str],
        *,
        beam_size: BeamSize | None = None,
        n_best: Count = 1,
        return_attention: bool = False,
        alpha: Strength = 1.0,
        length_penalty: str = "wu",
        search: Search | str | None = None,
        prefix: str | Sequence[str] = "",
        stream: bool = False,
    ) -> Any:
        """Sums up one text or a list of them in a line each.

        A list gives what its texts give one by one, in their order. Of a long text its beginning is
        read, as many pieces as `model.input.longest` says; give the text alone, without headers and
        what it quotes. A text with nothing in it gives an empty line.

        Args:
            text: a string or a list of strings, such as e-mails.
            beam_size, n_best, return_attention, alpha, length_penalty, search, prefix, stream: as
                for `zoo.tasks.SequenceToSequence.translate`.

        Returns:
            As there: a string, a `Translation`, lists of them, or an iterator over strings.

        Raises:
            ConfigError: if `text` is no string and no list of strings, an argument is out of its
                range, or the model has no tokenizer.

        Example: `zoo.load("summarize-aeslc").summarize("Could you send me the draw file?")`.
        """
        return self._decoded(
            "summarize",
            text,
            beam_size=beam_size,
            n_best=n_best,
            return_attention=return_attention,
            alpha=alpha,
            length_penalty=length_penalty,
            search=search,
            prefix=prefix,
            stream=stream,
        )


def build_summarize(
    cell="gru",
    attention="additive",
    *,
    units: int = 256,
    embedding_size: int = 128,
    encoder_layers: int = 1,
    decoder_layers: int = 2,
    dropout: float = 0.3,
    copying: bool = True,
    coverage: float | None = 1.0,
    longest: int = LONGEST,
    source_tokenizer=None,
    name: str = "summarize",
    **config: Any,
) -> Summarizer:
    """An untrained summarizer: the parts of the task `nmt`, small, with one vocabulary.

    `zoo.build("summarize", cell="gru", attention="additive", ...)` calls it with names resolved.
    It is the pointer-generator of See et al. 2017 (arXiv:1704.04368) over subwords, in which every
    word can be spelt, so that what is copied needs no vocabulary of its own; the decoder and its
    attention are those of `zoo.layers.AttentionDecoder`.

    Args:
        cell: class of a recurrent cell, called with the number of units.
        attention: class of an attention, called with the number of units.
        units: width of the decoder's layers, and of both directions of the encoder's together.
        embedding_size: width of the embeddings.
        encoder_layers: bidirectional layers.
        decoder_layers: layers of the decoder, of which the lowest asks the text.
        dropout: as in `zoo.tasks.sequence_to_sequence.nmt.build_nmt`.
        copying: whether tokens of the text are copied.
        coverage: strength of the loss for looking again where it has looked; None: the attention is
            not told.
        longest: tokens of the longest summary.
        source_tokenizer: tokenizer of text and summary, kept in the model's file; its `longest`
            says how much of a text is read.
        name: name of the model.
        **config: other settings of `build_nmt`.

    Returns:
        A built `Summarizer`.

    Raises:
        ConfigError: as `build_nmt` does.
    """
    parts = build_nmt(
        cell,
        attention,
        units=units,
        embedding_size=embedding_size,
        encoder_layers=encoder_layers,
        decoder_layers=decoder_layers,
        dropout=dropout,
        copying=copying,
        coverage=coverage,
        source_tokenizer=source_tokenizer,
        name=name,
        **config,
    )
    return Summarizer(
        parts.encoder,
        parts.decoder,
        parts.source_tokenizer,
        longest=longest,
        task="summarize",
        name=name,
    )
