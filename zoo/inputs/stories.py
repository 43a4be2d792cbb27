"""Questions, each with a story: its sentences as ids of words, in Python and in the graph."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import keras
import numpy as np
from keras import ops

from zoo.errors import ConfigError
from zoo.inputs.ids import UNKNOWN_ID
from zoo.inputs.input import Array, Input, Raw

if TYPE_CHECKING:
    import tensorflow as tf

    from zoo.inputs.words import WordTokenizer

_END = r"[.!?…]+"  # a token with which a sentence ends


class Story(NamedTuple):
    """A question and what is known when it is asked.

    Attributes:
        question: such as "Where is Mary?".
        context: sentences, such as "Mary moved to the bathroom. John went to the hallway."
    """

    question: str
    context: str


@keras.saving.register_keras_serializable(package="zoo")
class Stories(Input):
    """Questions and their stories, sentence by sentence, as ids of words.

    A sentence ends at a sign such as a full stop, as a line break alone ends none. One with more
    words than `sentence_length` is read as several. Signs are words, as the tokenizer has them.

    Args:
        tokenizer: a `zoo.inputs.WordTokenizer`.
        sentence_length: the most words of a sentence, and of the question.

    Raises:
        ConfigError: if `sentence_length` is not positive.

    Example:
        >>> from zoo.inputs import WordTokenizer
        >>> stories = Stories(WordTokenizer(["mary", "left", "."], ["a"]), 4)
        >>> (found,) = stories.prepare([("Mary?", "Mary left. John left.")])
        >>> found["words"].tolist(), found["question"].tolist()
        ([[2, 3, 4, 0], [1, 3, 4, 0]], [2, 1, 0, 0])
    """

    kind = "text"
    one, many = "a question and its context, a pair of strings", "such pairs"
    advice = 'give ("Where is Mary?", "Mary went home. John left.")'
    raw = {"question": Raw("string"), "context": Raw("string")}
    samples = (
        Story("Where is Mary?", "Mary moved to the bathroom. John went to the hallway."),
        Story("Is John in the kitchen?", "John left! Mary is either here or there. And so on"),
        Story("", "Two dogs run through the snow."),
        Story("What is it?", ""),
        Story("", ""),
    )

    def __init__(self, tokenizer: WordTokenizer, sentence_length: int = 12, **kwargs):
        super().__init__(**kwargs)
        if sentence_length < 1:
            raise ConfigError(f"sentence_length is at least 1, not {sentence_length}.")
        self.tokenizer = tokenizer
        self.sentence_length = sentence_length

    @property
    def arrays(self) -> dict[str, Array]:
        """`words` of each sentence of the story, and those of the `question`, ids."""
        return {
            "words": Array((None, self.sentence_length), is_ids=True),
            "question": Array((self.sentence_length,), is_ids=True),
        }

    def ids_below(self, name: str) -> int:
        """The number of words."""
        return self.tokenizer.vocabulary_size

    def is_item(self, value: Any) -> bool:
        """Whether it is a pair of strings."""
        return (
            isinstance(value, tuple)
            and len(value) == 2
            and all(isinstance(text, str) for text in value)
        )

    def mask(self, arrays):
        """Sentences with a word in them, bool `[batch, sentences]`."""
        return ops.any(ops.not_equal(arrays["words"], 0), axis=-1)

    def prepare(
        self, items: Sequence[Any], names: Sequence[str] | None = None
    ) -> list[dict[str, np.ndarray]]:
        """The ids of each question and its story.

        Raises:
            ConfigError: if a question has more words than are read.
        """
        return self.read_stories(items)[0]

    def read_stories(
        self, items: Sequence[Any]
    ) -> tuple[list[dict[str, np.ndarray]], list[list[str]]]:
        """The arrays of each item, as of `prepare`, and the sentences that they stand for.

        Args:
            items: pairs of strings, as `Story` has them.

        Raises:
            ConfigError: if a question has more words than are read.
        """
        import tensorflow as tf

        if not items:
            return [], []
        questions = self.tokenizer.word_ids([question for question, _ in items])
        for (question, _), ids in zip(items, questions, strict=True):
            if len(ids) > self.sentence_length:
                raise ConfigError(
                    f"A question has at most {self.sentence_length} words, signs among them, and "
                    f"the one that begins with {question[:20]!r} has {len(ids)}: shorten it."
                )
        contexts = [context.encode("utf-8", "replace") for _, context in items]
        with tf.device("cpu"):
            words, begins, ends = self._sentences(tf.constant(contexts, tf.string))
            rows, filled = words.row_splits.numpy(), words.values.to_tensor()
        width = self.sentence_length
        flat = np.zeros((len(filled), width), "int32")
        flat[:, : filled.shape[1]] = filled.numpy()
        prepared, texts = [], []
        places = zip(rows, rows[1:], contexts, questions, strict=False)
        begins, ends = begins.numpy(), ends.numpy()
        for first, last, context, question in places:
            padded = np.zeros(width, "int32")
            padded[: len(question)] = question
            prepared.append({"words": flat[first:last], "question": padded})
            spans = zip(begins[first:last], ends[first:last], strict=True)
            texts.append([context[a:b].decode("utf-8", "replace") for a, b in spans])
        return prepared, texts

    def unknown(self, items: Sequence[Any]) -> list[list[str]]:
        """The words of each question that the model has never seen, as they are written."""
        questions = list(self.tokenizer.cut([question for question, _ in items]))
        ids = self.tokenizer.word_ids(questions) if questions else []
        return [
            [
                word
                for word, number in zip(words, row, strict=True)
                if number == UNKNOWN_ID and any(map(str.isalnum, word))
            ]
            for words, row in zip(questions, ids, strict=True)
        ]

    def in_graph(self, raw):
        words, _, _ = self._sentences(raw["context"])
        asked, _, _ = self.tokenizer.tokenize(raw["question"])
        width = self.sentence_length
        dense = words.to_tensor(shape=[None, None, width])
        return {
            "words": _at_least_one(dense),
            "question": self.tokenizer.look_up_words(asked).to_tensor(shape=[None, width]),
        }

    def sentences_in_graph(self, contexts: tf.Tensor) -> tf.Tensor:
        """The sentences of strings `[batch]` as they are read, `[batch, sentences]`, "" pads."""
        import tensorflow as tf

        words, begins, ends = self._sentences(contexts)
        texts = tf.repeat(contexts, words.row_lengths())
        texts = tf.strings.substr(texts, begins, ends - begins)
        return _at_least_one(words.with_values(texts).to_tensor())

    def raw_of(self, items):
        questions, contexts = zip(*items, strict=True) if items else ((), ())
        return {
            "question": [one.encode("utf-8", "replace") for one in questions],
            "context": [one.encode("utf-8", "replace") for one in contexts],
        }

    def meaning(self):
        """The words in the order of their ids."""
        return self.tokenizer.meaning() | {"ids": "0 pads at the right, 1 is unknown"}

    @property
    def resources(self) -> list:
        """The tokenizer's tables."""
        return self.tokenizer.resources

    @classmethod
    def read(cls, argument: str) -> Story:
        """A question, and behind a tab, or else behind its question mark, its story."""
        question, tab, context = argument.partition("\t")
        if not tab:
            question, mark, context = argument.partition("?")
            question += mark
        return Story(*(" ".join(text.split()) for text in (question, context)))

    def _sentences(self, contexts: tf.Tensor) -> tuple[tf.RaggedTensor, tf.Tensor, tf.Tensor]:
        """Sentences of strings `[batch]`, in the graph.

        Returns:
            Ids `[batch, (sentences), (words)]`; and the bytes at which each sentence begins and
            ends, flat.
        """
        import tensorflow as tf

        tokens, begins, ends = self.tokenizer.tokenize(contexts)
        flat, row = tokens.flat_values, tokens.value_rowids()
        count = tf.size(flat, tf.int64)
        is_end = tf.strings.regex_full_match(flat, _END)
        is_first = tf.concat([tf.ones([1], "bool"), is_end[:-1] | (row[1:] != row[:-1])], 0)
        is_first = is_first[:count]
        place = tf.range(count)
        first = tf.gather(
            tf.boolean_mask(place, is_first), tf.cumsum(tf.cast(is_first, "int64")) - 1
        )
        begin = tf.boolean_mask(place, (place - first) % self.sentence_length == 0)
        end = tf.concat([begin[1:], tf.fill([tf.minimum(count, 1)], count)], 0) - 1
        ids = self.tokenizer.look_up_words(tokens).flat_values
        sentences = tf.RaggedTensor.from_row_starts(ids, begin, validate=False)
        story = tf.gather(row, begin)
        nested = tf.RaggedTensor.from_value_rowids(sentences, story, tokens.nrows(), validate=False)
        return (
            nested,
            tf.cast(tf.gather(begins.flat_values, begin), "int32"),
            tf.cast(tf.gather(ends.flat_values, end), "int32"),
        )

    def get_config(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "tokenizer": keras.saving.serialize_keras_object(self.tokenizer),
            "sentence_length": self.sentence_length,
        }

    @classmethod
    def from_config(cls, config):
        config = dict(config)
        config["tokenizer"] = keras.saving.deserialize_keras_object(config["tokenizer"])
        return cls(**config)


def _at_least_one(dense: tf.Tensor) -> tf.Tensor:
    """`[batch, sentences, ...]` with a sentence of padding where there is none."""
    import tensorflow as tf

    missing = tf.maximum(1 - tf.shape(dense)[1], 0)
    return tf.pad(dense, [[0, 0], [0, missing], *[[0, 0]] * (dense.shape.rank - 2)])
