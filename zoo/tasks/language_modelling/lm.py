"""The task `lm`: a language model of characters, words or subwords."""

from __future__ import annotations

from typing import Any

from zoo.cells import LSTMCell
from zoo.inputs.ids import vocabulary_size_of
from zoo.layers import TCN, CausalTransformer, Recurrent, RecurrentStack, TokenEmbedding
from zoo.tasks.arguments import require_body
from zoo.tasks.language_modelling.language_model import LanguageModel

# Body -> the layers it has of itself, and the settings that no other body has a use for.
BODIES: dict[str, tuple[int, tuple[str, ...]]] = {
    "recurrent": (
        2,
        ("cell", "top_units", "recurrent_dropout", "weight_dropout", "residual"),
    ),
    "tcn": (6, ("kernel_size",)),
    "transformer": (4, ("heads", "context")),
}


def build_lm(
    cell=None,
    *,
    body: str = "recurrent",
    units: int = 512,
    embedding_size: int = 128,
    layers: int | None = None,
    top_units: int | None = None,
    tied: bool = True,
    token_dropout: float = 0.0,
    input_dropout: float = 0.0,
    dropout: float = 0.3,
    output_dropout: float = 0.3,
    recurrent_dropout: float = 0.0,
    weight_dropout: float = 0.0,
    residual: bool = False,
    kernel_size: int | None = None,
    heads: int | None = None,
    context: int | None = None,
    tokenizer=None,
    vocabulary_size: int | None = None,
    dataset: str | None = None,
    name: str = "lm",
) -> LanguageModel:
    """An untrained language model: embedding, layers of any cell, softmax over the vocabulary.

    `zoo.build("lm", cell="lstm", ...)` calls it with names resolved. Embedding and softmax are
    tied, by a projection where the top layer is not as wide as the embedding. All dropout of the
    recurrent body and the TCN is variational: one mask for a whole row. In place of recurrence
    there may be a TCN or a Transformer, which write at one step a token too.

    Args:
        cell: class of a recurrent cell, called with the number of units; of the recurrent body
            alone. None: LSTM.
        body: what is between embedding and softmax: "recurrent", "tcn" (`zoo.layers.TCN`) or
            "transformer" (`zoo.layers.CausalTransformer`).
        units: width of each layer.
        embedding_size: width of the token vectors.
        layers: recurrent layers, or blocks of another body. None: 2, of a TCN 6, of a Transformer
            4.
        top_units: width of the top layer. None: that of the others. Recurrent body.
        tied: whether the softmax has the vectors of the embedding.
        token_dropout: fraction of the vocabulary that is dropped, see `zoo.layers.TokenEmbedding`.
        input_dropout: fraction of the features of the token vectors dropped.
        dropout: fraction of the features dropped between recurrent layers, or in blocks.
        output_dropout: fraction of the features of the top layer dropped.
        recurrent_dropout: fraction of the recurrent state dropped, see `zoo.layers.Recurrent`.
        weight_dropout: fraction of the recurrent kernels dropped, see `zoo.layers.Recurrent`.
        residual: whether layers of one width add their inputs to their outputs. Recurrent body.
        kernel_size: taps of each convolution of a TCN. None: 3.
        heads: of a Transformer. None: 4.
        context: tokens before its own that a block of a Transformer sees. None: 128.
        tokenizer: turns text into ids, kept in the model's file.
        vocabulary_size: number of ids. None: as many as the tokenizer has.
        dataset: the data set that the model is for.
        name: name of the model.

    Returns:
        A built `LanguageModel`.

    Raises:
        ConfigError: when neither a tokenizer nor a vocabulary size is given, or both disagree; when
            there is no such body, or it has no use for a setting that is given.
    """
    vocabulary_size = vocabulary_size_of("lm", tokenizer, vocabulary_size)
    own = {
        "cell": cell,
        "top_units": top_units,
        "recurrent_dropout": recurrent_dropout,
        "weight_dropout": weight_dropout,
        "residual": residual,
        "kernel_size": kernel_size,
        "heads": heads,
        "context": context,
    }
    require_body(BODIES, body, own)
    layers = BODIES[body][0] if layers is None else layers
    if body == "recurrent":
        between: Any = _recurrent(
            units=units, layers=layers, dropout=dropout, **_those_of(body, own)
        )
    else:
        given = {key: value for key, value in _those_of(body, own).items() if value is not None}
        kind = TCN if body == "tcn" else CausalTransformer
        between = kind(units, layers, dropout=dropout, **given)
    return LanguageModel(
        TokenEmbedding(vocabulary_size, embedding_size, token_dropout, tied),
        between,
        tokenizer,
        input_dropout=input_dropout,
        output_dropout=output_dropout,
        dataset=dataset,
        task="lm",
        name=name,
    )


def _those_of(body: str, own: dict[str, Any]) -> dict[str, Any]:
    return {setting: own[setting] for setting in BODIES[body][1]}


def _recurrent(
    *, cell, units, layers, top_units, dropout, recurrent_dropout, weight_dropout, residual
) -> RecurrentStack:
    widths = [units] * (layers - 1) + [top_units or units]
    return RecurrentStack(
        [
            Recurrent(
                (cell or LSTMCell)(width),
                recurrent_dropout=recurrent_dropout,
                weight_dropout=weight_dropout,
            )
            for width in widths
        ],
        dropout=dropout,
        residual=residual,
        same_dropout_at_all_steps=True,
    )
