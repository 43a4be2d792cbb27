"""A small case of questions: a few stories of a few sentences."""

from __future__ import annotations

from typing import Any

import numpy as np

from zoo.inputs.samples import words
from zoo.inputs.stories import Story
from zoo.tasks.sample import Batch, Sample

LABELS = ("bathroom", "garden", "apple,milk")
_LENGTH = 6
_SENTENCES = np.array([[5], [2], [1], [3]])


def parts() -> dict[str, Any]:
    """Settings with what a model reads and answers."""
    return {"tokenizer": words(), "labels": LABELS, "sentence_length": _LENGTH}


def _questions() -> Batch:
    """Ids of a few stories, as `zoo.data.question_batches` gives them; the last row fills."""
    rng = np.random.default_rng(0)
    stories = rng.integers(1, words().vocabulary_size, (4, 5, _LENGTH))
    stories *= rng.integers(1, _LENGTH + 1, (4, 5, 1)) > np.arange(_LENGTH)
    stories *= (np.arange(5) < _SENTENCES)[..., None]
    stories[-1] = 0
    asked = rng.integers(1, words().vocabulary_size, (4, _LENGTH))
    inputs = {"words": stories.astype("int32"), "question": asked.astype("int32")}
    return inputs, np.array([2, 1, 1, 0], "int32"), np.array([1, 1, 1, 0], "float32")


SAMPLE = Sample(
    settings={"units": 8, "dropout": 0.0, **parts()},
    outputs=len(LABELS),
    batch=_questions,
    input=parts,
    is_answer=lambda story, answer: isinstance(answer, str) and answer != "",
    is_blank_answer=lambda answer: isinstance(answer, str) and answer != "",
    items=(
        Story("Where is the man?", "A man rides a bicycle. Two dogs run."),
        Story("So what?", "Two dogs run! So"),
    ),
    blank_items=(Story("Where is the man?", ""), Story("", " \n")),
    strange_items=(
        Story("\U0001f600", "駅はどこですか。"),
        Story("a" * 200, "a " * 200),
        Story("", "...!?"),
    ),
)
