"""A model that reads frames, which layers of its own make of what its input gives."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from zoo.errors import ConfigError
from zoo.layers.build_once import build_once
from zoo.tasks.item_model import ItemModel


class FramedModel(ItemModel):
    """Base of models over frames, such as those of sound.

    A subclass calls `read_through` when it is made, and `build_front` when it is built. What it is
    made of is in its `_parts`: the arguments that are layers and other objects of Keras, which are
    its attributes too.

    Attributes:
        front: layers from the first array over time to frames `[batch, time, features]`, the first
            first, such as those of `zoo.layers.sound`: called with `mask` and `training` where they
            take them. Empty: the array holds frames.
        steps_a_frame: steps of what is read from one frame to the next.
    """

    front: list[keras.layers.Layer]
    steps_a_frame: int
    dataset: str | None
    _parts: tuple[str, ...]

    def read_through(self, front: Sequence[keras.layers.Layer]) -> None:
        """Keeps the front; `batch_steps` and `most_steps`, in frames, become steps of the input.

        Raises:
            ConfigError: if the input has no array over time, or none of lengths.
        """
        self.front = list(front)
        if self.timed_input is None or "lengths" not in self.graph_inputs:
            raise ConfigError(
                f"A {type(self).__name__} reads an array over time and its lengths, and the input "
                f"has {', '.join(self.graph_inputs)}."
            )
        # Batches and limits are said in frames; a frame of sound is many steps of what is read.
        steps = 1
        for layer in self.front:
            steps *= getattr(layer, "hop_length", 1)
        self.steps_a_frame = steps
        self.batch_steps = type(self).batch_steps * steps
        self.most_steps = (type(self).most_steps or 0) * steps or None

    def build_front(self) -> tuple[int | None, ...]:
        """Makes the weights of the front, and gives the shape of its frames."""
        shape: tuple = (None, *self.graph_inputs[str(self.timed_input)].shape)
        for layer in self.front:
            build_once(layer, shape)
            shape = tuple(layer.compute_output_shape(shape))
        return shape

    @property
    def time_a_frame(self) -> float:
        """Time from one frame to the next.

        In seconds where a layer of the front or the input says its `seconds_a_frame`, else in steps
        of what is read.
        """
        known = [getattr(part, "seconds_a_frame", None) for part in (*self.front, self.input)]
        seconds = [one for one in known if one is not None]
        return seconds[0] if seconds else self.steps_a_frame

    @property
    def shortest(self) -> int:
        """Steps of what is read that are enough for a frame."""
        return max([1, *(getattr(layer, "window_length", 1) for layer in self.front)])

    def frame_count(self, steps: Any) -> Any:
        """How many frames so many steps of what is read have: an int of an int, or int tensors."""
        for layer in self.front:
            count = getattr(layer, "frames_of", None)
            steps = steps if count is None else count(steps)
        return steps

    def frames(self, inputs, training=False) -> tuple[Any, Any]:
        """Frames `[batch, time, features]` and how many each item has, int `[batch]`.

        Args:
            inputs: the model's arrays.
            training: whether layers of the front that change frames in training do.
        """
        values, mask = inputs[self.timed_input], self.input.mask(inputs)
        if not self.front:
            return values, inputs["lengths"]
        for layer in self.front:
            known = inspect.signature(layer.call).parameters
            how = {"mask": mask, "training": training}
            after = layer.compute_mask(values, mask)
            values = layer(values, **{name: how[name] for name in how if name in known})
            mask = after
        return values, ops.sum(ops.cast(mask, "int32"), axis=1)

    def get_config(self):
        return {
            "name": self.name,
            "task": self.task,
            **{one: keras.saving.serialize_keras_object(getattr(self, one)) for one in self._parts},
            "front": [keras.saving.serialize_keras_object(layer) for layer in self.front],
            "dataset": self.dataset,
        }

    @classmethod
    def from_config(cls, config, custom_objects=None):
        config = dict(config)
        for part in cls._parts:
            config[part] = keras.saving.deserialize_keras_object(config[part])
        config["front"] = [keras.saving.deserialize_keras_object(c) for c in config["front"]]
        return cls(**config)
