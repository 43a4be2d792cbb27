"""The task `forecast`: how several series go on, from their past."""

from __future__ import annotations

from zoo.errors import ConfigError
from zoo.inputs.series import Series
from zoo.layers import BernoulliHead, GaussianHead
from zoo.tasks.arguments import require_body
from zoo.tasks.forecasting.bodies import BODIES, body_of, embedding_of, series_of
from zoo.tasks.forecasting.forecaster import Forecaster

HEADS = {"gaussian": GaussianHead, "bernoulli": BernoulliHead}


def build_forecast(
    cell=None,
    *,
    body: str = "recurrent",
    head: str = "gaussian",
    units: int = 128,
    layers: int | None = None,
    embedding_size: int | None = None,
    patch: int = 1,
    joint: bool = False,
    level: bool | None = None,
    motion: float | None = None,
    places: float = 0.0,
    dropout: float = 0.1,
    residual: bool = False,
    kernel_size: int | None = None,
    heads: int | None = None,
    context: int | None = None,
    columns: int | None = None,
    input: Series | None = None,
    dataset: str | None = None,
    name: str = "forecast",
) -> Forecaster:
    """An untrained forecaster: patches of series, layers of any cell, a distribution of the next.

    `zoo.build("forecast", cell="gru", ...)` calls it with names resolved. In place of recurrence
    there may be a TCN or a Transformer, which read and say one patch a step too.

    Args:
        cell: class of a recurrent cell, called with the number of units; of the recurrent body
            alone. None: GRU.
        body: what is between patches and head: "recurrent", "tcn" (`zoo.layers.TCN`) or
            "transformer" (`zoo.layers.CausalTransformer`).
        head: "gaussian" for real numbers, "bernoulli" for zeros and ones.
        units: width of each layer.
        layers: recurrent layers, or blocks of another body. None: 1, of a TCN 4, of a Transformer
            2.
        embedding_size: width of a layer with ReLU over patches. None: the body reads the values.
        patch: steps that are read and said at once, such as the 24 hours of a day.
        joint: whether columns are read together; else each by itself, by the same weights.
        level: whether values are read less the last one of their patch. None: of real numbers they
            are.
        motion: the body reads how far each value is from the one before it, and says what comes
            beside going on so many times as fast; 1 is constant velocity. None: neither.
        places: with motion, times what the last value of each patch is read besides.
        dropout: fraction of the features dropped of the embedding, between layers or in blocks, and
            of the top layer.
        residual: whether recurrent layers of one width add their inputs to their outputs.
        kernel_size: taps of each convolution of a TCN. None: 3.
        heads: of a Transformer. None: 4.
        context: steps of the past that are read, a multiple of `patch`. None: all; of a Transformer
            128 patches.
        columns: number of series. None: as many as the input has.
        input: a `zoo.inputs.Series` with their names and scale. None: one without a scale.
        dataset: the data set that the model is for.
        name: name of the model.

    Returns:
        A built `Forecaster`.

    Raises:
        ConfigError: when neither columns nor an input is given, or both disagree; when there is no
            such body or head, or it has no use for a setting that is given.
    """
    input = series_of("forecast", input, columns)
    if head not in HEADS:
        raise ConfigError(f"There is no head {head!r}: take one of {', '.join(HEADS)}.")
    is_real = head == "gaussian"
    if (level or motion is not None) and not is_real:
        raise ConfigError(f"The head {head!r} has no use for a level or motion: leave them out.")
    own = {"cell": cell, "residual": residual, "kernel_size": kernel_size, "heads": heads}
    require_body(BODIES, body, own)
    window = 128 if context is None else max(context // patch, 1)
    between = body_of(body, units, layers, dropout, window, own)
    return Forecaster(
        between,
        HEADS[head](patch * (len(input.columns) if joint else 1)),
        input,
        patch,
        joint,
        is_real if level is None else level,
        motion,
        places,
        embedding_of(embedding_size),
        dropout=dropout,
        context=context,
        dataset=dataset,
        task="forecast",
        name=name,
    )
