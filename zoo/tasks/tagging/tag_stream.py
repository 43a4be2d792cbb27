"""Labelling the words of a text while it comes."""

from __future__ import annotations

from typing import Any

from keras import ops

from zoo.errors import ConfigError
from zoo.tasks.forward_reader import ForwardReader
from zoo.tasks.item_stream import ItemStream
from zoo.tasks.tagging.results import TaggedSequence, TaggedToken


class TagStream(ItemStream[TaggedSequence]):
    """A text that goes on as words come in; `SequenceTagger.stream` gives one.

    It is pushed strings, which are cut into words and end where one ends, or lists of tokens, taken
    as they are. What is known are all words so far and their labels, without their places.

    Args:
        model: a `SequenceTagger` that reads forward alone, and chooses each label by itself.

    Raises:
        ConfigError: if it does not.
    """

    def __init__(self, model: Any):
        super().__init__(TaggedSequence())
        together = None if model.crf is None else "A CRF chooses the labels of all steps together"
        self._reader, self._model = ForwardReader(model, together), model

    def _read(self, item: Any) -> TaggedSequence:
        is_cut = isinstance(item, (list, tuple)) and all(isinstance(one, str) for one in item)
        if not is_cut and not self._model.input.is_item(item):
            raise ConfigError(f"push wants {self._model.input.one}, or a list of its tokens.")
        (prepared,), (steps,) = self._model.input.steps_of([item])
        if not steps:
            return self._known
        logits = self._model.output_layer(self._reader.read(prepared))
        labels = [self._model.labels[int(number)] for number in ops.argmax(logits, axis=-1)]
        more = (TaggedToken(token, label) for (token, *_), label in zip(steps, labels, strict=True))
        return TaggedSequence([*self._known, *more])
