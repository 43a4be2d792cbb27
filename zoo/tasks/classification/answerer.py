"""Many-to-one with a question: an answer out of a list, after several readings of a story."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, overload

import keras
from keras import ops

from zoo.backend.compiled import Compiled
from zoo.checked import checked
from zoo.errors import ConfigError
from zoo.layers.build_once import build_once
from zoo.tasks.classification.results import Answer
from zoo.tasks.item_model import ItemModel


@keras.saving.register_keras_serializable(package="zoo")
class Answerer(ItemModel):
    """A reader of stories, and an answer out of those it was trained with.

    Called on `{"words": [batch, sentences, words], "question": [batch, words]}`, int ids with 0 for
    padding at the right, it gives the logits `[batch, answers]`. `compile`, `fit`, `evaluate` and
    `save` are those of Keras.

    Args:
        reader: from both arrays to vectors `[batch, features]`, and to how much each sentence was
            used in each reading, `[batch, readings, sentences]`: `zoo.layers.StoryReader`.
        labels: the answers, in the order of their numbers; several things that are one answer are
            set apart by commas.
        input: a `zoo.inputs.Stories`.
        dropout: fraction of the vectors that is dropped.
        dataset: the data set the model was trained on, which its file remembers.
        task: the registered task that the model is for, which its file remembers.
    """

    export_signatures = "zoo.tasks.classification.answerer_signatures:AnswererSignatures"
    verb_name = "answer"
    batch_steps = 2048
    most_steps = 1024

    def __init__(
        self,
        reader,
        labels: Sequence[str],
        input,
        dropout: float = 0.0,
        dataset: str | None = None,
        task: str | None = None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.reader = reader
        self.labels = list(labels)
        self.tokenizer = input
        self.dropout = dropout
        self.dataset = dataset
        self.task = task
        self.output_dropout = keras.layers.Dropout(dropout)
        self.output_layer = keras.layers.Dense(len(self.labels))
        self._compiled: Compiled | None = None
        self.build()

    def build(self, input_shape=None):
        """Makes all weights, so that a file never meets a model without them."""
        if self.built:
            return
        build_once(self.reader, (None, *self.graph_shapes[0]))
        build_once(self.output_layer, (None, self.reader.output_size))
        self.built = True

    def call(self, inputs, training=False):
        return self.read(inputs, training)[0]

    def read(self, inputs, training=False):
        """Logits `[batch, answers]`, and how sentences were used, `[batch, readings, sentences]`.

        Args:
            inputs: as the model is called on.
            training: whether dropout is on.
        """
        vectors, attention = self.reader(inputs["words"], inputs["question"], training=training)
        return self.output_layer(self.output_dropout(vectors, training=training)), attention

    @overload
    def answer(
        self,
        question: str | tuple[str, str],
        context: str | None = None,
        *,
        return_attention: Literal[False] = False,
    ) -> str: ...

    @overload
    def answer(
        self,
        question: str | tuple[str, str],
        context: str | None = None,
        *,
        return_attention: Literal[True],
    ) -> Answer: ...

    @overload
    def answer(
        self,
        question: Sequence[str] | Sequence[tuple[str, str]],
        context: str | Sequence[str] | None = None,
        *,
        return_attention: Literal[False] = False,
    ) -> list[str]: ...

    @overload
    def answer(
        self,
        question: Sequence[str] | Sequence[tuple[str, str]],
        context: str | Sequence[str] | None = None,
        *,
        return_attention: Literal[True],
    ) -> list[Answer]: ...

    @checked(but=("question", "context"))
    def answer(
        self, question: Any, context: Any = None, *, return_attention: bool = False
    ) -> str | list[str] | Answer | list[Answer]:
        """Answers a question about a story, or a list of them.

        A list gives what its items give one by one, in their order. Where nothing is told, the
        answer is what the model holds for likely before it has read anything. Memory is in
        proportion to the square of the longest story's sentences, of which `model.most_steps` are
        read at most.

        Args:
            question: a string, or a list of strings; or pairs of a question and its context, as
                `zoo.inputs.Story` has them, and no `context`.
            context: the story, sentences of words; or one for each question of a list. One story
                serves all questions.
            return_attention: whether an `Answer` is wanted, with its probability and the sentences
                that were read.

        Returns:
            The answer, or an `Answer`; a list of them where `question` is a list.

        Raises:
            ConfigError: if something else is given, as many contexts as questions are missing, a
                question has more words than are read, or a story more sentences.

        Example: `zoo.load("qa-babi").answer("Where is Mary?", "Mary moved to the office.")`.
        """
        items, is_one = self.listed("answer", _pairs(question, context))
        found: list = self._answers(items)
        if not return_attention:
            found = [one.text for one in found]
        return found[0] if is_one else found

    def _answers(self, items) -> list[Answer]:
        prepared, sentences = self.input.read_stories(items)
        found: list = [None] * len(items)
        for places, arrays in self.batches(prepared):
            for place, row, read in zip(places, *self._run(arrays), strict=True):
                best = int(row.argmax())
                texts = tuple(sentences[place])
                text, probability = self.labels[best], float(row[best])
                found[place] = Answer(text, probability, texts, read[:, : len(texts)])
        return found

    def _run(self, arrays):
        """Probabilities float32 `[batch, answers]`, and how sentences were used."""
        if self._compiled is None:

            def run(*arrays):
                inputs = dict(zip(self.graph_inputs, arrays, strict=True))
                logits, attention = self.read(inputs, training=False)
                return ops.softmax(ops.cast(logits, "float32"), axis=-1), attention

            self._compiled = self.compiled_over_arrays(run)
        return self._compiled(*arrays.values())

    def get_config(self):
        return {
            "name": self.name,
            "task": self.task,
            "reader": keras.saving.serialize_keras_object(self.reader),
            "labels": self.labels,
            "input": keras.saving.serialize_keras_object(self.tokenizer),
            "dropout": self.dropout,
            "dataset": self.dataset,
        }

    @classmethod
    def from_config(cls, config, custom_objects=None):
        config = dict(config)
        for part in ("reader", "input"):
            config[part] = keras.saving.deserialize_keras_object(config[part])
        return cls(**config)


def _pairs(question: Any, context: Any) -> Any:
    """A question and its story as an item, or a list of such; what is none of them as it is.

    Raises:
        ConfigError: if contexts are no strings, or not as many as questions.
    """
    if context is None:
        if isinstance(question, str):
            raise ConfigError(
                f"The question {question[:40]!r} has no story: give answer(question, context)."
            )
        return question
    if isinstance(question, str) and isinstance(context, str):
        return question, context
    questions = [question] if isinstance(question, str) else question
    if not isinstance(questions, Sequence) or not all(isinstance(one, str) for one in questions):
        raise ConfigError("answer wants a string or a list of strings as the question.")
    contexts = [context] * len(questions) if isinstance(context, str) else context
    if (
        isinstance(question, str)
        or not isinstance(contexts, Sequence)
        or not all(isinstance(one, str) for one in contexts)
    ):
        raise ConfigError("answer wants a string as the context, or one for each of the questions.")
    if len(contexts) != len(questions):
        raise ConfigError(
            f"There are {len(questions)} questions and {len(contexts)} contexts: give one context "
            "for all, or one for each."
        )
    return list(zip(questions, contexts, strict=True))
