"""How models that answer questions are trained and compared."""

from __future__ import annotations

from typing import Any

from zoo.training.experiment import Experiment, every_nth


class QAExperiment(Experiment):
    """Accuracy of answers, the mean over kinds of questions; see `zoo.data.read_questions`.

    Args:
        data: a data set, such as "babi".
        fraction: part of the training split that is trained on, above 0 and at most 1.
    """

    metric, lower_is_better, digits = "accuracy", False, 2
    counted = "words"
    learning_rate, smoothing = 3e-3, 0.0
    rows = 32

    def __init__(self, data: str, fraction: float):
        from zoo.data import read_questions
        from zoo.inputs import train_words

        self.data = data
        self._questions = every_nth(read_questions(data, "train"), fraction)
        texts = dict.fromkeys(text for one in self._questions for text in one[:2])
        cut = train_words([["a"]], min_count=1).cut(list(texts))
        self.settings = {
            "tokenizer": train_words(list(cut), min_count=1),
            "labels": sorted({one.answer for one in self._questions}),
            "dataset": data,
        }

    def encode(self, model: Any) -> None:
        from zoo.data import encode_questions, question_steps

        self.encoded = encode_questions(self._questions, model.input, model.labels)
        self.steps = question_steps(self.encoded, rows=self.rows)

    def batches(self, seed: int, epoch: int) -> Any:
        from zoo.data import question_batches

        return question_batches(self.encoded, rows=self.rows, seed=seed, epoch=epoch)

    def score(self, model: Any) -> float:
        from zoo.tasks.classification.evaluate_answers import validation_answers

        return validation_answers(model, [self.data])[self.data]
