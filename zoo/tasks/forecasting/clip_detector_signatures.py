"""The functions of an exported detector of what is unusual in clips.

- `serving_default`: of `clip`, uint8 `[batch, time, height, width, channels]` of any size, filled
  up at the end with anything, and `lengths`, int32 `[batch]`: `scores`, float32 `[batch, time]`,
  above 1 where a frame is unusual, and `where`, float32 `[batch, time, rows, columns]`, the same of
  each place; both are 0 beyond `lengths`.
"""

from __future__ import annotations

import numpy as np

from zoo.export.signatures import Signatures


class ClipDetectorSignatures(Signatures):
    """For `zoo.tasks.forecasting.clip_detector.ClipDetector`."""

    def functions(self):
        return {"serving_default": self._scores}

    def _scores(self, *raw):
        scores, where = self.model.scores(*self.arrays_of(*raw).values())
        return {"scores": scores, "where": where}

    @classmethod
    def answers(cls, model, items):
        found = model.unusual(list(items))
        time = max(map(len, found), default=0)
        where = [np.pad(one.where, [(0, time - len(one)), (0, 0), (0, 0)]) for one in found]
        return {
            "scores": [[*one, *[0.0] * (time - len(one))] for one in found],
            "where": [one.tolist() for one in where],
        }
