"""The task `music`: which keys of a piano sound next."""

from __future__ import annotations

from zoo.inputs.notes import Notes
from zoo.layers import BernoulliHead
from zoo.tasks.arguments import require_body
from zoo.tasks.forecasting.bodies import BODIES, body_of, embedding_of
from zoo.tasks.forecasting.composer import Composer


def build_music(
    cell=None,
    *,
    body: str = "recurrent",
    units: int = 256,
    layers: int | None = None,
    embedding_size: int | None = None,
    dropout: float = 0.5,
    recurrent_dropout: float = 0.0,
    residual: bool = False,
    learned_initial_state: bool = False,
    kernel_size: int | None = None,
    heads: int | None = None,
    context: int | None = None,
    dataset: str | None = None,
    name: str = "music",
) -> Composer:
    """An untrained composer: chords, layers of any cell, and the probability of each key.

    `zoo.build("music", cell="gru", ...)` calls it with names resolved. In place of recurrence
    there may be a TCN or a Transformer.

    Args:
        cell: class of a recurrent cell, called with the number of units; of the recurrent body
            alone. None: GRU.
        body: what is between chords and keys: "recurrent", "tcn" (`zoo.layers.TCN`) or
            "transformer" (`zoo.layers.CausalTransformer`).
        units: width of each layer.
        layers: recurrent layers, or blocks of another body. None: 1, of a TCN 4, of a Transformer
            2.
        embedding_size: width of a layer with ReLU over chords. None: the body reads the keys.
        dropout: fraction of the features dropped of the embedding, between layers or in blocks, and
            of the top layer.
        recurrent_dropout: fraction of the recurrent state dropped, see `zoo.layers.Recurrent`.
        residual: whether recurrent layers of one width add their inputs to their outputs.
        learned_initial_state: whether recurrence starts from trained states.
        kernel_size: taps of each convolution of a TCN. None: 3.
        heads: of a Transformer. None: 4.
        context: chords of the past that `generate` reads. None: all; of a Transformer 128.
        dataset: the data set that the model is for.
        name: name of the model.

    Returns:
        A built `Composer`.

    Raises:
        ConfigError: when there is no such body, or it has no use for a setting that is given.
    """
    input = Notes()
    own = {"cell": cell, "residual": residual, "recurrent_dropout": recurrent_dropout}
    own |= {"kernel_size": kernel_size, "heads": heads}
    own |= {"learned_initial_state": learned_initial_state}
    require_body(BODIES, body, own)
    return Composer(
        body_of(body, units, layers, dropout, 128 if context is None else context, own),
        BernoulliHead(len(input.columns)),
        input,
        has_level=False,
        embedding=embedding_of(embedding_size),
        dropout=dropout,
        context=context,
        dataset=dataset,
        task="music",
        name=name,
    )
