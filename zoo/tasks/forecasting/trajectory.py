"""The task `trajectory`: where something that moves goes next, from where it was."""

from __future__ import annotations

from zoo.inputs.series import Series
from zoo.tasks.forecasting.forecast import build_forecast
from zoo.tasks.forecasting.forecaster import Forecaster


def build_trajectory(
    cell=None,
    *,
    units: int = 64,
    layers: int | None = None,
    embedding_size: int | None = None,
    patch: int = 1,
    places: float = 0.0,
    dropout: float = 0.0,
    context: int | None = None,
    columns: int | None = None,
    input: Series | None = None,
    dataset: str | None = None,
    name: str = "trajectory",
) -> Forecaster:
    """An untrained forecaster of positions: it reads motion, and says what is beside going on.

    `zoo.build("trajectory", cell="gru", ...)` calls it with names resolved. All coordinates are
    read together.

    Args:
        cell: class of a recurrent cell, called with the number of units. None: GRU.
        units: width of each layer.
        layers: recurrent layers. None: 1.
        embedding_size: width of a layer with ReLU over what is read. None: there is none.
        patch: steps that are read and said at once.
        places: times what the last position of each patch is read besides its motion. 0: it is not,
            and things move in the same way wherever they are.
        dropout: fraction of the features dropped of the embedding, between layers and of the top.
        context: steps of the past that are read, a multiple of `patch`. None: all.
        columns: number of coordinates. None: as many as the input has.
        input: a `zoo.inputs.Series` with their names and scale. None: one without a scale.
        dataset: the data set of tracks that the model is for.
        name: name of the model.

    Returns:
        A built `Forecaster`.

    Raises:
        ConfigError: when neither columns nor an input is given, or both disagree.
    """
    model = build_forecast(
        cell,
        units=units,
        layers=layers,
        embedding_size=embedding_size,
        patch=patch,
        joint=True,
        motion=1.0,
        places=places,
        dropout=dropout,
        context=context,
        columns=columns,
        input=input,
        dataset=dataset,
        name=name,
    )
    model.task = "trajectory"
    return model
