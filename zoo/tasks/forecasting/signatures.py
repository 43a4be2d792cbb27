"""The functions of an exported forecaster.

- `serving_default`: of `series`, float32 `[batch, time, columns]` in their own units, filled up at
  the end with anything, and `lengths`, int32 `[batch]`: `forecast`, `low` and `high`, float32
  `[batch, steps, columns]`, the ends of the interval that holds 80 %, as `forecast` says.

How many steps are forecast is said when the model is exported.
"""

from __future__ import annotations

from statistics import NormalDist
from typing import Any

import numpy as np
import tensorflow as tf

from zoo.decoding.arguments import positive
from zoo.export.signatures import Signatures

_STEPS = 96
_INTERVAL = 0.8


class ForecasterSignatures(Signatures):
    """For `zoo.tasks.Forecaster` with any body.

    Args:
        model, quantize: as for `Signatures`.
        max_length: steps that are forecast.

    Raises:
        ValueError: if `max_length` is not positive.
    """

    settings = ("max_length",)

    def __init__(self, model: Any, quantize: str | None = None, max_length: int = _STEPS):
        super().__init__(model, quantize)
        self._steps = positive("max_length", max_length)

    def functions(self):
        return {"serving_default": self._forecast}

    def _forecast(self, *raw):
        model, arrays = self.model, self.arrays_of(*raw)
        shape = (-(-self._steps // model.patch), model.patch, model.columns)
        noise = tf.zeros([tf.shape(arrays["series"])[0], *shape])
        parameters, values, scale = model.roll(*arrays.values(), noise)
        values = values[:, : self._steps]
        beyond = NormalDist().inv_cdf(0.5 + _INTERVAL / 2) * model.widths(self._steps)
        deviation = scale * model.head.deviation(parameters)[:, : self._steps]
        beside = beyond.astype("float32") * deviation
        scale, mean = (np.array(x, "float32") for x in (model.input.deviation, model.input.mean))
        return {
            "forecast": values * scale + mean,
            "low": (values - beside) * scale + mean,
            "high": (values + beside) * scale + mean,
        }

    @classmethod
    def answers(cls, model, items, max_length=_STEPS):
        found = model.forecast(list(items), max_length, interval=_INTERVAL)
        return {
            "forecast": [list(one) for one in found],
            "low": [one.low for one in found],
            "high": [one.high for one in found],
        }
