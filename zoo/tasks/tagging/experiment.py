"""How taggers are trained and compared."""

from __future__ import annotations

from typing import Any

from zoo.data.loading import require_features
from zoo.training.experiment import Experiment, every_nth


class TaggingExperiment(Experiment):
    """Accuracy of words; the data set has `tokens` and `upos`.

    Args:
        data: a data set, such as "ud/ewt".
        fraction: part of the training split that is trained on, above 0 and at most 1.
    """

    metric, lower_is_better, digits = "accuracy", False, 2
    bodies, counted = (), "words"
    learning_rate, smoothing = 2e-3, 0.1
    _batch_tokens = 512

    def __init__(self, data: str, fraction: float):
        from zoo.data import read_tagged
        from zoo.inputs import train_words

        require_features(data, ("tokens", "upos"))
        self.data = data
        self._sentences = every_nth(read_tagged(data, "train"), fraction)
        self._tokenizer = train_words([sentence.tokens for sentence in self._sentences], 2)
        self.settings = {"tokenizer": self._tokenizer}

    def encode(self, model: Any) -> None:
        from zoo.data import encode_sentences, plan_tagging

        tokens, tags = zip(*((s.tokens, s.tags) for s in self._sentences), strict=True)
        self._encoded = encode_sentences(tokens, tags, self._tokenizer, model.labels)
        self.steps = plan_tagging(self._encoded, batch_tokens=self._batch_tokens).steps

    def batches(self, seed: int, epoch: int) -> Any:
        from zoo.data import tagging_batches

        return tagging_batches(
            self._encoded, batch_tokens=self._batch_tokens, seed=seed, epoch=epoch
        )

    def score(self, model: Any) -> float:
        from zoo.tasks.tagging.evaluate import tagging_row

        return tagging_row(model, self.data, "validation")["value"]
