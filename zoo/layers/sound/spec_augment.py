"""Spectra with bands of time and frequency hidden, in training."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from zoo.errors import ConfigError


@keras.saving.register_keras_serializable(package="zoo")
class SpecAugment(keras.layers.Layer):
    """Hides bands of frequencies and spans of time in training (Park et al. 2019, section 2).

    For each mask of each recording a width is drawn from 0 to the most, then where it begins, each
    as probable as the other; what it hides is 0, so give it features whose mean is 0. Without time
    warping, which the paper found to matter least.

    Args:
        frequency_masks: bands to hide.
        frequency_width: the most features of a band, F in the paper.
        time_masks: spans to hide.
        time_width: the most frames of a span, T in the paper.
        time_share: the most of a recording's frames that a span hides, p in the paper, 0 to 1.
        seed: of what is drawn. None: any.

    Inputs float `[batch, frames, features]`, and `mask`, bool `[batch, frames]`, padding at the
    right. Outputs the same shape; the input itself outside of training.

    Raises:
        ConfigError: if a number is below 0, or `time_share` above 1.

    Paper: Park et al. 2019, arXiv:1904.08779.

    Example:

    >>> import keras
    >>> frames = keras.ops.ones((2, 50, 20))
    >>> tuple(SpecAugment(seed=1)(frames, training=True).shape)
    (2, 50, 20)
    """

    def __init__(
        self,
        frequency_masks: int = 2,
        frequency_width: int = 27,
        time_masks: int = 2,
        time_width: int = 100,
        time_share: float = 1.0,
        seed: int | None = None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.frequency_masks, self.frequency_width = int(frequency_masks), int(frequency_width)
        self.time_masks, self.time_width = int(time_masks), int(time_width)
        self.time_share = float(time_share)
        counts = (frequency_masks, frequency_width, time_masks, time_width)
        if min(counts) < 0 or not 0 <= self.time_share <= 1:
            raise ConfigError(
                "SpecAugment has masks and widths of at least 0 and a time_share from 0 to 1, not "
                f"{', '.join(map(str, counts))} and {time_share}."
            )
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)
        self.supports_masking = True
        self.built = True

    def call(self, frames, mask=None, training=False):
        if not training:
            return frames
        batch, time, features = ops.shape(frames)
        if mask is None:
            lengths = ops.full((batch, 1), time, dtype="float32")
        else:
            lengths = ops.sum(ops.cast(mask, "float32"), axis=1, keepdims=True)
        sizes = ops.full((batch, 1), features, dtype="float32")
        most = ops.minimum(ops.floor(self.time_share * lengths), self.time_width)
        spans = self._hidden(lengths, most, time, self.time_masks)
        bands = self._hidden(
            sizes, ops.minimum(sizes, self.frequency_width), features, self.frequency_masks
        )
        is_hidden = ops.expand_dims(spans, 2) | ops.expand_dims(bands, 1)
        return ops.where(is_hidden, ops.zeros_like(frames), frames)

    def _hidden(self, sizes: Any, most: Any, steps: Any, masks: int) -> Any:
        """Whether steps are hidden by any of some masks.

        Args:
            sizes: float `[batch, 1]`, how many steps are real.
            most: float `[batch, 1]`, the most steps of a mask.
            steps: the number of all steps.
            masks: how many are drawn.

        Returns:
            Bool `[batch, steps]`.
        """
        shape = (ops.shape(sizes)[0], masks)
        drawn = keras.random.uniform(shape, dtype="float32", seed=self.seed_generator)
        widths = ops.minimum(ops.floor(drawn * (most + 1)), most)
        drawn = keras.random.uniform(shape, dtype="float32", seed=self.seed_generator)
        begins = ops.floor(drawn * (sizes - widths + 1))
        places = ops.reshape(ops.arange(steps, dtype="float32"), (1, 1, -1))
        begins, widths = ops.expand_dims(begins, 2), ops.expand_dims(widths, 2)
        return ops.any((places >= begins) & (places < begins + widths), axis=1)

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return {
            **super().get_config(),
            "frequency_masks": self.frequency_masks,
            "frequency_width": self.frequency_width,
            "time_masks": self.time_masks,
            "time_width": self.time_width,
            "time_share": self.time_share,
            "seed": self.seed,
        }
