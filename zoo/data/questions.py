"""Questions about stories: read from any data set that has them, looked up, and batched.

This module knows no model and no data set.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from zoo.data import loading
from zoo.data.batching import epoch_batches, epoch_order, places_of_rows, starts_of
from zoo.errors import ConfigError

if TYPE_CHECKING:
    import tensorflow as tf

    from zoo.inputs.stories import Stories

BOUNDARIES = (2, 5, 8, 10, 16, 24, 32, 48, 64)


class Question(NamedTuple):
    """A question about a story, and its answer.

    Attributes:
        question: such as "Where is Mary?".
        context: the story before it, sentences with a space between them.
        answer: such as "bathroom"; several are set apart by commas.
        kind: what questions of its kind are called, such as "qa1_single-supporting-fact".
    """

    question: str
    context: str
    answer: str
    kind: str


def read_questions(name: str, split: str) -> list[Question]:
    """Returns the questions of a split, in the order of its file.

    Args:
        name: such as "babi".
        split: "train", "validation" or "test".

    Raises:
        UnknownNameError, ConfigError, MissingFileError, DamagedFileError, OfflineError: as
            `load_examples` does.
    """
    loading.require_features(name, Question._fields)
    return [
        Question(*(example[field].decode() for field in Question._fields))
        for example in loading.load_examples(name, split).as_numpy_iterator()
    ]


@dataclasses.dataclass(frozen=True)
class EncodedQuestions:
    """Questions, stories and answers as numbers, in memory.

    Attributes:
        words: int32 ids of the words of all sentences, `[sentences of all, words]`.
        questions: int32 `[questions, words]`.
        labels: int32 `[questions]`.
        starts: int64, `[questions + 1]`; the story of question `i` is `words[starts[i]:starts[i +
            1]]`.
    """

    words: np.ndarray
    questions: np.ndarray
    labels: np.ndarray
    starts: np.ndarray

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def lengths(self) -> np.ndarray:
        """Sentences of each story, `[questions]`."""
        return np.diff(self.starts)


def encode_questions(
    questions: Sequence[Question],
    input: Stories,
    names: Sequence[str],
    *,
    longest: int = BOUNDARIES[-1],
) -> EncodedQuestions:
    """Looks up all words and answers once.

    Args:
        questions: from `read_questions`.
        input: what knows the words.
        names: the answers in the order of their numbers.
        longest: sentences kept of a longer story, the last ones.

    Raises:
        ConfigError: when there is no question, or an answer is none of the names.
    """
    if not questions:
        raise ConfigError("There are no questions to batch.")
    number = {name: i for i, name in enumerate(names)}
    try:
        labels = np.array([number[one.answer] for one in questions], "int32")
    except KeyError as error:
        raise ConfigError(f"The answer {error} is none of {', '.join(names)}.") from None
    prepared = input.prepare([(one.question, one.context) for one in questions])
    stories = [one["words"][-longest:] for one in prepared]
    starts = starts_of([*map(len, stories)])
    asked = np.stack([one["question"] for one in prepared])
    return EncodedQuestions(np.concatenate(stories), asked, labels, starts)


def question_steps(questions: EncodedQuestions, *, rows: int = 32) -> int:
    """The number of batches that an epoch of `question_batches` has."""
    return len(epoch_order(questions, _shapes(rows), None))


def question_batches(
    questions: EncodedQuestions,
    *,
    rows: int = 32,
    seed: int = 0,
    epoch: int = 0,
    start: int = 0,
) -> tf.data.Dataset:
    """Batches of one epoch, stories of like length together.

    Args:
        questions: from `encode_questions`.
        rows: questions of a batch; the last, short one of a bucket is filled up with rows that
            weigh nothing.
        seed, epoch: say the order.
        start: number of batches to leave out at the beginning, to go on where a run stopped.

    Returns:
        A data set of `({"words", "question"}, labels, weights)`: `words` int32 `[rows, sentences,
        words]` and `question` int32 `[rows, words]`, padded with 0; `labels` int32 and `weights`
        float32 `[rows]`.

    Raises:
        ConfigError: when `start` is beyond the epoch.
    """
    import tensorflow as tf

    width = questions.words.shape[1]
    inputs = {
        "words": tf.TensorSpec([rows, None, width], tf.int32),
        "question": tf.TensorSpec([rows, width], tf.int32),
    }
    signature = (inputs, tf.TensorSpec([rows], tf.int32), tf.TensorSpec([rows], tf.float32))
    return epoch_batches(questions, _shapes(rows), _pad_batch, signature, [seed, epoch], start)


def _shapes(rows: int) -> tuple[tuple[int, int], ...]:
    return tuple((rows, length) for length in BOUNDARIES)


def _pad_batch(questions: EncodedQuestions, rows: np.ndarray, length: int):
    """Lays the questions of one batch out, with their stories and answers."""
    places, is_real = places_of_rows(questions.starts, rows, length)
    words = np.where(is_real[..., None], questions.words[places], 0).astype("int32")
    is_asked = rows >= 0
    asked = np.where(is_asked[:, None], questions.questions[rows], 0).astype("int32")
    labels = np.where(is_asked, questions.labels[rows], 0).astype("int32")
    return {"words": words, "question": asked}, labels, is_asked.astype("float32")
