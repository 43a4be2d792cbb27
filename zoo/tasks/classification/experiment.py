"""How classifiers of text are trained and compared."""

from __future__ import annotations

from typing import Any

from zoo.data.loading import require_features
from zoo.training.experiment import Experiment, every_nth


class ClassificationExperiment(Experiment):
    """Accuracy of texts; the data set has `label`, and `tokens` or `text`.

    Args:
        data: a data set, such as "sst/binary".
        fraction: part of the training split that is trained on, above 0 and at most 1.
    """

    metric, lower_is_better, digits = "accuracy", False, 2
    bodies: tuple[str, ...] = ()
    counted = "words"
    learning_rate, smoothing = 1e-3, 0.0
    _batch_tokens, _longest = 2048, 512

    def __init__(self, data: str, fraction: float):
        from zoo.data import read_labelled
        from zoo.inputs import train_words

        require_features(data, ("label",))
        self.data = data
        self._texts = every_nth(read_labelled(data, "train"), fraction)
        self._tokenizer = train_words(self._cut([text.text for text in self._texts]), 2)
        self.settings = {"tokenizer": self._tokenizer, "dataset": data}

    def encode(self, model: Any) -> None:
        from zoo.data import plan_classification
        from zoo.data.labelled import encode_labelled

        self._encoded = encode_labelled(
            self._texts, self._tokenizer, model.labels, longest=self._longest
        )
        self.steps = plan_classification(self._encoded, batch_tokens=self._batch_tokens).steps

    def batches(self, seed: int, epoch: int) -> Any:
        from zoo.data import classification_batches

        return classification_batches(
            self._encoded, batch_tokens=self._batch_tokens, seed=seed, epoch=epoch
        )

    @staticmethod
    def _cut(texts):
        """Lists of tokens of texts that may be strings."""
        from zoo.inputs import WordTokenizer

        return WordTokenizer().cut(texts) if isinstance(texts[0], str) else texts

    def score(self, model: Any) -> float:
        from zoo.tasks.classification.evaluate import classification_row

        return classification_row(model, self.data, "validation")["value"]
