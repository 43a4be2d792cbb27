"""The functions of an exported model of music.

- `serving_default`: of `series`, float32 `[batch, time, 88]`, 1 where a key of a piano sounds and 0
  elsewhere, filled up at the end with anything, and `lengths`, int32 `[batch]`: how the piece goes
  on where each key that is more probable than not is taken, `keys`, float32 `[batch, steps, 88]`,
  and `probabilities`, the same shape, of each key given the chords before.

How many steps are written is said when the model is exported.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf

from zoo.decoding.arguments import positive
from zoo.export.signatures import Signatures

_STEPS = 64


class ComposerSignatures(Signatures):
    """For `zoo.tasks.Composer` with any body.

    Args:
        model, quantize: as for `Signatures`.
        max_length: chords that are written.

    Raises:
        ValueError: if `max_length` is not positive.
    """

    settings = ("max_length",)

    def __init__(self, model: Any, quantize: str | None = None, max_length: int = _STEPS):
        super().__init__(model, quantize)
        self._steps = positive("max_length", max_length)

    def functions(self):
        return {"serving_default": self._continued}

    def _continued(self, *raw):
        arrays = self.arrays_of(*raw)
        shape = (self._steps, self.model.patch, self.model.columns)
        noise = tf.zeros([tf.shape(arrays["series"])[0], *shape])
        logits, keys, _ = self.model.roll(*arrays.values(), noise)
        return {"keys": keys, "probabilities": tf.sigmoid(logits)}

    @classmethod
    def answers(cls, model, items, max_length=_STEPS):
        found = model.generate(list(items), max_length, temperature=0.0)
        return {"keys": [np.asarray(one.roll[-max_length:], "float32").tolist() for one in found]}
