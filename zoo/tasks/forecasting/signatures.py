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

from zoo.checked import Count
from zoo.decoding.arguments import positive
from zoo.export.signatures import Signatures

_INTERVAL = 0.8


class ContinuingSignatures(Signatures):
    """Of models that go on from a series for as many steps as is said when they are exported.

    Args:
        model, quantize: as for `Signatures`.
        max_length: steps that are said. None: `most`.

    Raises:
        ValueError: if `max_length` is not positive.
    """

    settings = ("max_length",)
    most: int

    def __init__(self, model: Any, quantize: str | None = None, max_length: Count | None = None):
        super().__init__(model, quantize)
        self._steps = positive("max_length", self.most if max_length is None else max_length)

    def rolled(self, arrays):
        """What the model's `roll` gives, by the likeliest values, for at least so many steps."""
        patches = -(-self._steps // self.model.patch)
        shape = (patches, self.model.patch, self.model.columns)
        noise = tf.zeros([tf.shape(arrays["series"])[0], *shape])
        return self.model.roll(*arrays.values(), noise)


class ForecasterSignatures(ContinuingSignatures):
    """For `zoo.tasks.Forecaster` with any body; for its arguments see there."""

    most = 96

    def functions(self):
        return {"serving_default": self._forecast}

    def _forecast(self, *raw):
        model = self.model
        parameters, values, scale = self.rolled(self.arrays_of(*raw))
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
    def answers(cls, model, items, max_length=most):
        found = model.forecast(list(items), max_length, interval=_INTERVAL)
        return {
            "forecast": [list(one) for one in found],
            "low": [one.low for one in found],
            "high": [one.high for one in found],
        }
