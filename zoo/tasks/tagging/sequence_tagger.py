"""Many-to-many, aligned: a label for every step of a sequence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, overload

import keras
from keras import ops

from zoo.backend.compiled import Compiled
from zoo.checked import checked
from zoo.errors import ConfigError
from zoo.layers.build_once import build_once
from zoo.tasks.item_model import ItemModel, with_input
from zoo.tasks.tagging.results import TaggedSequence, TaggedToken
from zoo.tasks.tagging.tag_stream import TagStream


@keras.saving.register_keras_serializable(package="zoo")
class SequenceTagger(ItemModel):
    """Features of steps, recurrence over them, and a label for each.

    Called on the arrays that `graph_inputs` names, such as `{"words": [batch, time], "characters":
    [batch, time, characters]}`, int ids with 0 for padding at the right, it gives the logits
    `[batch, time, labels]`. `compile`, `fit`,
    `evaluate` and `save` are those of Keras. With a CRF the logits are the scores of each position
    by itself, and the loss is the negative log-likelihood of whole sequences, divided by the number
    of positions with padding, whatever loss `compile` is given.

    Args:
        features: a layer from arrays to `[batch, time, features]`, such as
            `zoo.layers.WordFeatures`; its `reads`, where it has that, names which of the input's.
        recurrence: a `Recurrent`, `Bidirectional` or `RecurrentStack` layer.
        labels: the names of the labels, in the order of their numbers.
        input: a `zoo.inputs.Input`, such as `WordTokenizer`. None: the model works on ids alone.
        crf: a `zoo.layers.CRF`. None: each label is chosen by itself.
        dropout: fraction of the recurrence's outputs that is dropped.
        languages: codes of the languages that the model is for, which its file remembers.
        task: the registered task that the model is for, which its file remembers.
    """

    export_signatures = "zoo.tasks.tagging.signatures:TaggerSignatures"
    verb_name = "tag"
    most_steps = 8192
    bare_shapes = {"words": (None,), "characters": (None, None)}

    def __init__(
        self,
        features,
        recurrence,
        labels: Sequence[str],
        input=None,
        crf=None,
        dropout: float = 0.0,
        languages: Sequence[str] = (),
        task: str | None = None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.task = task
        self.features = features
        self.recurrence = recurrence
        self.labels = list(labels)
        self.tokenizer = input
        self.crf = crf
        self.dropout = dropout
        self.languages = list(languages)
        self.output_dropout = keras.layers.Dropout(dropout)
        self.output_layer = keras.layers.Dense(len(self.labels))
        self._compiled: Compiled | None = None
        self.stream_step: Any = None  # compiled by the first stream
        self.build()

    def build(self, input_shape=None):
        """Makes all weights, so that a file never meets a model without them."""
        if self.built:
            return
        build_once(self.features, (None, *self.graph_shapes[0]))
        build_once(self.recurrence, (None, None, self.features.output_size))
        build_once(self.output_layer, (None, None, self.recurrence.output_size))
        if self.crf is not None:
            build_once(self.crf, (None, None, len(self.labels)))
        self.built = True

    def call(self, inputs, training=False):
        vectors = self.features(*(inputs[name] for name in self.graph_inputs), training=training)
        outputs, _ = self.recurrence(vectors, mask=self.input.mask(inputs), training=training)
        outputs = ops.copy(outputs)  # without the mask, which Keras would weigh the loss by again
        return self.output_layer(self.output_dropout(outputs, training=training))

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        """The loss of `compile`; with a CRF, that of whole sequences."""
        if self.crf is None:
            return super().compute_loss(x, y, y_pred, sample_weight, training)
        mask = self.input.mask(x)
        likelihood = self.crf.log_likelihood(y_pred, y, mask)
        return -ops.sum(likelihood) / ops.cast(ops.size(y), likelihood.dtype)

    @overload
    def tag(self, text: str, *, is_split_into_words: Literal[False] = False) -> TaggedSequence: ...

    @overload
    def tag(self, text: Sequence[str], *, is_split_into_words: Literal[True]) -> TaggedSequence: ...

    @overload
    def tag(
        self, text: Sequence[Any], *, is_split_into_words: bool = False
    ) -> list[TaggedSequence]: ...

    @checked(but=("text",))
    def tag(
        self,
        text: Any,
        *,
        is_split_into_words: bool = False,
    ) -> TaggedSequence | list[TaggedSequence]:
        """Labels the words of one text or of a list of them.

        A list gives what its texts give one by one, in their order. A text without words gives an
        empty list. Raw text is cut into tokens by the model's tokenizer; a list of tokens within
        the list is taken as it is.

        Args:
            text: a string, a list of strings, or a list of lists of tokens, of at most
                `model.most_steps` tokens each.
            is_split_into_words: whether a list of strings holds the tokens of one text, and not
                many texts.

        Returns:
            A list of `(token, tag)` pairs, which say as `start` and `end` where in a raw text
            they stood; or one such list for each text. Of a model that splits contracted tokens
            each word is a pair, `de` and `le` of `du`, and both stand where that stood; their
            `surface` is `du`.

        Raises:
            ConfigError: if `text` is something else, or the model has no tokenizer.

        Example: `zoo.load("pos-bilstm-ewt").tag("Two dogs run.")`.
        """
        is_one = self.input.is_item(text) or (is_split_into_words and _is_tokens(text))
        items = [text] if is_one else text
        self._check(items, is_split_into_words)
        tagged = self._tagged(items)
        return tagged[0] if is_one else tagged

    def stream(self) -> TagStream:
        """A text that goes on as words come: `.push(words)` gives all so far with their labels.

        Raises:
            ConfigError: if the model reads backwards, or chooses labels together.

        Example: `zoo.build("pos", is_causal=True, tokenizer=...).stream().push("Two dogs")`.
        """
        return TagStream(self)

    def _check(self, items, is_split_into_words):
        """Requires items or lists of tokens, and lists of tokens alone where they are promised."""
        is_list = isinstance(items, (list, tuple))
        others = [item for item in items if not _is_tokens(item)] if is_list else items
        if is_split_into_words and (not is_list or others):
            raise ConfigError(
                "tag wants lists of tokens where is_split_into_words=True says that they are cut: "
                "give the tokens of one text as a list of strings."
            )
        self.input.check("tag", others)

    def _tagged(self, items) -> list[TaggedSequence]:
        """The labelled steps of items and of lists of tokens."""
        prepared, steps = self.input.steps_of(items)
        wanted = [i for i, row in enumerate(steps) if row]
        found = [TaggedSequence() for _ in items]
        for places, arrays in self.batches([prepared[i] for i in wanted]):
            for place, numbers in zip(places, self._decode(arrays), strict=True):
                row, item = steps[wanted[place]], items[wanted[place]]
                labels = [self.labels[n] for n in numbers[: len(row)]]
                is_raw = self.input.kind == "text" and isinstance(item, str)
                found[wanted[place]] = TaggedSequence(
                    TaggedToken(token, label, begin, end, item[begin:end] if is_raw else None)
                    for (token, begin, end), label in zip(row, labels, strict=True)
                )
        return found

    def label_numbers(self, *arrays):
        """The numbers of the labels, int `[batch, time]`, chosen together where there is a CRF.

        Args:
            *arrays: what the model is called on, in the order of `graph_inputs`.
        """
        inputs = dict(zip(self.graph_inputs, arrays, strict=True))
        logits = self(inputs, training=False)
        if self.crf is None:
            return ops.argmax(logits, axis=-1)
        return self.crf.decode(logits, self.input.mask(inputs))

    def _decode(self, arrays):
        """`label_numbers`, compiled."""
        if self._compiled is None:
            self._compiled = self.compiled_over_arrays(
                lambda *arrays: (self.label_numbers(*arrays),)
            )
        return self._compiled(*arrays.values())[0]

    def get_config(self):
        return {
            "name": self.name,
            "task": self.task,
            "features": keras.saving.serialize_keras_object(self.features),
            "recurrence": keras.saving.serialize_keras_object(self.recurrence),
            "labels": self.labels,
            "input": keras.saving.serialize_keras_object(self.tokenizer),
            "crf": keras.saving.serialize_keras_object(self.crf),
            "dropout": self.dropout,
            "languages": self.languages,
        }

    @classmethod
    def from_config(cls, config, custom_objects=None):
        config = with_input(config, "tokenizer")
        for part in ("features", "recurrence", "input", "crf"):
            config[part] = keras.saving.deserialize_keras_object(config[part])
        return cls(**config)


def _is_tokens(item) -> bool:
    return isinstance(item, (list, tuple)) and all(isinstance(token, str) for token in item)
