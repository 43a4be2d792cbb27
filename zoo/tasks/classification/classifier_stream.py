"""Labelling an item while it comes."""

from __future__ import annotations

from typing import Any

import numpy as np
from keras import ops

from zoo.errors import ConfigError
from zoo.tasks.classification.results import Classification
from zoo.tasks.forward_reader import ForwardReader
from zoo.tasks.item_stream import ItemStream


class ClassifierStream(ItemStream[Classification]):
    """An item that goes on as steps come in; `SequenceClassifier.stream` gives one.

    It is pushed pieces of what the model reads, such as strings that end where a word does. What is
    known is the label of the item so far.

    Args:
        model: a `SequenceClassifier` that reads forward alone.

    Raises:
        ConfigError: if it does not, or needs all steps for anything else.
    """

    def __init__(self, model: Any):
        others = None
        if model.ngrams is not None:
            others = "Scores of n-grams ask for the whole text"
        elif model.pooling.kind == "attention":
            others = "Attention weighs all steps together"
        self._reader, self._model = ForwardReader(model, others), model
        self._pooled = np.zeros(model.recurrence.output_size, "float32")
        self._count = 0
        super().__init__(self._classification())

    def _read(self, item: Any) -> Classification:
        model = self._model
        if not model.input.is_item(item):
            raise ConfigError(f"push wants {model.input.one}, or {model.input.one} that goes on.")
        (prepared,) = model.input.prepare([item], list(model.graph_inputs))
        if not len(prepared[str(model.timed_input)]):
            return self._known
        outputs = self._reader.read(prepared)
        before, count = self._pooled, self._count + len(outputs)
        if model.pooling.kind == "mean":
            self._pooled = (before * self._count + outputs.sum(axis=0)) / count
        elif model.pooling.kind == "last":
            self._pooled = outputs[-1]
        else:
            largest = outputs.max(axis=0)
            self._pooled = np.maximum(before, largest) if self._count else largest
        self._count = count
        return self._classification()

    def _classification(self) -> Classification:
        logits = ops.cast(self._model.output_layer(self._pooled[None]), "float32")
        return self._model.classification_of(ops.convert_to_numpy(ops.softmax(logits))[0])
