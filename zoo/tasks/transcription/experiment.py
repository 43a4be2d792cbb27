"""How transcribers are trained and compared."""

from __future__ import annotations

from typing import Any

from zoo.errors import ConfigError
from zoo.training.experiment import Experiment, every_nth


class TranscriptionExperiment(Experiment):
    """Word error rate; the data set has frames, `series`, and `text`.

    Frames are less the mean over the deviation of the training split.

    Args:
        data: a data set, such as "an4".
        fraction: part of the training split that is trained on, above 0 and at most 1.

    Raises:
        ConfigError: if the data set has sound and no frames.
    """

    metric, lower_is_better, digits = "WER", True, 2
    counted = "series"
    learning_rate = 2e-3
    _batch_steps = 8192  # frames

    def __init__(self, data: str, fraction: float):
        from zoo.data.recordings import read_recordings
        from zoo.inputs.characters import train_characters

        self.data = data
        self._recordings = every_nth(read_recordings(data, "train"), fraction)
        if isinstance(self._recordings[0].sound, bytes):
            raise ConfigError(
                f"Transcribers are compared on frames, such as those of an4, and {data} has sound: "
                "take a recipe."
            )
        self.settings = {
            "input": self._input(),
            "target_tokenizer": train_characters(one.text for one in self._recordings),
            "dataset": data,
        }

    def _input(self) -> Any:
        """What models read: frames on the scale of those of the training split."""
        import numpy as np

        from zoo.inputs.series import scaling_of

        frames = np.concatenate([one.sound for one in self._recordings])
        return scaling_of(frames, [f"feature {number + 1}" for number in range(frames.shape[1])])

    @property
    def loss(self) -> Any:
        """How unlikely a text is, in nats."""
        from zoo.layers.heads.ctc import CTCLoss

        return CTCLoss()

    def encode(self, model: Any) -> None:
        from zoo.data.transcribed import encode_recordings, transcription_steps

        sounds, texts = zip(*((one.sound, one.text) for one in self._recordings), strict=True)
        self._encoded = encode_recordings(sounds, texts, model.input, model.target_tokenizer)
        self._steps = self._batch_steps * model.steps_a_frame
        self.steps = transcription_steps(self._encoded, batch_steps=self._steps)

    def batches(self, seed: int, epoch: int) -> Any:
        from zoo.data.transcribed import transcription_batches

        return transcription_batches(self._encoded, batch_steps=self._steps, seed=seed, epoch=epoch)

    def score(self, model: Any) -> float:
        from zoo.tasks.transcription.evaluate import transcription_rows

        return transcription_rows(model, self.data, "validation", beam_size=1)[0]["value"]


class ListeningExperiment(TranscriptionExperiment):
    """As `TranscriptionExperiment`, for a decoder that is told the labels before each."""

    smoothing = 0.1

    @property
    def loss(self) -> Any:
        """Cross-entropy of smoothed labels; the model adds that of its head."""
        from zoo.training.losses import SmoothedCrossEntropy

        return SmoothedCrossEntropy(self.smoothing)

    def encode(self, model: Any) -> None:
        super().encode(model)
        self._end_id = model.end_id

    def batches(self, seed: int, epoch: int) -> Any:
        from zoo.data.transcribed import spelling_batches

        how = dict(batch_steps=self._steps, seed=seed, epoch=epoch)
        return spelling_batches(self._encoded, end_id=self._end_id, **how)
