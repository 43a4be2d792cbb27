"""How much wider intervals must be, the further ahead: measured on data."""

from __future__ import annotations

from statistics import NormalDist
from typing import Any

import numpy as np

_ROWS = 256  # windows that are forecast together


def forecasts(model: Any, pasts: np.ndarray, steps: int, progress=None):
    """The model's forecasts of many pasts of one length.

    Args:
        model: a `zoo.tasks.Forecaster`.
        pasts: float32 `[windows, time, columns]`, on the model's scale.
        steps: that are forecast.
        progress: called as `progress(done, total)`.

    Yields:
        A slice of the windows, and their values and deviations, `[windows, steps, columns]`, the
        latter as the head says them.
    """
    for begin in range(0, len(pasts), _ROWS):
        some = slice(begin, min(begin + _ROWS, len(pasts)))
        part = pasts[some]
        lengths = np.full(len(part), part.shape[1], "int32")
        values, deviations = model.expected(part, lengths, -(-steps // model.patch))
        yield some, values[:, :steps], deviations[:, :steps]
        if progress is not None:
            progress(some.stop, len(pasts))


def spread_of(
    model: Any, pasts: np.ndarray, futures: np.ndarray, interval: float = 0.8
) -> list[list[float]]:
    """How many times as wide as the head says intervals must be to hold what they promise.

    For each column and number of patches ahead it is the quantile of the errors, each over the
    deviation that the head says and that errors within the past had, that an interval of a normal
    distribution wants there: split conformal prediction with a normalised score (Lei et al. 2018,
    arXiv:1604.04173, section 5.2). Where seasons differ, windows of all of them are wanted.

    Args:
        model: a `zoo.tasks.Forecaster`.
        pasts: float32 `[windows, time, columns]`, on the model's scale.
        futures: float32 `[windows, steps, columns]`, steps a multiple of the patch.
        interval: the probability that intervals are to hold.

    Returns:
        `[patches, columns]`, for `Forecaster.spread`.
    """
    steps = futures.shape[1]
    ratios: np.ndarray = np.zeros(futures.shape, "float32")
    for some, values, deviations in forecasts(model, pasts, steps):
        ratios[some] = np.abs(futures[some] - values) / deviations
    ratios = ratios.reshape(len(futures), -1, model.patch, model.columns)
    quantiles = np.quantile(ratios, interval, axis=(0, 2))
    return (quantiles / NormalDist().inv_cdf(0.5 + interval / 2)).round(4).tolist()
