"""How language models are trained and compared."""

from __future__ import annotations

import math
from typing import Any

from zoo.data.loading import require_features
from zoo.errors import ConfigError
from zoo.training.experiment import Experiment


class TextExperiment(Experiment):
    """Nats a character, or perplexity of words; the data set has running `text`.

    Rows go on where they ended in the batch before, with their state. Without a validation split,
    the end of the training split is one.

    Args:
        data: a data set, such as "tiny_shakespeare" or "ptb".
        fraction: part of the training split that is trained on, its beginning; above 0 and at
            most 1. All of it says what tokens there are.
    """

    lower_is_better = True
    bodies, counted = ("tcn", "transformer"), "tokens"
    learning_rate, smoothing = 2e-3, 0.0
    _rows, _time, _held_out = 32, 64, 0.05

    def __init__(self, data: str, fraction: float):
        from zoo import catalogue
        from zoo.inputs import train_characters, train_running_words

        require_features(data, ("text",))
        text, held_out = text_and_held_out(data, self._held_out)
        level = catalogue.datasets.entry(data.partition("/")[0]).about.get("level")
        if level == "word":
            tokenizer = train_running_words([text], is_tokenized=True)
            self.metric, self.digits = "perplexity", 2
        else:
            tokenizer = train_characters([text])
            self.metric, self.digits = "nats per character", 4
        ids = tokenizer.encode(text)
        self._ids, self._held_out_ids = (
            ids[: round(len(ids) * fraction)],
            tokenizer.encode(held_out),
        )
        self.settings = {"tokenizer": tokenizer, "dataset": data}

    def encode(self, model: Any) -> None:
        from zoo.data import plan_streams

        self.steps = plan_streams(self._ids, rows=self._rows, time=self._time).steps

    def trained(self, model: Any) -> Any:
        from zoo.tasks.language_modelling.truncated_bptt import TruncatedBPTT

        return TruncatedBPTT(model, self._rows)

    def batches(self, seed: int, epoch: int) -> Any:
        import tensorflow as tf

        from zoo.data import stream_batches

        batches = stream_batches(
            self._ids, rows=self._rows, time=self._time, seed=seed, epoch=epoch
        )
        return batches.map(lambda inputs, labels: (inputs, labels, tf.ones(tf.shape(labels))))

    def score(self, model: Any) -> float:
        from zoo.tasks.language_modelling.evaluate import cross_entropy

        streams = max(1, min(16, len(self._held_out_ids) // 200))
        nats = cross_entropy(model, self._held_out_ids, streams=streams)
        return math.exp(nats) if self.metric == "perplexity" else nats


def text_and_held_out(data: str, part: float = 0.05) -> tuple[str, str]:
    """A text to train on, and one that settings and weights are chosen by.

    The latter is the validation split, or, of a data set that has none, the end of the former.

    Args:
        data: a data set, such as "tiny_shakespeare" or "ptb".
        part: of the training split that is its end.

    Raises:
        UnknownNameError, ConfigError, MissingFileError, DamagedFileError, OfflineError: as
            `zoo.data.load_examples` does.
    """
    from zoo.data import read_text

    text = read_text(data, "train")
    try:
        return text, read_text(data, "validation")
    except ConfigError:  # there is no such split
        end = round(len(text) * (1 - part))
        return text[:end], text[end:]
