"""A model whose verbs take one item or a list of them: what all topologies have in common.

Items are what the model's `Input` reads; this module does not know what that is.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from zoo.backend.compiled import Compiled
from zoo.errors import ConfigError
from zoo.inputs.ids_alone import IdsAlone
from zoo.inputs.input import Array, Input
from zoo.tasks.batching import item_batches
from zoo.tasks.item_stream import ItemStream
from zoo.tasks.keras_model import KerasModel


class ItemModel(KerasModel):
    """Base of the topologies' models.

    Attributes:
        export_signatures: `"package.module:Class"`, a subclass of
            `zoo.export.signatures.Signatures`, which says what the exported model answers.
        verb_name: the method that takes items and answers them.
        batch_steps: steps that are computed together, padding included.
        most_steps: steps of the longest item that is read, as memory grows with it; a longer one is
            refused. None: any are read. `model.most_steps = 50_000` sets it.
        is_graph: whether one call from arrays to logits is all that there is to the model.
        bare_shapes: the arrays that a model without an `Input` is called on, name -> shape.
        tokenizer: the model's `Input`, None where it is called on ids alone. Files of the first
            models have it under this name.
        features: the layer that is called on the arrays, where it may name in `reads` those of them
            that it reads. Otherwise the model is called on all.
    """

    export_signatures: str
    verb_name: str
    batch_steps: int = 2048
    most_steps: int | None = 16_384
    is_graph: bool = True
    bare_shapes: Mapping[str, tuple[int | None, ...]] = {}
    tokenizer: Any = None
    features: Any = None

    @property
    def input(self) -> Input:
        """What the model reads; in place of Keras's symbolic tensor, which it does not have."""
        return (
            IdsAlone(self.bare_shapes, name=self.name) if self.tokenizer is None else self.tokenizer
        )

    @property
    def graph_inputs(self) -> dict[str, Array]:
        """The arrays that the model is called on, by name, without the batch."""
        arrays = self.input.arrays
        return {name: arrays[name] for name in getattr(self.features, "reads", arrays)}

    @property
    def graph_shapes(self) -> list[tuple[int | None, ...]]:
        """The shapes of these arrays."""
        return [array.shape for array in self.graph_inputs.values()]

    def listed(self, verb: str, items: Any) -> tuple[list[Any], bool]:
        """The items that a verb was given, as a list, and whether it was one alone.

        Raises:
            ConfigError: if they are no items; the message begins with the verb.
        """
        is_one = self.input.is_item(items)
        found = [items] if is_one else items
        self.input.check(verb, found)
        return list(found), is_one

    def batches(
        self, prepared: Sequence[Mapping[str, np.ndarray]]
    ) -> Iterator[tuple[list[int], dict[str, np.ndarray]]]:
        """Cuts prepared items into padded batches of like length.

        Args:
            prepared: the arrays of each item, as `Input.prepare` gives them.

        Yields:
            The places of the batch's items, and their arrays, `[batch, ...]`.

        Raises:
            ConfigError: if an item has more than `most_steps`.
        """
        self.require_steps(prepared)
        return item_batches(
            prepared, self.graph_inputs, self.batch_steps // max(self.input.weight, 1)
        )

    @property
    def timed_input(self) -> str | None:
        """The array whose first axis is an item's steps; None where items have none."""
        arrays = self.graph_inputs.items()
        return next((name for name, array in arrays if array.shape[:1] == (None,)), None)

    def require_steps(self, prepared: Sequence[Mapping[str, np.ndarray]]) -> None:
        """Requires prepared items of at most `most_steps` each.

        Raises:
            ConfigError: if one has more; the message says how many.
        """
        timed = self.timed_input
        if timed is not None:
            for number, item in enumerate(prepared, 1):
                self.require_length(len(item[timed]), f"item {number} of {len(prepared)}")

    def require_length(self, steps: int, what: str) -> None:
        """Requires at most `most_steps` of something; see `require_steps`."""
        if self.most_steps is not None and steps > self.most_steps:
            raise ConfigError(
                f"The model {self.name!r} reads at most {self.most_steps:,} steps of an item, and "
                f"{what} has {steps:,}: cut it into parts, or set model.most_steps higher."
            )

    def stream(self) -> ItemStream:
        """Begins an item that comes step by step: `.push(step)` gives what is known so far.

        Raises:
            ConfigError: if the model needs later steps to say anything of those before.
        """
        raise ConfigError(
            f"The model {self.name!r} answers whole items alone, by {self.verb_name}(...)."
        )

    def compiled_over_arrays(self, function: Callable[..., Any]) -> Compiled:
        """A function of the model's arrays, in the order of `graph_inputs`, compiled."""
        return Compiled(self, function, self._input_specs())

    def _input_specs(self) -> list[tuple]:
        """Shapes and dtypes of the arrays, as `Compiled` takes them."""
        return [(array.shape, array.dtype) for array in self.graph_inputs.values()]

    def export_saved_model(self, folder: str | os.PathLike, **settings: Any) -> Path:
        """Writes a SavedModel that takes what other programs send, and answers as the verb does.

        Args:
            folder: where the versions of the model are; made if it is not there.
            **settings: `quantize="int8"`, and what the topology's signatures may be told, such as
                `beam_size`, `max_length`, `alpha` and `length_penalty`. See
                `zoo.export.saved_model.export_saved_model`, also for what is raised.

        Returns:
            The folder of the new version, such as `folder/1`.
        """
        from zoo.export.saved_model import export_saved_model

        return export_saved_model(self, folder, **settings)


def with_input(config: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """A model's config whose input is said as `input`, where older files say it by another name.

    Args:
        config: of a model.
        names: what its input was called.
    """
    config = dict(config)
    for name in names:
        if name in config:
            config["input"] = config.pop(name)
    return config
