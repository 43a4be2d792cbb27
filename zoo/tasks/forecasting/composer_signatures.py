"""The functions of an exported model of music.

- `serving_default`: of `series`, float32 `[batch, time, 88]`, 1 where a key of a piano sounds and 0
  elsewhere, filled up at the end with anything, and `lengths`, int32 `[batch]`: how the piece goes
  on where each key that is more probable than not is taken, `keys`, float32 `[batch, steps, 88]`,
  and `probabilities`, the same shape, of each key given the chords before.

How many steps are written is said when the model is exported.
"""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from zoo.tasks.forecasting.signatures import ContinuingSignatures


class ComposerSignatures(ContinuingSignatures):
    """For `zoo.tasks.Composer` with any body; for its arguments see there."""

    most = 64

    def functions(self):
        return {"serving_default": self._continued}

    def _continued(self, *raw):
        logits, keys, _ = self.rolled(self.arrays_of(*raw))
        return {"keys": keys, "probabilities": tf.sigmoid(logits)}

    @classmethod
    def answers(cls, model, items, max_length=most):
        found = model.generate(list(items), max_length, temperature=0.0)
        return {"keys": [np.asarray(one.roll[-max_length:], "float32").tolist() for one in found]}
