"""From clips to one vector a frame, by a network for images that was trained elsewhere."""

from __future__ import annotations

import keras
from keras import ops

from zoo.errors import ConfigError
from zoo.layers.build_once import build_once
from zoo.layers.frames_of_clips import as_frames, as_steps

STREAMS = ("frames", "changes", "flow")
_GAIN = 2.0  # of what has changed, around the middle of the scale


@keras.saving.register_keras_serializable(package="zoo")
class ClipEncoder(keras.layers.Layer):
    """A network for images sees each frame, what has changed, or how everything moves.

    The network's grid is averaged over its height and over a few columns, so that who stands left
    and who right is kept, side by side. What has changed is an image too, the difference from a
    frame a little before on the scale of pixels (Wang et al. 2016, arXiv:1608.00859, section 4.2),
    and so is optical flow, as `zoo.inputs.FlowClips` draws it: a network that was trained on
    photographs has a use for them as well. The network is not trained on; `mean` and `deviation`,
    weights too, bring its vectors to one scale.

    Args:
        backbone: a layer from images to a grid, with `output_size`, such as
            `zoo.layers.EfficientNetLite`.
        streams: which images it sees, of "frames", "changes" and "flow"; their vectors are put side
            by side.
        columns: parts of the width that are kept apart, by which the grid's can be divided.
        gap: frames before each from which changes are counted.

    Inputs: `source`, uint8 `[batch, time, height, width, 3]`; where one stream is "flow", `flow` of
    the same shape; `lengths`, int `[batch]`. Output `[batch, time, streams * columns *
    backbone.output_size]`.

    Raises:
        ConfigError: without a stream, for another one, or for no columns.
    """

    is_causal = True

    def __init__(
        self,
        backbone,
        streams=("frames",),
        columns: int = 4,
        gap: int = 2,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.backbone = backbone
        self.streams = list(streams)
        self.columns, self.gap = int(columns), int(gap)
        unknown = [one for one in self.streams if one not in STREAMS]
        if unknown or not self.streams or self.columns < 1 or self.gap < 1:
            raise ConfigError(
                f"A ClipEncoder has one of the streams {', '.join(STREAMS)} or more, and a gap and "
                f"columns above 0, not {self.streams}, {gap} and {columns}."
            )

    @property
    def reads(self) -> tuple[str, ...]:
        """The arrays that it is called on."""
        return ("source", "flow", "lengths") if "flow" in self.streams else ("source", "lengths")

    @property
    def past(self) -> int:
        """Frames before each that its vector depends on."""
        return self.gap if "changes" in self.streams else 0

    @property
    def output_size(self) -> int:
        """Width of a frame's vector."""
        return len(self.streams) * self.columns * self.backbone.output_size

    def build(self, source_shape, *others):
        build_once(self.backbone, (None, *source_shape[-3:]))
        self.backbone.trainable = False
        how = {"shape": (self.output_size,), "trainable": False}
        self.mean = self.add_weight(name="mean", initializer="zeros", **how)
        self.deviation = self.add_weight(name="deviation", initializer="ones", **how)
        width = self.backbone.compute_output_shape((None, *source_shape[-3:]))[2]
        if width is not None and width % self.columns:
            raise ConfigError(f"A grid {width} wide cannot be cut into {self.columns} columns.")

    def call(self, source, *others, training=False):
        time = ops.shape(source)[1]
        images = {"frames": source, "flow": others[0]}
        if "changes" in self.streams:
            images["changes"] = self._changes(source)
        vectors = [self._columns(as_frames(images[stream])) for stream in self.streams]
        return as_steps(self.scaled(ops.concatenate(vectors, axis=-1)), time)

    def scaled(self, vectors):
        """Vectors `[..., output_size]` less `mean`, over `deviation`: weights, 0 and 1 at first."""
        mean, deviation = (ops.cast(one, vectors.dtype) for one in (self.mean, self.deviation))
        return (vectors - mean) / deviation

    def _changes(self, source):
        """Differences `[batch, time, height, width, 3]` as images: 127 where nothing has changed.

        Until there are frames so long before, they are differences from the first.
        """
        pixels = ops.cast(source, self.compute_dtype)
        first = ops.repeat(pixels[:, :1], self.gap, axis=1)
        before = ops.concatenate([first, pixels], axis=1)[:, : ops.shape(pixels)[1]]
        return ops.clip(127 + _GAIN * (pixels - before), 0, 255)

    def _columns(self, images):
        grid = self.backbone(images, training=False)
        count, rows, width = ops.shape(grid)[0], grid.shape[1], grid.shape[2]
        grid = ops.reshape(grid, (count, rows, self.columns, width // self.columns, grid.shape[3]))
        return ops.reshape(ops.mean(grid, axis=(1, 3)), (count, self.columns * grid.shape[4]))

    def compute_output_shape(self, source_shape, *others):
        return (*source_shape[:2], self.output_size)

    def get_config(self):
        return {
            **super().get_config(),
            "backbone": keras.saving.serialize_keras_object(self.backbone),
            "streams": self.streams,
            "columns": self.columns,
            "gap": self.gap,
        }

    @classmethod
    def from_config(cls, config):
        backbone = keras.saving.deserialize_keras_object(config["backbone"])
        return cls(**{**config, "backbone": backbone})
