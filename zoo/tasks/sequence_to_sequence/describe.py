"""The task `describe`: say in words what the frames of a clip show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras

from zoo.checked import BeamSize, Count, Strength, checked
from zoo.decoding import Search
from zoo.errors import ConfigError
from zoo.inputs.ids import vocabulary_size_of
from zoo.inputs.series import Series
from zoo.layers import AttentionDecoder, FrameEncoder, RecurrentDecoder
from zoo.layers.recurrent_levels import recurrent_levels
from zoo.tasks.sequence_to_sequence.encoder_decoder import EncoderDecoder

LONGEST = 8  # tokens of a description


@keras.saving.register_keras_serializable(package="zoo")
class Describer(EncoderDecoder):
    """An encoder of frames and a decoder of words: `EncoderDecoder` with the verb `describe`."""

    verb_name = "describe"

    @checked(but=("clip", "search", "prefix"))
    def describe(
        self,
        clip: Any,
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
        """Describes one clip or a list of them.

        A list gives what its clips give one by one, in their order. All frames are read before the
        first word is written.

        Args:
            clip: features of its frames as the model reads them, such as an array
                `[frames, features]`, see `zoo.inputs.Series`; or a list of it.
            beam_size, n_best, return_attention, alpha, length_penalty, search, prefix, stream: as
                for `zoo.tasks.Captioner.caption`.

        Returns:
            As there: a string, a `Translation`, lists of them, or an iterator over strings.

        Raises:
            ConfigError: if a clip has other features, or numbers are missing.

        Example: `zoo.load("describe-vidvrd").describe(features)`.
        """
        return self._decoded(
            "describe",
            clip,
            beam_size=beam_size,
            n_best=n_best,
            return_attention=return_attention,
            alpha=alpha,
            length_penalty=length_penalty,
            search=search,
            prefix=prefix,
            stream=stream,
        )


def build_describe(
    cell="gru",
    attention=None,
    *,
    units: int = 256,
    embedding_size: int = 64,
    attention_units: int = 128,
    layers: int = 1,
    decoder_layers: int = 1,
    dropout: float = 0.5,
    longest: int = LONGEST,
    input: Series | None = None,
    target_tokenizer=None,
    vocabulary_size: int | None = None,
    name: str = "describe",
) -> Describer:
    """An untrained describer of clips: recurrence over features of frames, then over words.

    `zoo.build("describe", ...)` calls it with names resolved. All frames are encoded, then words
    are decoded, as in Venugopalan et al. 2015 (arXiv:1505.00487), whose encoder and decoder are the
    same layers; here both directions of the clip are read, and the decoder has layers of its own.

    Args:
        cell: class of a recurrent cell, called with the number of units.
        attention: class of an attention over the frames, called with `attention_units`. None: the
            mean of the memory is all that is seen of the clip.
        units: width of the decoder's layers, and of both directions of the encoder together; even.
        embedding_size: width of the words' embeddings.
        attention_units: width of the comparison.
        layers: of the encoder.
        decoder_layers: of the decoder.
        dropout: part dropped of embeddings, of what is between layers, of memory and readout.
        longest: tokens of the longest description.
        input: the features of a frame and their scale, kept in the model's file.
        target_tokenizer: of the descriptions, kept in the model's file.
        vocabulary_size: number of ids. None: as many as the tokenizer has.
        name: name of the model.

    Returns:
        A built `Describer`.

    Raises:
        ConfigError: without an input, when `units` is odd, or when neither a tokenizer nor a
            vocabulary size is given, or both disagree.
    """
    if input is None:
        raise ConfigError(
            "A describer needs input=..., the features of a frame, such as Series(columns)."
        )
    size = vocabulary_size_of("describe", target_tokenizer, vocabulary_size, "target_tokenizer")
    both = recurrent_levels(cell, units, layers)
    above = recurrent_levels(cell, units, decoder_layers, is_causal=True)
    embedding = keras.layers.Embedding(size, embedding_size)
    if attention is None:
        decoder = RecurrentDecoder(above, embedding, dropout, repeat_memory=True)
    else:
        decoder = AttentionDecoder(above, attention(attention_units), embedding, dropout)
    return Describer(
        FrameEncoder(both, [1] * layers, dropout),
        decoder,
        input,
        target_tokenizer,
        longest=longest,
        task="describe",
        name=name,
    )
