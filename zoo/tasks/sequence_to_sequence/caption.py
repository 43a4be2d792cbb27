"""The task `caption`: say what a photograph shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal, Unpack, overload

import keras

from zoo.checked import BeamSize, Count, Strength, checked
from zoo.decoding import Search
from zoo.inputs.ids import vocabulary_size_of
from zoo.inputs.images import Images
from zoo.layers import (
    AttentionDecoder,
    EfficientNetLite,
    ImageEncoder,
    Recurrent,
    RecurrentDecoder,
)
from zoo.layers.efficient_net_lite import LITE0
from zoo.tasks.sequence_to_sequence.decoding_model import DecodingModel
from zoo.tasks.sequence_to_sequence.encoder_decoder import EncoderDecoder
from zoo.tasks.sequence_to_sequence.options import DecodingOptions, Image
from zoo.tasks.sequence_to_sequence.results import Translation

LONGEST = 30  # tokens of a caption; that of Flickr8k's longest has 40


class Captioning(DecodingModel):
    """A `DecodingModel` that reads images and describes them."""

    verb_name = "caption"

    @overload
    def caption(
        self,
        image: Image,
        *,
        n_best: Literal[1] = 1,
        return_attention: Literal[False] = False,
        search: str | None = None,
        stream: Literal[False] = False,
        **options: Unpack[DecodingOptions],
    ) -> str: ...

    @overload
    def caption(
        self,
        image: Sequence[Image],
        *,
        n_best: Literal[1] = 1,
        return_attention: Literal[False] = False,
        search: str | None = None,
        stream: Literal[False] = False,
        **options: Unpack[DecodingOptions],
    ) -> list[str]: ...

    @overload
    def caption(
        self,
        image: Image,
        *,
        n_best: Literal[1] = 1,
        return_attention: Literal[True],
        search: str | None = None,
        stream: Literal[False] = False,
        **options: Unpack[DecodingOptions],
    ) -> Translation: ...

    @overload
    def caption(
        self,
        image: Sequence[Image],
        *,
        n_best: Literal[1] = 1,
        return_attention: Literal[True],
        search: str | None = None,
        stream: Literal[False] = False,
        **options: Unpack[DecodingOptions],
    ) -> list[Translation]: ...

    @overload
    def caption(
        self,
        image: Image,
        *,
        n_best: int,
        return_attention: bool = False,
        search: str | None = None,
        stream: Literal[False] = False,
        **options: Unpack[DecodingOptions],
    ) -> list[Translation]: ...

    @overload
    def caption(
        self,
        image: Sequence[Image],
        *,
        n_best: int,
        return_attention: bool = False,
        search: str | None = None,
        stream: Literal[False] = False,
        **options: Unpack[DecodingOptions],
    ) -> list[list[Translation]]: ...

    @overload
    def caption(
        self,
        image: Image,
        *,
        search: Search | str | None = None,
        stream: Literal[True],
        **options: Unpack[DecodingOptions],
    ) -> Iterator[str]: ...

    @overload
    def caption(
        self,
        image: Image | Sequence[Image],
        *,
        search: Search,
        return_attention: bool = False,
        stream: Literal[False] = False,
        **options: Unpack[DecodingOptions],
    ) -> Any: ...

    @checked(but=("image", "search", "prefix"))
    def caption(
        self,
        image: Any,
        *,
        beam_size: BeamSize | None = None,
        n_best: Count = 1,
        return_attention: bool = False,
        alpha: Strength = 1.0,
        length_penalty: str = "wu",
        search: Search | str | None = None,
        prefix: str | Sequence[str] = "",
        stream: bool = False,
    ) -> (
        str | list[str] | Translation | list[Translation] | list[list[Translation]] | Iterator[str]
    ):
        """Describes one photograph or a list of them.

        A list gives what its photographs give one by one, in their order.

        Args:
            image: the path of a file, its bytes, a `PIL.Image.Image` or a uint8 array `[height,
                width, channels]`, see `zoo.inputs.Images`; or a list of them.
            beam_size: width of the beam; 1 is greedy search. None: 5, or 1 where it is streamed.
            n_best: captions returned for each photograph, at most `beam_size`.
            return_attention: whether to return where the model looked for each token: `attention`,
                float32 `[tokens, cells]`, the cells of the encoder's grid row by row.
            alpha: strength of the length normalisation, see `zoo.decoding.Search`.
            length_penalty: "wu" or "average", see there.
            search: any other search, an object or its registered name, in place of `beam_size`,
                `n_best`, `alpha` and `length_penalty`.
            prefix: what the caption must begin with: a string for all photographs, or one for each.
            stream: whether to give one photograph's caption piece by piece, as it is decided.

        Returns:
            As `zoo.tasks.SequenceToSequence.translate`: a string, a `Translation`, lists of them,
            or an iterator over strings.

        Raises:
            ConfigError: if `image` is none that can be read; the message names it.
            MissingFileError: if there is no such file.

        Example: `zoo.load("caption-attn-flickr8k").caption("dog.jpg")`.
        """
        return self._decoded(
            "caption",
            image,
            beam_size=beam_size,
            n_best=n_best,
            return_attention=return_attention,
            alpha=alpha,
            length_penalty=length_penalty,
            search=search,
            prefix=prefix,
            stream=stream,
        )


@keras.saving.register_keras_serializable(package="zoo")
class Captioner(Captioning, EncoderDecoder):
    """An encoder of images and a decoder of text: `EncoderDecoder` with the verb `caption`."""


def build_caption(
    cell="gru",
    attention="additive",
    *,
    units: int = 512,
    embedding_size: int = 256,
    memory_size: int | None = 512,
    attention_units: int = 256,
    decoder_layers: int = 1,
    dropout: float = 0.4,
    image_dropout: float = 0.3,
    recurrent_dropout: float = 0.0,
    doubly_stochastic: float = 1.0,
    blocks: Sequence[Sequence[int]] = LITE0,
    head_filters: int | None = None,
    train_backbone: bool = False,
    side: int = 224,
    longest: int = LONGEST,
    target_tokenizer=None,
    vocabulary_size: int | None = None,
    name: str = "caption",
) -> Captioner:
    """An untrained captioner: EfficientNet-Lite over the photograph, and a recurrent decoder.

    `zoo.build("caption", cell="gru", attention="additive", ...)` calls it with names resolved. With
    an attention it is that of Xu et al. 2015 (arXiv:1502.03044); without, one vector of the
    photograph sets the decoder's state, as in Vinyals et al. 2015 (arXiv:1411.4555). The encoder's
    weights are random: `zoo.data.efficient_net` has trained ones.

    Args:
        cell: class of a recurrent cell, called with the number of units.
        attention: class of an attention over the grid, called with `attention_units`. None: the
            mean of the grid, seen once.
        units: width of the decoder's layers.
        embedding_size: width of the tokens' embeddings.
        memory_size: width to which the grid's features are brought. None: they stay as they are.
        attention_units: width of the comparison.
        decoder_layers: decoder layers; the lowest asks the grid.
        dropout: part dropped of embeddings, inputs of upper layers, and readout.
        image_dropout: the same of the photograph's features.
        recurrent_dropout: the same of the recurrent state, see `zoo.layers.Recurrent`.
        doubly_stochastic: see `zoo.layers.AttentionDecoder`.
        blocks: of the encoder, see `zoo.layers.EfficientNetLite`.
        head_filters: of its last convolution, 0 for none. None: 1,280 without attention, none with.
        train_backbone: whether the encoder is trained too.
        side: height and width to which photographs are brought, in pixels.
        longest: tokens of the longest caption.
        target_tokenizer: of the captions, kept in the model's file.
        vocabulary_size: number of ids. None: as many as the tokenizer has.
        name: name of the model.

    Returns:
        A built `Captioner`.

    Raises:
        ConfigError: when neither a tokenizer nor a vocabulary size is given, or both disagree.
    """
    size = vocabulary_size_of("caption", target_tokenizer, vocabulary_size, "target_tokenizer")
    if head_filters is None:
        head_filters = 1280 if attention is None else 0
    encoder = ImageEncoder(
        EfficientNetLite(blocks, head_filters=head_filters),
        pooling="mean" if attention is None else "none",
        size=memory_size,
        dropout=image_dropout,
        train_backbone=train_backbone,
    )
    layers = [
        Recurrent(cell(units), recurrent_dropout=recurrent_dropout) for _ in range(decoder_layers)
    ]
    embedding = keras.layers.Embedding(size, embedding_size)
    if attention is None:
        decoder = RecurrentDecoder(layers, embedding, dropout)
    else:
        decoder = AttentionDecoder(
            layers,
            attention(attention_units),
            embedding,
            dropout,
            doubly_stochastic=doubly_stochastic,
        )
    return Captioner(
        encoder,
        decoder,
        Images(side, side),
        target_tokenizer,
        longest=longest,
        task="caption",
        name=name,
    )
