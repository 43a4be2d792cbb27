"""What each topology trains on and is scored by when its cells are compared.

A contest reads data, gives batches, and scores a model on the validation split; the test split is
for `zoo evaluate` alone.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Protocol

from zoo.errors import ConfigError


class Contest(Protocol):
    """The data and the score of a comparison.

    Attributes:
        metric: what `score` gives, such as "accuracy".
        lower_is_better: whether a lower one is a better one.
        digits: after the point, with which it is shown.
        bodies: names that may be compared as if they were cells.
        counted: name of the input whose ids, but for those of padding, are the tokens that are
            counted.
        learning_rate: at its highest.
        smoothing: of the labels.
        settings: of the task's builder, beside cell and units.
        steps: batches of an epoch; known once `encode` was called.
    """

    metric: str
    lower_is_better: bool
    digits: int
    bodies: tuple[str, ...]
    counted: str
    learning_rate: float
    smoothing: float
    settings: dict[str, Any]
    steps: int

    def __init__(self, data: str, fraction: float): ...

    def encode(self, model: Any) -> None:
        """Turns the training split into ids, for the labels of a model."""

    def trainee(self, model: Any) -> Any:
        """What is compiled and fitted: the model, or one around it."""

    def batches(self, seed: int, epoch: int) -> Any:
        """The batches of an epoch, `(inputs, labels, weights)`, as a `tf.data.Dataset`."""

    def score(self, model: Any) -> float:
        """The model's score on the validation split."""


class TaggingContest(Contest):
    """Accuracy of words; the data set has `tokens` and `upos`.

    Args:
        data: a data set, such as "ud/ewt".
        fraction: share of the training split that is trained on, above 0 and at most 1.
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

    def trainee(self, model: Any) -> Any:
        return model

    def batches(self, seed: int, epoch: int) -> Any:
        from zoo.data import tagging_batches

        return tagging_batches(
            self._encoded, batch_tokens=self._batch_tokens, seed=seed, epoch=epoch
        )

    def score(self, model: Any) -> float:
        from zoo.tasks.tagging.evaluate import tagging_row

        return tagging_row(model, self.data, "validation")["value"]


class ClassificationContest(Contest):
    """Accuracy of texts; the data set has `label`, and `tokens` or `text`.

    Args:
        data: a data set, such as "sst/binary".
        fraction: share of the training split that is trained on, above 0 and at most 1.
    """

    metric, lower_is_better, digits = "accuracy", False, 2
    bodies, counted = (), "words"
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
        from zoo.data import encode_texts, plan_classification

        texts, labels = zip(*((t.text, t.label) for t in self._texts), strict=True)
        self._encoded = encode_texts(
            texts, labels, self._tokenizer, model.labels, longest=self._longest
        )
        self.steps = plan_classification(self._encoded, batch_tokens=self._batch_tokens).steps

    def trainee(self, model: Any) -> Any:
        return model

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


class TextContest(Contest):
    """Nats a character, or perplexity of words; the data set has running `text`.

    Rows go on where they ended in the batch before, with their state. Without a validation split,
    the end of the training split is one.

    Args:
        data: a data set, such as "tiny_shakespeare" or "ptb".
        fraction: share of the training split that is trained on, its beginning; above 0 and at
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
        text, held_out = _text_and_held_out(data, self._held_out)
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

    def trainee(self, model: Any) -> Any:
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


# Topology -> how its cells are compared.
CONTESTS: dict[str, type[Contest]] = {
    "many-to-many, aligned": TaggingContest,
    "many-to-one": ClassificationContest,
    "autoregressive": TextContest,
}


def contest_of(task: str) -> type[Contest]:
    """Returns how the cells of a task are compared.

    Raises:
        UnknownNameError: if there is no such task.
        ConfigError: if nothing compares cells in its topology.
    """
    from zoo import catalogue

    topology = catalogue.tasks.entry(task).about.get("topology")
    if topology not in CONTESTS:
        able = [
            entry.name
            for entry in catalogue.tasks.entries()
            if entry.about.get("topology") in CONTESTS
        ]
        raise ConfigError(
            f"Cells cannot be compared in the task {task!r}: take one of {', '.join(able)}."
        )
    return CONTESTS[topology]


def full_name(data: str) -> str:
    """Returns a data set's whole name: of "ewt" it is "ud/ewt".

    Raises:
        ConfigError: if no data set, or more than one, has such a config.
    """
    from zoo import catalogue
    from zoo.errors import PluginError

    if data.partition("/")[0] in catalogue.datasets:
        return data
    found = []
    for name in catalogue.datasets.names():
        try:
            configs = catalogue.datasets.get(name).builder_configs
        except PluginError:
            continue  # `zoo plugins` says what is wrong with it
        found += [f"{name}/{data}"] if data in configs else []
    if len(found) != 1:
        said = f"is one of {', '.join(found)}" if found else "does not exist"
        raise ConfigError(
            f"The data set {data!r} {said}: write its whole name, such as ud/ewt; `zoo list` has "
            "the data sets."
        )
    return found[0]


def require_features(data: str, names: Sequence[str]) -> None:
    """Requires that the examples of a data set have features.

    Raises:
        ConfigError: if one is missing.
        UnknownNameError, MissingFileError, DamagedFileError, OfflineError: as `load_examples`.
    """
    from zoo.data import load_examples

    spec = load_examples(data, "train").element_spec
    missing = [name for name in names if name not in spec]
    if missing:
        raise ConfigError(
            f"{data} has no {' and no '.join(missing)}, which the task learns from: take another "
            "data set."
        )


def every_nth(examples: list, fraction: float) -> list:
    """An evenly spaced share of examples."""
    return examples[:: round(1 / fraction)]


def _text_and_held_out(data: str, share: float) -> tuple[str, str]:
    """A text to train on and one for validation, by a split or by a share of the first's end."""
    from zoo.data import read_text

    text = read_text(data, "train")
    try:
        return text, read_text(data, "validation")
    except ConfigError:  # there is no such split
        end = round(len(text) * (1 - share))
        return text[:end], text[end:]
