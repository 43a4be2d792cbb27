"""From clips to one vector a frame, by a network for images that was trained elsewhere."""

from __future__ import annotations

import keras
from keras import ops

from zoo.errors import ConfigError
from zoo.layers.build_once import build_once
from zoo.layers.frames_of_clips import as_frames, as_steps

STREAMS = ("frames", "changes", "flow")
POOLINGS = {"mean": ops.mean, "max": ops.max}
SIDES = (("high", "rows"), ("wide", "columns"))
_GAIN = 2.0  # of what has changed, around the middle of the scale


@keras.saving.register_keras_serializable(package="zoo")
class ClipEncoder(keras.layers.Layer):
    """A network for images sees each frame, what has changed, or how everything moves.

    The network's grid is pooled in parts, a few rows of a few columns, so that who stands left and
    who right is kept, side by side. What has changed is an image too, the difference from a
    frame a little before on the scale of pixels (Wang et al. 2016, arXiv:1608.00859, section 4.2),
    and so is optical flow, as `zoo.inputs.FlowClips` draws it: a network that was trained on
    photographs has a use for them as well. The network is not trained on. Weights beside it, which
    training does not change either, bring its vectors to one scale: they are less `mean` and over
    `deviation`, or, where a `size` is given, less `mean` and times `projection`.

    Args:
        backbone: a layer from images to a grid, with `output_size`, such as
            `zoo.layers.EfficientNetLite`.
        streams: which images it sees, of "frames", "changes" and "flow"; their vectors are put side
            by side.
        columns: parts of the width that are kept apart, by which the grid's can be divided.
        gap: frames before each from which changes are counted.
        rows: parts of the height that are kept apart, by which the grid's can be divided.
        pooling: of what a part has, "mean" or "max".
        size: width of a frame's vector after the projection. None: vectors are only scaled.

    Inputs: `source`, uint8 `[batch, time, height, width, 3]`; where one stream is "flow", `flow` of
    the same shape; `lengths`, int `[batch]`. Output `[batch, time, size]`, or in place of a size
    `streams * rows * columns * backbone.output_size`.

    Raises:
        ConfigError: without a stream, for another one or another pooling, or for a number below 1.
    """

    is_causal = True

    def __init__(
        self,
        backbone,
        streams=("frames",),
        columns: int = 4,
        gap: int = 2,
        rows: int = 1,
        pooling: str = "mean",
        size: int | None = None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.backbone = backbone
        self.streams = list(streams)
        self.columns, self.gap, self.rows = int(columns), int(gap), int(rows)
        self.pooling, self.size = pooling, size
        unknown = [one for one in self.streams if one not in STREAMS]
        numbers = (self.gap, self.columns, self.rows, 1 if size is None else size)
        if unknown or not self.streams or min(numbers) < 1:
            raise ConfigError(
                f"A ClipEncoder has one of the streams {', '.join(STREAMS)} or more, and a gap, "
                "columns, rows and a size above 0, not "
                f"{self.streams}, {gap}, {columns}, {rows} and {size}."
            )
        if pooling not in POOLINGS:
            raise ConfigError(f"A grid is pooled by mean or max, not by {pooling!r}.")

    @property
    def reads(self) -> tuple[str, ...]:
        """The arrays that it is called on."""
        return ("source", "flow", "lengths") if "flow" in self.streams else ("source", "lengths")

    @property
    def past(self) -> int:
        """Frames before each that its vector depends on."""
        return self.gap if "changes" in self.streams else 0

    @property
    def seen_size(self) -> int:
        """Width of what the network says of a frame."""
        return len(self.streams) * self.rows * self.columns * self.backbone.output_size

    @property
    def output_size(self) -> int:
        """Width of a frame's vector."""
        return self.size or self.seen_size

    def build(self, source_shape, *others):
        build_once(self.backbone, (None, *source_shape[-3:]))
        self.backbone.trainable = False
        seen = self.seen_size
        self.mean = self._fixed("mean", (seen,), "zeros")
        if self.size is None:
            self.deviation = self._fixed("deviation", (seen,), "ones")
        else:
            self.projection = self._fixed("projection", (seen, self.size), "glorot_uniform")
        grid = self.backbone.compute_output_shape((None, *source_shape[-3:]))[1:3]
        for whole, parts, name in zip(grid, (self.rows, self.columns), SIDES, strict=True):
            if whole is not None and whole % parts:
                raise ConfigError(f"A grid {whole} {name[0]} cannot be cut into {parts} {name[1]}.")

    def _fixed(self, name, shape, initializer):
        return self.add_weight(name=name, shape=shape, initializer=initializer, trainable=False)

    def call(self, source, *others, training=False):
        return self.scaled(self.seen(source, *others))

    def seen(self, source, *others):
        """What the network says of frames, `[batch, time, seen_size]`; inputs as of a call."""
        time = ops.shape(source)[1]
        images = {"frames": source, "flow": others[0]}
        if "changes" in self.streams:
            images["changes"] = self._changes(source)
        vectors = [self._parts(as_frames(images[stream])) for stream in self.streams]
        return as_steps(ops.concatenate(vectors, axis=-1), time)

    def scaled(self, vectors):
        """From vectors `[..., seen_size]` to `[..., output_size]`, on one scale or projected."""
        less = vectors - ops.cast(self.mean, vectors.dtype)
        if self.size is None:
            return less / ops.cast(self.deviation, vectors.dtype)
        return less @ ops.cast(self.projection, vectors.dtype)

    def _changes(self, source):
        """Differences `[batch, time, height, width, 3]` as images: 127 where nothing has changed.

        Until there are frames so long before, they are differences from the first.
        """
        pixels = ops.cast(source, self.compute_dtype)
        first = ops.repeat(pixels[:, :1], self.gap, axis=1)
        before = ops.concatenate([first, pixels], axis=1)[:, : ops.shape(pixels)[1]]
        return ops.clip(127 + _GAIN * (pixels - before), 0, 255)

    def _parts(self, images):
        """Images `[count, height, width, 3]` to `[count, rows * columns * channels]`."""
        grid = self.backbone(images, training=False)
        count, (height, width, channels) = ops.shape(grid)[0], grid.shape[1:]
        cut = (self.rows, height // self.rows, self.columns, width // self.columns)
        grid = POOLINGS[self.pooling](ops.reshape(grid, (count, *cut, channels)), axis=(2, 4))
        return ops.reshape(grid, (count, self.rows * self.columns * channels))

    def compute_output_shape(self, source_shape, *others):
        return (*source_shape[:2], self.output_size)

    def get_config(self):
        return {
            **super().get_config(),
            "backbone": keras.saving.serialize_keras_object(self.backbone),
            "streams": self.streams,
            "columns": self.columns,
            "gap": self.gap,
            "rows": self.rows,
            "pooling": self.pooling,
            "size": self.size,
        }

    @classmethod
    def from_config(cls, config):
        backbone = keras.saving.deserialize_keras_object(config["backbone"])
        return cls(**{**config, "backbone": backbone})
