"""How models of music are trained and compared."""

from __future__ import annotations

from typing import Any

from zoo.data.music import Pieces, music_batches, plan_music, read_music
from zoo.training.experiment import Experiment, every_nth


class MusicExperiment(Experiment):
    """Nats of the next chord; the data set has `keys`.

    Args:
        data: a data set, such as "jsb_chorales".
        fraction: part of the training pieces that is trained on, above 0 and at most 1.
    """

    metric, lower_is_better, digits = "NLL", True, 3
    bodies, counted = ("tcn", "transformer"), "series"
    learning_rate = 2e-3
    _batch_tokens = 192

    def __init__(self, data: str, fraction: float):
        self.data = data
        self._pieces = Pieces(every_nth(read_music(data, "train"), fraction))
        self.settings = {"dataset": data}
        self.steps = plan_music(self._pieces, batch_tokens=self._batch_tokens).steps

    @property
    def loss(self) -> Any:
        """The negative log-likelihood of a chord."""
        from zoo.layers import BernoulliHead

        return BernoulliHead.loss()

    def encode(self, model: Any) -> None:
        """Nothing is left to do: pieces are zeros and ones already."""

    def batches(self, seed: int, epoch: int) -> Any:
        return music_batches(self._pieces, batch_tokens=self._batch_tokens, seed=seed, epoch=epoch)

    def score(self, model: Any) -> float:
        from zoo.tasks.forecasting.evaluate_music import mean_nats

        return mean_nats(model, self.data)
