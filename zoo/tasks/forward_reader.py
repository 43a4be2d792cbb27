"""Features of steps, and a body over them that goes on from where it stopped."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from keras import ops, tree

from zoo.backend.compiled import Compiled
from zoo.errors import ConfigError
from zoo.layers.reading_forward import first_state, go_on, reads_forward
from zoo.tasks.batching import bucket_of


class ForwardReader:
    """Outputs of a model's recurrence, step by step or some at a time.

    Args:
        model: with `features` of each step by itself, and a `recurrence` over them.
        others: why something else of the model needs the whole item. None: nothing does.

    Raises:
        ConfigError: if the model does not read forward alone; the message says why.
    """

    def __init__(self, model: Any, others: str | None = None):
        if not reads_forward(model.recurrence):
            others = "Its recurrence reads backwards, too"
        elif not getattr(model.features, "is_causal", False):
            others = "Its features of a step ask for others"
        if others is not None:
            raise ConfigError(
                f"{others}: {model.name!r} answers whole items alone, by {model.verb_name}(...)."
            )
        self._model = model
        self._state = first_state(model.recurrence, 1)
        if model.stream_step is None:
            model.stream_step = self._compiled_step()

    def read(self, arrays: Mapping[str, np.ndarray]) -> np.ndarray:
        """Outputs of further steps, float32 `[time, units]`.

        Args:
            arrays: those that the model is called on, `[time, ...]`, at least one step.
        """
        given = [arrays[name] for name in self._model.graph_inputs]
        count = len(given[0])
        room = bucket_of(count) - count if count > 1 else 0
        given = [np.pad(one, [(0, room), *[(0, 0)] * (one.ndim - 1)])[None] for one in given]
        flat = tree.flatten(self._state)
        outputs, *flat = self._model.stream_step(*given, np.array([count], "int32"), *flat)
        self._state = tree.pack_sequence_as(self._state, flat)
        return outputs[0, :count]

    def _compiled_step(self) -> Compiled:
        model, structure = self._model, self._state

        def run(*given):
            arrays, (length, *flat) = given[: len(shapes)], given[len(shapes) :]
            vectors = model.features(*arrays)
            mask = ops.arange(ops.shape(vectors)[1], dtype="int32") < ops.expand_dims(length, 1)
            state = tree.pack_sequence_as(structure, flat)
            outputs, state = go_on(model.recurrence, vectors, mask, state)
            found = (outputs, *tree.flatten(state))
            return tuple(ops.cast(one, "float32") for one in found)

        shapes: list[tuple] = [(array.shape, array.dtype) for array in model.graph_inputs.values()]
        flat = [(tuple(one.shape[1:]), "float32") for one in tree.flatten(structure)]
        return Compiled(model, run, [*shapes, ((), "int32"), *flat])
