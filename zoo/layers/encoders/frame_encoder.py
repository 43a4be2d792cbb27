"""From frames, such as those of sound, to a memory with fewer of them."""

from __future__ import annotations

from collections.abc import Sequence

import keras
from keras import ops

from zoo.errors import ConfigError
from zoo.layers.build_once import build_once
from zoo.layers.reading_forward import reads_forward


@keras.saving.register_keras_serializable(package="zoo")
class FrameEncoder(keras.layers.Layer):
    """Layers over time on top of each other, before any of which frames may be joined.

    Joining `n` frames puts their features side by side: a pyramid of recurrent layers where it is
    done between them (Chan et al. 2016, arXiv:1508.01211, section 3.1), and with a `TCN` next a
    convolution with a stride of `n`. A last part of fewer than `n` frames is filled up with zeros.

    Where all levels are causal, frames may be read in pieces of a multiple of `reduction`, with the
    state carried from each to the next.

    Args:
        levels: layers with the interface of `Recurrent`, the lowest first: `Recurrent`,
            `Bidirectional` or `TCN`.
        joins: for each level how many frames are joined before it, 1 being none.
        dropout: fraction of the inputs of each level but the first, and of the memory, that is
            dropped.

    Raises:
        ConfigError: without levels, or if there are not as many joins.

    Example: six frames of two rows, the second with three; pairs of them are joined.

    >>> import keras
    >>> from zoo.cells import GRUCell
    >>> from zoo.layers import Recurrent
    >>> encoder = FrameEncoder([Recurrent(GRUCell(8))], [2])
    >>> memory, mask = encoder(keras.ops.ones((2, 6, 4)), keras.ops.array([6, 3]))
    >>> tuple(memory.shape), keras.ops.convert_to_numpy(mask)[1].tolist()
    ((2, 3, 8), [True, True, False])
    """

    def __init__(self, levels, joins: Sequence[int], dropout: float = 0.0, **kwargs):
        super().__init__(**kwargs)
        self.levels = list(levels)
        self.joins = [int(count) for count in joins]
        self.dropout = dropout
        if not self.levels or len(self.joins) != len(self.levels) or min(self.joins) < 1:
            raise ConfigError(
                "A FrameEncoder has one level or more, and for each how many frames are joined "
                f"before it, not {len(self.levels)} levels and joins of {self.joins}."
            )
        self.level_dropouts = [keras.layers.Dropout(dropout) for _ in self.levels]

    @property
    def output_size(self) -> int:
        """Width of the memory."""
        return self.levels[-1].output_size

    @property
    def reduction(self) -> int:
        """Frames that one step of the memory stands for."""
        product = 1
        for count in self.joins:
            product *= count
        return product

    @property
    def is_causal(self) -> bool:
        """Whether no step of the memory depends on frames after its own."""
        return all(
            hasattr(level, "get_initial_state") and reads_forward(level) for level in self.levels
        )

    def build(self, frames_shape, lengths_shape=None):
        width = frames_shape[-1]
        for level, count in zip(self.levels, self.joins, strict=True):
            build_once(level, (None, None, width * count))
            width = level.output_size

    def get_initial_state(self, batch_size):
        """The state before the first frame: for each level a nested list of `[batch, ...]`.

        Raises:
            ConfigError: if a level reads backwards.
        """
        if not self.is_causal:
            raise ConfigError(
                "An encoder with a level that reads backwards needs all frames at once: it has no "
                "state to go on from."
            )
        return [level.get_initial_state(batch_size) for level in self.levels]

    def call(self, frames, lengths, training=False, initial_state=None, return_state=False):
        """Encodes.

        Args:
            frames: float `[batch, time, features]`, padded with anything at the end.
            lengths: int `[batch]`, frames of each row.
            training: whether dropout is on.
            initial_state: that before the first frame, as it is returned. None: that before any.
            return_state: whether the state after the last frame is returned too.

        Returns:
            The memory `[batch, ceil(time / reduction), output_size]`, zeros at padding, and its
            mask, bool; with `return_state` the state as well.
        """
        lengths = ops.cast(lengths, "int32")
        steps, states = ops.cast(frames, self.compute_dtype), []
        mask = _before(steps, lengths)
        steps = steps * ops.cast(ops.expand_dims(mask, -1), steps.dtype)
        for number, (level, count) in enumerate(zip(self.levels, self.joins, strict=True)):
            if number:
                steps = self.level_dropouts[number - 1](steps, training=training)
            if count > 1:
                steps, lengths = join_frames(steps, count), (lengths + count - 1) // count
                mask = _before(steps, lengths)
            begin = {} if initial_state is None else {"initial_state": initial_state[number]}
            steps, state = level(steps, mask=mask, training=training, **begin)
            steps = ops.copy(steps)  # without the mask that Keras would carry on beside ours
            states.append(state)
        memory = self.level_dropouts[-1](steps, training=training)
        return (memory, mask, states) if return_state else (memory, mask)

    def compute_output_shape(self, frames_shape, lengths_shape=None):
        batch, time = frames_shape[:2]
        time = time and -(-time // self.reduction)
        return (batch, time, self.output_size), (batch, time)

    def compute_mask(self, *args, **kwargs):
        """None: the mask is returned beside the memory."""

    def get_config(self):
        return {
            **super().get_config(),
            "levels": [keras.saving.serialize_keras_object(level) for level in self.levels],
            "joins": self.joins,
            "dropout": self.dropout,
        }

    @classmethod
    def from_config(cls, config):
        config = dict(config)
        config["levels"] = [keras.saving.deserialize_keras_object(c) for c in config["levels"]]
        return cls(**config)


def join_frames(steps, count: int):
    """Puts the features of every `count` frames side by side.

    Args:
        steps: `[batch, time, features]`.
        count: how many are joined; the last ones are filled up with zeros.

    Returns:
        `[batch, ceil(time / count), count * features]`.
    """
    batch, time = ops.shape(steps)[:2]
    groups = (time + count - 1) // count
    filling = ops.zeros((batch, groups * count - time, steps.shape[-1]), steps.dtype)
    return ops.reshape(
        ops.concatenate([steps, filling], axis=1), (batch, groups, count * steps.shape[-1])
    )


def _before(steps, lengths):
    """Bool `[batch, time]`, True before `lengths`."""
    return ops.arange(ops.shape(steps)[1], dtype="int32") < ops.expand_dims(lengths, 1)
