"""The task `anomaly`: what is unusual in a series, by the errors of what expects the next step."""

from __future__ import annotations

import numpy as np

from zoo.inputs.series import Series
from zoo.layers import GaussianHead
from zoo.tasks.arguments import require_body
from zoo.tasks.forecasting.bodies import BODIES, body_of, embedding_of, series_of
from zoo.tasks.forecasting.detector import Detector

USUAL = 0.99  # of the steps of normal data
_LEAST = 1e-8  # of a variance
_KEPT = 0.95  # of them, those with the smallest errors, from which the covariance is taken


def build_anomaly(
    cell=None,
    *,
    body: str = "recurrent",
    units: int = 64,
    layers: int | None = None,
    embedding_size: int | None = None,
    patch: int = 1,
    places: float = 0.0,
    dropout: float = 0.1,
    window: int = 6,
    reach: float = 0.5,
    columns: int | None = None,
    input: Series | None = None,
    dataset: str | None = None,
    name: str = "anomaly",
) -> Detector:
    """An untrained detector of what is unusual in series: layers of any cell over all columns.

    `zoo.build("anomaly", cell="gru", ...)` calls it with names resolved. It is trained as a
    forecaster of the next step, on normal data; `learn_normal` then measures its errors.

    Args:
        cell: class of a recurrent cell, called with the number of units; of the recurrent body
            alone. None: GRU.
        body: "recurrent", "tcn" or "transformer", as of `forecast`.
        units: width of each layer.
        layers: recurrent layers, or blocks of another body. None: 1, of a TCN 4, of a Transformer
            2.
        embedding_size: width of a layer with ReLU over what is read. None: there is none.
        patch: steps that are read and said at once, one.
        places: times what values are read besides how far each is from the one before it. 0: they
            are not, so that levels which were never seen do no harm.
        dropout: fraction of the features dropped of the embedding, between layers and of the top.
        window: steps over which errors are averaged.
        reach: deviations from what is expected within which values are read as they are.
        columns: number of series. None: as many as the input has.
        input: a `zoo.inputs.Series` with their names and scale. None: one without a scale.
        dataset: the data set that the model is for.
        name: name of the model.

    Returns:
        A built `Detector`.

    Raises:
        ConfigError: when neither columns nor an input is given, or both disagree; when there is no
            such body, or it has no use for a cell that is given.
    """
    input = series_of("anomaly", input, columns)
    own = {"cell": cell}
    require_body(BODIES, body, own)
    return Detector(
        body_of(body, units, layers, dropout, 128, own),
        GaussianHead(patch * len(input.columns)),
        input,
        patch,
        motion=0.0,
        places=places,
        embedding=embedding_of(embedding_size),
        dropout=dropout,
        window=window,
        reach=reach,
        dataset=dataset,
        task="anomaly",
        name=name,
    )


def learn_normal(model: Detector, series: np.ndarray, skipped: int = 168) -> None:
    """Sets what a detector takes for normal, by data: one step in a hundred lies beyond its bounds.

    Args:
        model: a trained `Detector`.
        series: float `[time, columns]` in their own units, with nothing unusual.
        skipped: steps at the beginning whose errors are not counted.
    """
    scaled = model.input.scaled(np.asarray(series))[None]
    lengths = np.array([scaled.shape[1]], "int32")
    said = model.predict_on_batch({"series": scaled[:, :-1], "lengths": lengths - 1})[0]
    off = (scaled[0, 1:] - np.asarray(model.head.expected(said)))[skipped:]
    model.deviations = np.sqrt(np.square(off, dtype="float64").mean(0) + _LEAST).tolist()

    def measured(function):
        return model.compiled_over_arrays(lambda *arrays: (function(*arrays),))(scaled, lengths)[0]

    found = measured(model.errors)[0, skipped:].astype("float64")
    whole = np.linalg.inv(np.cov(found.T).reshape(model.columns, -1))
    squares = ((found @ whole) * found).sum(-1)
    kept = found[squares <= np.quantile(squares, _KEPT)]
    model.precision = np.linalg.inv(np.cov(kept.T).reshape(model.columns, -1)).tolist()
    averages = measured(lambda *arrays: model.averages(model.errors(*arrays), arrays[1]))
    beyond = (1 - USUAL) / 2
    model.bounds = np.quantile(averages[0, skipped:], [beyond, 0.5, 1 - beyond]).tolist()
