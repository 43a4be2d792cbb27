"""How classifiers of clips are trained and compared."""

from __future__ import annotations

from typing import Any

from zoo.data.loading import require_features
from zoo.tasks.classification.experiment import ClassificationExperiment
from zoo.training.experiment import every_nth


class ClipExperiment(ClassificationExperiment):
    """Accuracy of clips; the data set has `clip` and `label`, and a split for validation.

    Args:
        data: a data set, such as "miracl_vc1".
        fraction: part of the training split that is trained on, above 0 and at most 1.
    """

    counted = "source"
    learning_rate, smoothing = 1e-3, 0.1
    _batch_steps = 384

    def __init__(self, data: str, fraction: float):
        from zoo.data import ChangedClips, read_clips
        from zoo.inputs.clips import Clips

        require_features(data, ("clip", "label"))
        self.data = data
        self._clips = every_nth(read_clips(data, "train"), fraction)
        first = self._clips[0].clip
        size = (128, 128, 3) if isinstance(first, bytes) else first.shape[1:]
        self._input, self._change = Clips(*size), ChangedClips()
        labels = sorted({clip.label for clip in self._clips})
        self.settings = {"labels": labels, "dataset": data, "input": self._input}

    def encode(self, model: Any) -> None:
        from zoo.data import clip_steps, encode_clips

        frames = [one["source"] for one in self._input.prepare([one.clip for one in self._clips])]
        self._encoded = encode_clips(frames, [one.label for one in self._clips], model.labels)
        how = {"batch_steps": self._batch_steps, "longest": self._change.longest}
        self.steps = clip_steps(self._encoded, **how)

    def batches(self, seed: int, epoch: int) -> Any:
        from zoo.data import clip_batches

        how: Any = {"batch_steps": self._batch_steps, "longest": self._change.longest}
        how |= {"change": self._change, "seed": seed, "epoch": epoch}
        return clip_batches(self._encoded, **how)

    def score(self, model: Any) -> float:
        from zoo.tasks.classification.evaluate_clips import validation_clips

        return validation_clips(model, self.data)[self.data]
