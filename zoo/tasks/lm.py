"""The task `lm`: a language model of characters, words or subwords."""

from __future__ import annotations

from zoo.layers import Recurrent, RecurrentStack, TokenEmbedding
from zoo.tasks.language_model import LanguageModel
from zoo.tasks.pos import vocabulary_size_of


def build_lm(
    cell="lstm",
    *,
    units: int = 512,
    embedding_size: int = 128,
    layers: int = 2,
    top_units: int | None = None,
    tied: bool = True,
    token_dropout: float = 0.0,
    input_dropout: float = 0.0,
    dropout: float = 0.3,
    output_dropout: float = 0.3,
    recurrent_dropout: float = 0.0,
    weight_dropout: float = 0.0,
    residual: bool = False,
    tokenizer=None,
    vocabulary_size: int | None = None,
    dataset: str | None = None,
    name: str = "lm",
) -> LanguageModel:
    """An untrained language model: embedding, layers of any cell, softmax over the vocabulary.

    `zoo.build("lm", cell="lstm", ...)` calls it with names resolved. Embedding and softmax are
    tied, by a projection where the top layer is not as wide as the embedding. All dropout is
    variational: one mask for a whole row.

    Args:
        cell: class of a recurrent cell, called with the number of units.
        units: width of each layer.
        embedding_size: width of the token vectors.
        layers: recurrent layers.
        top_units: width of the top layer. None: that of the others.
        tied: whether the softmax has the vectors of the embedding.
        token_dropout: share of the vocabulary that is dropped, see `zoo.layers.TokenEmbedding`.
        input_dropout: share of the features of the token vectors dropped.
        dropout: share of the features dropped between layers.
        output_dropout: share of the features of the top layer dropped.
        recurrent_dropout: share of the recurrent state dropped, see `zoo.layers.Recurrent`.
        weight_dropout: share of the recurrent kernels dropped, see `zoo.layers.Recurrent`.
        residual: whether layers of one width add their inputs to their outputs.
        tokenizer: turns text into ids, kept in the model's file.
        vocabulary_size: number of ids. None: as many as the tokenizer has.
        dataset: the data set that the model is for.
        name: name of the model.

    Returns:
        A built `LanguageModel`.

    Raises:
        ConfigError: when neither a tokenizer nor a vocabulary size is given, or both disagree.
    """
    vocabulary_size = vocabulary_size_of("lm", tokenizer, vocabulary_size)
    widths = [units] * (layers - 1) + [top_units or units]
    return LanguageModel(
        TokenEmbedding(vocabulary_size, embedding_size, token_dropout, tied),
        RecurrentStack(
            [
                Recurrent(
                    cell(width),
                    recurrent_dropout=recurrent_dropout,
                    weight_dropout=weight_dropout,
                )
                for width in widths
            ],
            dropout=dropout,
            residual=residual,
            same_dropout_at_all_steps=True,
        ),
        tokenizer,
        input_dropout=input_dropout,
        output_dropout=output_dropout,
        dataset=dataset,
        task="lm",
        name=name,
    )
