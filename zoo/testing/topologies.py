"""What `zoo.testing` knows of each topology: a small model, a batch for it, and its answers."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np

from zoo.inputs.samples import characters, letters, words

VOCABULARY = 12
_LABELS = ("A", "B", "C", "D", "E")
_FEWEST_IDS = 6  # those of the smallest released language model
_LENGTHS = np.array([[6], [4], [1], [3]])

Batch = tuple[dict[str, np.ndarray], np.ndarray, np.ndarray]


@dataclasses.dataclass(frozen=True)
class Topology:
    """What the models of a topology have in common.

    Attributes:
        small: settings of a task's builder that make a small model.
        outputs: size of the last axis of such a model's logits.
        batch: gives inputs, labels and weights, as the pipelines do.
        tokenizers: gives settings with which such a model takes text, in place of a
            `vocabulary_size`.
        is_answer: whether its verb may give this (second) for a text (first).
        is_blank_answer: whether its verb may give this for a text without words.
        settings: of its verb, with which it gives one answer to one text every time.
        export: settings with which such a model is exported.
        samples: two items for its verb.
        blank_samples: items without content.
        strange_samples: items that it must answer, whatever they are.
    """

    small: dict[str, Any]
    outputs: int
    batch: Callable[[], Batch]
    tokenizers: Callable[[], dict[str, Any]]
    is_answer: Callable[[str, Any], bool]
    is_blank_answer: Callable[[Any], bool]
    settings: dict[str, Any] = dataclasses.field(default_factory=dict)
    export: dict[str, Any] = dataclasses.field(default_factory=dict)
    samples: tuple[Any, ...] = ("Good morning to you!", "Hello.")
    blank_samples: tuple[Any, ...] = ("", " \n")
    strange_samples: tuple[Any, ...] = ("\U0001f600", "駅はどこですか。", "a" * 200)


def _pairs() -> Batch:
    """Ids of a few pairs, as `zoo.data.translation_batches` gives them."""
    rng = np.random.default_rng(0)
    source, words = rng.integers(4, VOCABULARY, (4, 6)), rng.integers(4, VOCABULARY, (4, 5))
    source = np.where(np.arange(6) < _LENGTHS, source, 0)
    lengths = np.array([[2], [4], [3], [0]])
    target = np.where(np.arange(5) < lengths + 1, np.pad(words[:, :4], [(0, 0), (1, 0)]), 0)
    target[:, 0] = 2
    labels = np.where(np.arange(5) < lengths, np.pad(words[:, :4], [(0, 0), (0, 1)]), 0)
    np.put_along_axis(labels, lengths, 3, axis=1)
    inputs = {"source": source.astype("int32"), "target": target.astype("int32")}
    return inputs, labels.astype("int32"), (labels != 0).astype("float32")


def _tagged_sentences() -> Batch:
    """Ids of a few sentences, as `zoo.data.tagging_batches` gives them."""
    rng = np.random.default_rng(0)
    real = np.arange(6) < _LENGTHS
    words = np.where(real, rng.integers(1, VOCABULARY, (4, 6)), 0).astype("int32")
    letters = rng.integers(1, VOCABULARY, (4, 6, 5))
    letters = np.where(np.arange(5) < rng.integers(2, 6, (4, 6, 1)), letters, 0)
    characters = np.where(real[..., None], letters, 0).astype("int32")
    labels = np.where(real, words % len(_LABELS), 0).astype("int32")
    return {"words": words, "characters": characters}, labels, real.astype("float32")


def _classified_texts() -> Batch:
    """Ids of a few texts, as `zoo.data.classification_batches` gives them; the last row fills."""
    rng = np.random.default_rng(0)
    words = np.where(np.arange(6) < _LENGTHS, rng.integers(1, VOCABULARY, (4, 6)), 0)
    words[-1] = 0
    labels = np.array([3, 1, 4, 0], "int32")
    return {"words": words.astype("int32")}, labels, np.array([1, 1, 1, 0], "float32")


def _running_text() -> Batch:
    """Ids of a few texts side by side, as `zoo.data.stream_batches` gives them; ends weigh 0."""
    ids = np.random.default_rng(0).integers(0, _FEWEST_IDS, (4, 7)).astype("int32")
    real = np.arange(6) < _LENGTHS
    return {"tokens": ids[:, :-1]}, ids[:, 1:], real.astype("float32")


def _is_classified(answer: Any) -> bool:
    """Whether it is a label and the probabilities of all, of which its is the highest."""
    label, probabilities = answer
    return (
        probabilities[label] == max(probabilities.values())
        and all(type(value) is float for value in probabilities.values())
        and abs(sum(probabilities.values()) - 1) < 1e-3
    )


def _is_tagged(text: str, answer: Any) -> bool:
    """Whether it is a list of pairs, each where its token stands, with all that is no space."""
    tokens = "".join(token for token, _ in answer)
    return (
        isinstance(answer, list)
        and all(isinstance(tag, str) and tag for _, tag in answer)
        and all(text[pair.start : pair.end] == pair[0] for pair in answer)
        and tokens == "".join(text.split())
    )


TOPOLOGIES = {
    "many-to-one": Topology(
        small={
            "units": 8,
            "embedding_size": 6,
            "layers": 1,
            "dropout": 0.0,
            "word_dropout": 0.0,
            "vocabulary_size": VOCABULARY,
            "labels": _LABELS,
        },
        outputs=len(_LABELS),
        batch=_classified_texts,
        tokenizers=lambda: {"tokenizer": words()},
        is_answer=lambda text, answer: _is_classified(answer),
        is_blank_answer=_is_classified,
    ),
    "many-to-many, unaligned": Topology(
        small={
            "units": 8,
            "embedding_size": 6,
            "encoder_layers": 1,
            "dropout": 0.0,
            "vocabulary_size": VOCABULARY,
        },
        outputs=VOCABULARY,
        batch=_pairs,
        tokenizers=lambda: {"source_tokenizer": characters()},
        is_answer=lambda text, answer: isinstance(answer, str),
        is_blank_answer=lambda answer: answer.strip() == "",
        export={"beam_size": 2},
    ),
    "many-to-many, aligned": Topology(
        small={
            "units": 8,
            "embedding_size": 6,
            "layers": 1,
            "dropout": 0.0,
            "word_dropout": 0.0,
            "vocabulary_size": VOCABULARY,
            "character_count": VOCABULARY,
            "labels": _LABELS,
        },
        outputs=len(_LABELS),
        batch=_tagged_sentences,
        tokenizers=lambda: {"tokenizer": words()},
        is_answer=_is_tagged,
        is_blank_answer=lambda answer: answer == [],
    ),
    "autoregressive": Topology(
        small={
            "units": 8,
            "embedding_size": 6,
            "layers": 1,
            "dropout": 0.0,
            "output_dropout": 0.0,
            "vocabulary_size": VOCABULARY,
        },
        outputs=VOCABULARY,
        batch=_running_text,
        tokenizers=lambda: {"tokenizer": letters()},
        is_answer=lambda text, answer: isinstance(answer, str) and answer.startswith(text),
        is_blank_answer=lambda answer: isinstance(answer, str),
        settings={"temperature": 0, "length": 20},
        export={"max_length": 20},
    ),
}
