"""Many-to-many, aligned: a label for every word, and the text that the words come from."""

from __future__ import annotations

from collections.abc import Sequence

import keras
import numpy as np
from keras import ops

from zoo.backend.compiled import Compiled
from zoo.errors import ConfigError
from zoo.layers.build_once import build_once
from zoo.tasks.batching import length_batches
from zoo.tasks.exporting import Exporting
from zoo.tasks.tagging.results import TaggedToken

_BATCH_TOKENS = 2048  # words that are tagged together


@keras.saving.register_keras_serializable(package="zoo")
class SequenceTagger(Exporting, keras.Model):
    """Features of words, recurrence over them, and a label for each.

    Called on `{"words": [batch, time], "characters": [batch, time, characters]}`, int ids with 0
    for padding at the right, it gives the logits `[batch, time, labels]`. `compile`, `fit`,
    `evaluate` and `save` are those of Keras. With a CRF the logits are the scores of each position
    by itself, and the loss is the negative log-likelihood of whole sequences, divided by the number
    of positions with padding, whatever loss `compile` is given.

    Args:
        features: a layer from words and characters to `[batch, time, features]`, such as
            `zoo.layers.WordFeatures`.
        recurrence: a `Recurrent`, `Bidirectional` or `RecurrentStack` layer.
        labels: the names of the labels, in the order of their numbers.
        tokenizer: `zoo.inputs.WordTokenizer`. None: the model works on ids alone.
        crf: a `zoo.layers.CRF`. None: each label is chosen by itself.
        dropout: share of the recurrence's outputs that is dropped.
        languages: codes of the languages that the model is for, which its file remembers.
        task: the registered task that the model is for, which its file remembers.
    """

    export_signatures = "zoo.tasks.tagging.signatures:TaggerSignatures"

    def __init__(
        self,
        features,
        recurrence,
        labels: Sequence[str],
        tokenizer=None,
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
        self.tokenizer = tokenizer
        self.crf = crf
        self.dropout = dropout
        self.languages = list(languages)
        self.output_dropout = keras.layers.Dropout(dropout)
        self.output_layer = keras.layers.Dense(len(self.labels))
        self._compiled: Compiled | None = None
        self.build()

    def build(self, input_shape=None):
        """Makes all weights, so that a file never meets a model without them."""
        if self.built:
            return
        build_once(self.features, (None, None))
        build_once(self.recurrence, (None, None, self.features.output_size))
        build_once(self.output_layer, (None, None, self.recurrence.output_size))
        if self.crf is not None:
            build_once(self.crf, (None, None, len(self.labels)))
        self.built = True

    def call(self, inputs, training=False):
        words = inputs["words"]
        vectors = self.features(words, inputs["characters"], training=training)
        outputs, _ = self.recurrence(vectors, mask=ops.not_equal(words, 0), training=training)
        outputs = ops.copy(outputs)  # without the mask, which Keras would weigh the loss by again
        return self.output_layer(self.output_dropout(outputs, training=training))

    @property
    def graph_inputs(self) -> dict[str, tuple[int | None, ...]]:
        """Inputs of the graph from ids to logits: their shapes without batch, None being time."""
        length = None if self.tokenizer is None else self.tokenizer.word_length
        return {"words": (None,), "characters": (None, length)}

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        """The loss of `compile`; with a CRF, that of whole sequences."""
        if self.crf is None:
            return super().compute_loss(x, y, y_pred, sample_weight, training)
        mask = ops.not_equal(x["words"], 0)
        likelihood = self.crf.log_likelihood(y_pred, y, mask)
        return -ops.sum(likelihood) / ops.cast(ops.size(y), likelihood.dtype)

    def tag(
        self,
        text: str | Sequence[str] | Sequence[Sequence[str]],
        *,
        is_split_into_words: bool = False,
    ) -> list[TaggedToken] | list[list[TaggedToken]]:
        """Labels the words of one text or of a list of them.

        A list gives what its texts give one by one, in their order. A text without words gives an
        empty list. Raw text is cut into tokens by the model's tokenizer; a list of tokens within
        the list is taken as it is.

        Args:
            text: a string, a list of strings, or a list of lists of tokens, of any length.
            is_split_into_words: whether a list of strings holds the tokens of one text, and not
                many texts.

        Returns:
            A list of `(token, tag)` pairs, which say as `start` and `end` where in a raw text
            they stood; or one such list for each text.

        Raises:
            ConfigError: if `text` is something else, or the model has no tokenizer.

        Example: `zoo.load("pos-bilstm-ewt").tag("Two dogs run.")`.
        """
        is_one = isinstance(text, str) or (is_split_into_words and _is_tokens(text))
        texts = [text] if is_one else text
        self._check(texts, is_split_into_words)
        raw = [item for item in texts if isinstance(item, str)]
        split = iter(self.tokenizer.split(raw))
        found: list[list[tuple]] = [
            next(split) if isinstance(item, str) else [(token, None, None) for token in item]
            for item in texts
        ]
        tags = self._tags([[token for token, _, _ in row] for row in found])
        tagged = [
            [TaggedToken(token, tag, *place) for (token, *place), tag in zip(*row, strict=True)]
            for row in zip(found, tags, strict=True)
        ]
        return tagged[0] if is_one else tagged

    def _check(self, texts, is_split_into_words):
        is_list = isinstance(texts, Sequence) and not isinstance(texts, (bytes, bytearray))
        wanted = (_is_tokens,) if is_split_into_words else (_is_text, _is_tokens)
        if not is_list or not all(any(is_one(item) for is_one in wanted) for item in texts):
            raise ConfigError(
                "tag wants a string, a list of strings or a list of lists of tokens: decode bytes "
                "and turn arrays into lists first, and give the tokens of one text as [tokens] or "
                "with is_split_into_words=True."
            )
        if self.tokenizer is None:
            raise ConfigError(
                f"The model {self.name!r} has no tokenizer, so it tags no text: build it with "
                "tokenizer=..., or call it on ids."
            )

    def _tags(self, sentences: Sequence[Sequence[str]]) -> list[list[str]]:
        """The labels of lists of tokens, any of them empty."""
        wanted = [i for i, tokens in enumerate(sentences) if tokens]
        encoded = self.tokenizer.encode([sentences[i] for i in wanted])
        tags: list[list[str]] = [[] for _ in sentences]
        for places, words in length_batches([words for words, _ in encoded], _BATCH_TOKENS):
            characters = np.zeros((*words.shape, self.tokenizer.word_length), "int32")
            for row, place in enumerate(places):
                characters[row, : len(encoded[place][1])] = encoded[place][1]
            numbers = self._decode(words, characters)
            for row, place in enumerate(places):
                length = len(encoded[place][0])
                tags[wanted[place]] = [self.labels[n] for n in numbers[row, :length]]
        return tags

    def label_numbers(self, words, characters):
        """The numbers of the labels, int `[batch, time]`, chosen together where there is a CRF.

        Args:
            words, characters: as the model is called on.
        """
        logits = self({"words": words, "characters": characters}, training=False)
        if self.crf is None:
            return ops.argmax(logits, axis=-1)
        return self.crf.decode(logits, ops.not_equal(words, 0))

    def _decode(self, words, characters):
        """`label_numbers`, compiled."""
        if self._compiled is None:

            def run(words, characters):
                return (self.label_numbers(words, characters),)

            self._compiled = Compiled(self, run, [(None,), (None, characters.shape[-1])])
        return self._compiled(words, characters)[0]

    def get_config(self):
        return {
            "name": self.name,
            "task": self.task,
            "features": keras.saving.serialize_keras_object(self.features),
            "recurrence": keras.saving.serialize_keras_object(self.recurrence),
            "labels": self.labels,
            "tokenizer": keras.saving.serialize_keras_object(self.tokenizer),
            "crf": keras.saving.serialize_keras_object(self.crf),
            "dropout": self.dropout,
            "languages": self.languages,
        }

    @classmethod
    def from_config(cls, config, custom_objects=None):
        config = dict(config)
        for part in ("features", "recurrence", "tokenizer", "crf"):
            config[part] = keras.saving.deserialize_keras_object(config[part])
        return cls(**config)


def _is_text(item) -> bool:
    return isinstance(item, str)


def _is_tokens(item) -> bool:
    return isinstance(item, (list, tuple)) and all(isinstance(token, str) for token in item)
