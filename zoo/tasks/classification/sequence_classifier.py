"""Many-to-one: one label for a whole sequence."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any, overload

import keras
import numpy as np
from keras import ops

from zoo.backend.compiled import Compiled
from zoo.checked import checked
from zoo.layers.build_once import build_once
from zoo.tasks.classification.classifier_stream import ClassifierStream
from zoo.tasks.classification.results import Classification
from zoo.tasks.item_model import ItemModel, with_input
from zoo.tasks.item_stream import ItemStream


@keras.saving.register_keras_serializable(package="zoo")
class SequenceClassifier(ItemModel):
    """Features of steps, recurrence over them, one vector of all outputs, and a label.

    Beside the recurrence there may be scores of the n-grams of a text, which are added to the
    logits ("wide and deep", Cheng et al. 2016, arXiv:1606.07792).

    Called on the arrays that `graph_inputs` names, such as `{"words": [batch, time]}`, int ids with
    0 for padding at the right, it gives the logits `[batch, labels]`. `compile`, `fit`, `evaluate`
    and `save` are those of Keras.

    Args:
        features: a layer from arrays to `[batch, time, features]`, such as
            `zoo.layers.WordFeatures`; its `reads`, where it has that, names which of the input's.
        recurrence: a `Recurrent`, `Bidirectional` or `RecurrentStack` layer.
        pooling: a layer from outputs and mask to `[batch, features]`: `zoo.layers.Pooling`.
        labels: the names of the labels, in the order of their numbers.
        input: a `zoo.inputs.Input`, such as `WordTokenizer`. None: the model works on ids alone.
        dropout: fraction of the pooled outputs that is dropped.
        dataset: the data set whose labels these are, which its file remembers.
        task: the registered task that the model is for, which its file remembers.
        ngrams: a layer from words `[batch, time]` to what is added to the logits, such as
            `zoo.layers.NGramScores`. None: nothing is.
    """

    export_signatures = "zoo.tasks.classification.signatures:ClassifierSignatures"
    verb_name = "classify"
    batch_steps = 8192
    bare_shapes = {"words": (None,)}

    def __init__(
        self,
        features,
        recurrence,
        pooling,
        labels: Sequence[str],
        input=None,
        dropout: float = 0.0,
        dataset: str | None = None,
        task: str | None = None,
        ngrams=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.task = task
        self.features = features
        self.recurrence = recurrence
        self.pooling = pooling
        self.labels = list(labels)
        self.tokenizer = input
        self.dropout = dropout
        self.dataset = dataset
        self.ngrams = ngrams
        self.output_dropout = keras.layers.Dropout(dropout)
        self.output_layer = keras.layers.Dense(len(self.labels))
        self._compiled: Compiled | None = None
        self.stream_step: Any = None  # compiled by the first stream
        self.build()

    def build(self, input_shape=None):
        """Makes all weights, so that a file never meets a model without them."""
        if self.built:
            return
        width = self.recurrence.output_size
        build_once(self.features, (None, *self.graph_shapes[0]))
        build_once(self.recurrence, (None, None, self.features.output_size))
        build_once(self.pooling, (None, None, width))
        build_once(self.output_layer, (None, width))
        if self.ngrams is not None:
            build_once(self.ngrams, (None, None))
        self.built = True

    def call(self, inputs, training=False):
        arrays = [inputs[name] for name in self.graph_inputs]
        vectors = self.features(*arrays, training=training)
        logits = self.classify_vectors(vectors, self.input.mask(inputs), training=training)
        if self.ngrams is None:
            return logits
        return logits + ops.cast(self.ngrams(arrays[0]), logits.dtype)

    def classify_vectors(self, vectors, mask, training=False):
        """From features `[batch, time, features]` and a bool mask to logits `[batch, labels]`.

        They are those of the recurrence, without the scores of n-grams.
        """
        outputs, _ = self.recurrence(vectors, mask=mask, training=training)
        pooled = self.output_dropout(self.pooling(outputs, mask=mask), training=training)
        return self.output_layer(pooled)

    @overload
    def classify(self, text: str | os.PathLike[str] | np.ndarray) -> Classification: ...

    @overload
    def classify(self, text: Sequence[Any]) -> list[Classification]: ...

    @checked(but=("text",))
    def classify(self, text: Any) -> Classification | list[Classification]:
        """Labels one item or a list of them.

        A list gives what its items give one by one, in their order. Memory is in proportion to the
        length of the longest. An item with nothing in it, such as a text without words, gets what
        the model holds for likely before it has read anything.

        Args:
            text: what the model reads (`model.input.one`), or a list of it: strings of at most
                `model.most_steps` words, or paths of clips.

        Returns:
            The label and the probability of every label; a list of them where `text` is a list.

        Raises:
            ConfigError: if `text` is something else, or cannot be read.

        Example: `zoo.load("sentiment-bilstm-sst2").classify("A warm, funny film.").label`.
        """
        items, is_one = self.listed("classify", text)
        found = self._classify(items)
        return found[0] if is_one else found

    @checked()
    def classify_tokens(self, texts: Sequence[Sequence[str]]) -> list[Classification]:
        """Labels texts whose words are cut already, such as those of a treebank.

        Args:
            texts: lists of tokens, any of them empty.

        Returns:
            The label and the probability of every label, for each text.
        """
        return self._classify(texts)

    def _classify(self, items):
        found: list = [None] * len(items)
        for places, arrays in self.batches(self.input.prepare(items, list(self.graph_inputs))):
            for place, row in zip(places, self._probabilities(arrays), strict=True):
                found[place] = self.classification_of(row)
        return found

    def classification_of(self, row: np.ndarray) -> Classification:
        """The answer that probabilities are, float `[labels]`."""
        probabilities = dict(zip(self.labels, map(float, row), strict=True))
        label = max(probabilities, key=probabilities.__getitem__)
        return Classification(label, probabilities)

    def stream(self) -> ItemStream:
        """An item that goes on as it comes: `.push(piece)` gives its label so far.

        Raises:
            ConfigError: if the model reads backwards, or weighs all steps together.

        Example: `zoo.build("sentiment", is_causal=True, ...).stream().push("A warm film").label`.
        """
        return ClassifierStream(self)

    def _probabilities(self, arrays):
        """Float32 `[batch, labels]`."""
        if self._compiled is None:

            def run(*arrays):
                inputs = dict(zip(self.graph_inputs, arrays, strict=True))
                logits = ops.cast(self(inputs, training=False), "float32")
                return (ops.softmax(logits, axis=-1),)

            self._compiled = self.compiled_over_arrays(run)
        return self._compiled(*arrays.values())[0]

    @checked()
    def with_ngrams(self, ngrams: keras.layers.Layer | None) -> SequenceClassifier:
        """The same model, its features and recurrence shared, with other scores of n-grams.

        Args:
            ngrams: as for `SequenceClassifier`. None: no scores.

        Returns:
            Another `SequenceClassifier`, to be used and saved as any; its output layer is a copy.

        Example: `zoo.load("sentiment-bilstm-imdb").with_ngrams(None)` is its recurrence alone.
        """
        other = SequenceClassifier(
            self.features,
            self.recurrence,
            self.pooling,
            self.labels,
            self.tokenizer,
            self.dropout,
            self.dataset,
            self.task,
            ngrams,
            name=self.name,
        )
        other.output_layer.set_weights(self.output_layer.get_weights())
        return other

    def get_config(self):
        return {
            "name": self.name,
            "task": self.task,
            "features": keras.saving.serialize_keras_object(self.features),
            "recurrence": keras.saving.serialize_keras_object(self.recurrence),
            "pooling": keras.saving.serialize_keras_object(self.pooling),
            "labels": self.labels,
            "input": keras.saving.serialize_keras_object(self.tokenizer),
            "dropout": self.dropout,
            "dataset": self.dataset,
            "ngrams": keras.saving.serialize_keras_object(self.ngrams),
        }

    @classmethod
    def from_config(cls, config, custom_objects=None):
        config = with_input(config, "tokenizer")
        for part in ("features", "recurrence", "pooling", "input", "ngrams"):
            config[part] = keras.saving.deserialize_keras_object(config.get(part))
        return cls(**config)
