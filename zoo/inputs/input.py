"""What a model reads, said once: the arrays of an item, how they are made, and what is padding.

Pipelines, compiled functions, graphs, exports, contracts and commands ask the model's `Input`. A
new modality is a new subclass.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import keras
import numpy as np
from keras import ops

from zoo.errors import ConfigError

if TYPE_CHECKING:
    import tensorflow as tf


@dataclasses.dataclass(frozen=True)
class Array:
    """One array of an item.

    Attributes:
        shape: without the batch; None is time, of which items have different numbers of steps.
        dtype: such as "int32", "uint8" or "float32".
        is_ids: whether it holds ids, of which 0 pads.
    """

    shape: tuple[int | None, ...]
    dtype: str = "int32"
    is_ids: bool = False


@dataclasses.dataclass(frozen=True)
class Raw:
    """One tensor of an item as other programs send it.

    Attributes:
        dtype: such as "string" or "float32".
        shape: without the batch.
    """

    dtype: str
    shape: tuple[int | None, ...] = ()


class Input(keras.layers.Layer):
    """Base of what models read: a layer without trainable weights, kept in the model's file.

    A subclass gives `arrays`, `is_item`, `prepare` and, to be exported, `raw` and `in_graph`.

    Attributes:
        kind: the modality: "text", "image", "frames", "audio", "series".
        one, many: what messages call an item, and several: "a string", "strings".
        advice: the end of the sentence that refuses what is no item.
        raw: what other programs send, by name.
        samples: items to try an export with, one of them with nothing in it.
        blank_steps: steps that an item has which holds nothing, such as an end of sequence.
        weight: steps that one step is counted as where batches are cut by steps: an image is work
            for many.
    """

    kind: str = ""
    one: str = "an item"
    many: str = "items"
    advice: str = "see what the model reads"
    raw: Mapping[str, Raw] = {}
    samples: tuple[Any, ...] = ()
    blank_steps: int = 0
    weight: int = 1

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.built = True

    @property
    def arrays(self) -> dict[str, Array]:
        """The arrays of an item, by the names that the model takes them by."""
        raise NotImplementedError

    def ids_below(self, name: str) -> int:
        """The number of ids that an array of ids may hold."""
        raise NotImplementedError

    def is_item(self, value: Any) -> bool:
        """Whether a value is one item, whole and readable or not."""
        raise NotImplementedError

    def prepare(
        self, items: Sequence[Any], names: Sequence[str] | None = None
    ) -> list[dict[str, np.ndarray]]:
        """Turns items into arrays, in Python.

        Args:
            items: a list of items.
            names: of the arrays that are wanted. None: all.

        Returns:
            For each its arrays, of the shapes and dtypes of `arrays`.

        Raises:
            ConfigError: if an item cannot be read; the message names it.
        """
        raise NotImplementedError

    def steps_of(self, items: Sequence[Any]) -> tuple[list[dict[str, np.ndarray]], list[list]]:
        """Turns items into arrays, and tells their steps.

        Args:
            items: as for `prepare`.

        Returns:
            What `prepare` gives; and for each item its steps, `(what it is, where it begins, where
            it ends)`: by their numbers, unless a subclass knows better.
        """
        prepared = self.prepare(items)
        timed = next(name for name, array in self.arrays.items() if array.shape[:1] == (None,))
        return prepared, [
            [(str(step), step, step + 1) for step in range(len(item[timed]))] for item in prepared
        ]

    def names_of(self, prepared: Mapping[str, np.ndarray]) -> list[str]:
        """What the steps of a prepared item are called, to label the axis of an alignment.

        Empty where they have no names.
        """
        return []

    def in_graph(self, raw: Mapping[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        """Turns a batch of raw tensors into padded arrays, in a TensorFlow graph.

        Args:
            raw: tensors `[batch, ...]` as `raw` says.

        Returns:
            Tensors `[batch, ...]` by the names of `arrays`, time filled up with 0.
        """
        raise ConfigError(
            f"A {type(self).__name__} cannot be exported: it has no in_graph(raw), which reads "
            "within the graph."
        )

    def raw_of(self, items: Sequence[Any]) -> dict[str, list]:
        """The raw values of items, by the names of `raw`, to try an export with."""
        (name,) = self.raw
        return {name: list(items)}

    def meaning(self) -> dict[str, Any]:
        """Plain data for programs that make arrays themselves: what the values stand for."""
        return {}

    @property
    def resources(self) -> list:
        """What a SavedModel must track, such as tables."""
        return []

    @classmethod
    def read(cls, argument: str) -> Any:
        """The item that an argument of a command line means."""
        raise NotImplementedError

    def check(self, verb: str, items: Any) -> None:
        """Requires a list of items.

        Raises:
            ConfigError: if it is something else; the message begins with the verb.
        """
        is_list = isinstance(items, Sequence) and not isinstance(items, (str, bytes, bytearray))
        if not is_list or not all(map(self.is_item, items)):
            raise ConfigError(
                f"{verb} wants {self.one} or a list of {self.many}, not {_kind_of(items, self)}: "
                f"{self.advice}."
            )

    def mask(self, arrays: Mapping[str, Any]) -> Any:
        """Which steps are real.

        Args:
            arrays: tensors `[batch, ...]` by their names.

        Returns:
            Bool `[batch, time]`: ids that are not 0, or steps before `lengths`. None: items have
            no time.
        """
        for name, array in self.arrays.items():
            if None not in array.shape:
                continue
            if array.is_ids:
                return ops.not_equal(arrays[name], 0)
            time = ops.shape(arrays[name])[1]
            lengths = ops.cast(ops.expand_dims(arrays["lengths"], 1), "int32")
            return ops.arange(time, dtype="int32") < lengths
        return None

    def random(self, rng: np.random.Generator, rows: int, time: int) -> dict[str, np.ndarray]:
        """Arrays of random items, for contracts and for graphs to be compared on.

        Args:
            rng: draws them.
            rows: items.
            time: steps of the longest; the others have fewer, padded with 0.

        Returns:
            Arrays `[rows, ...]` by their names; `lengths`, where there are some, are those of the
            items.
        """
        lengths = rng.integers(1, time + 1, rows)
        lengths[0] = time
        found = {}
        for name, array in self.arrays.items():
            shape = (rows, *(time if size is None else size for size in array.shape))
            if name == "lengths":
                found[name] = lengths.astype(array.dtype)
                continue
            values: np.ndarray
            if array.is_ids:
                values = rng.integers(1, self.ids_below(name), shape)
            elif array.dtype == "uint8":
                values = rng.integers(0, 256, shape)
            else:
                values = rng.normal(size=shape)
            if array.shape[:1] == (None,):
                real = np.arange(time) < lengths[:, None]
                values = np.where(real.reshape(*real.shape, *[1] * (len(shape) - 2)), values, 0)
            found[name] = values.astype(array.dtype)
        return found


def _kind_of(items: Any, input: Input) -> str:
    if isinstance(items, Sequence) and not isinstance(items, (str, bytes, bytearray)):
        odd = next(item for item in items if not input.is_item(item))
        return f"a {type(items).__name__} with a {type(odd).__name__} in it"
    return f"a {type(items).__name__}"
