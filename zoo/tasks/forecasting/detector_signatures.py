"""The functions of an exported detector.

- `serving_default`: of `series`, float32 `[batch, time, columns]` in their own units, filled up at
  the end with anything, and `lengths`, int32 `[batch]`: `scores`, float32 `[batch, time]`, above 1
  where a step is unusual, and 0 beyond `lengths`.
"""

from __future__ import annotations

from zoo.export.signatures import Signatures


class DetectorSignatures(Signatures):
    """For `zoo.tasks.forecasting.detector.Detector`."""

    def functions(self):
        return {"serving_default": self._scores}

    def _scores(self, *raw):
        return {"scores": self.model.scores(*self.arrays_of(*raw).values())}

    @classmethod
    def answers(cls, model, items):
        found = model.unusual(list(items))
        time = max(map(len, found), default=0)
        return {"scores": [[*one, *[0.0] * (time - len(one))] for one in found]}
