"""A small case of a task, with which contracts try whatever is registered."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np

Batch = tuple[dict[str, np.ndarray], np.ndarray, np.ndarray]


def cross_entropy(outputs: np.ndarray, labels: np.ndarray, weights: np.ndarray) -> float:
    """The mean over all positions of the weighted cross-entropy, in float64.

    Args:
        outputs: logits `[..., outputs]`.
        labels: numbers `[...]`.
        weights: float `[...]`, 0 where a position does not count.
    """
    outputs = outputs.astype("float64")
    log_probs = outputs - np.log(np.exp(outputs).sum(-1, keepdims=True))
    chosen = np.take_along_axis(log_probs, labels[..., None], -1)[..., 0]
    return float(-(chosen * weights).mean())


@dataclasses.dataclass(frozen=True)
class Sample:
    """What the models of a topology, or of a task, are tried with.

    Attributes:
        settings: of a task's builder, which make a small model.
        outputs: size of the last axis of the logits that such a model gives. None: it gives numbers
            of the labels' own shape.
        batch: gives inputs, labels and weights, as the pipelines do.
        input: gives settings with which such a model reads items, in place of a `vocabulary_size`.
        is_answer: whether the verb may give this (second) for an item (first).
        is_blank_answer: whether it may give this for an item with nothing in it.
        loss: the Keras loss that such a model is trained with, or its name. None: cross-entropy.
        expected_loss: the same in NumPy, from outputs, labels and weights to a number.
        verb_settings: with which the verb gives one answer to one item every time.
        export: settings with which such a model is exported.
        trained: settings beside `settings`, with which training reaches every weight.
        items: two items for the verb.
        blank_items: items with nothing in them.
        strange_items: items that it must answer, whatever they are.
        fitted: gives the sample with which a released model is tried, where items and arrays are of
            its own sizes. None: this one suits all.
    """

    settings: dict[str, Any]
    outputs: int | None
    batch: Callable[[], Batch]
    input: Callable[[], dict[str, Any]]
    is_answer: Callable[[Any, Any], bool]
    is_blank_answer: Callable[[Any], bool]
    loss: Any = None
    expected_loss: Callable[[np.ndarray, np.ndarray, np.ndarray], float] = cross_entropy
    verb_settings: dict[str, Any] = dataclasses.field(default_factory=dict)
    export: dict[str, Any] = dataclasses.field(default_factory=dict)
    trained: dict[str, Any] = dataclasses.field(default_factory=dict)
    items: tuple[Any, ...] = ("Good morning to you!", "Hello.")
    blank_items: tuple[Any, ...] = ("", " \n")
    strange_items: tuple[Any, ...] = ("\U0001f600", "駅はどこですか。", "a" * 200)
    fitted: Callable[[Any], Sample] | None = None
