"""How taggers of phonemes are trained and compared."""

from __future__ import annotations

from typing import Any

from zoo.training.experiment import Experiment, every_nth


class PhonemeExperiment(Experiment):
    """Frames that are right; the data set has `audio`, `phones` and their `ends`.

    Args:
        data: a data set, such as "arctic".
        fraction: part of the training split that is trained on, above 0 and at most 1.
    """

    metric, lower_is_better, digits = "frame accuracy", False, 2
    counted = "audio"
    learning_rate, smoothing = 4e-3, 0.05
    _rate, _batch_frames = 16000, 4000

    def __init__(self, data: str, fraction: float):
        from zoo.data import phones_in, read_recordings
        from zoo.inputs.sound import Sound
        from zoo.tasks.tagging.phonemes import sound_front

        self.data = data
        self._recordings = every_nth(read_recordings(data, "train"), fraction)
        self.settings = {
            "input": Sound(self._rate),
            "labels": phones_in(self._recordings),
            "front": sound_front(self._rate),
            "dataset": data,
        }

    def encode(self, model: Any) -> None:
        from zoo.data import encode_frames
        from zoo.data.transcribed import transcription_steps

        self._encoded = encode_frames(self._recordings, model.input, model.labels, model.middles)
        self._steps = self._batch_frames * model.steps_a_frame
        self.steps = transcription_steps(self._encoded, batch_steps=self._steps)

    def batches(self, seed: int, epoch: int) -> Any:
        from zoo.data import frame_batches

        return frame_batches(self._encoded, batch_steps=self._steps, seed=seed, epoch=epoch)

    def score(self, model: Any) -> float:
        from zoo.tasks.tagging.evaluate_phonemes import phoneme_rows

        return phoneme_rows(model, self.data, "validation")[0]["value"]
