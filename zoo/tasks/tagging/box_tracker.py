"""Many-to-many, aligned: a box for every frame, of what noisy boxes with gaps say."""

from __future__ import annotations

import math
from typing import Any

import keras
import numpy as np
from keras import ops

from zoo.backend.compiled import Compiled
from zoo.checked import checked
from zoo.errors import ConfigError
from zoo.inputs.boxes import Boxes, cornered
from zoo.layers.build_once import build_once
from zoo.layers.heads.gaussian import GaussianHead
from zoo.layers.kalman_bank import Estimates, KalmanBank
from zoo.tasks.item_model import ItemModel
from zoo.tasks.tagging.box_results import TrackedBoxes
from zoo.tasks.tagging.box_stream import BoxStream

_VALUES = 4  # the middle, and the logarithms of width and height
_BEGIN = 3.0  # by which the logit of the first filter is higher before any training
_UNIT = 0.1  # sizes of a box, of what the head says beside the filters


@keras.saving.register_keras_serializable(package="zoo")
class BoxTracker(ItemModel):
    """A bank of Kalman filters, and an encoder that weighs them and corrects what they say.

    Filters of several restlessnesses go over the boxes. The encoder reads by how much each was
    surprised and how they differ, in sizes of the box, so that neither the place nor the size of a
    box changes what it makes of it. A softmax over the filters, one for each value, weighs their
    levels, as the probabilities of models do in multiple-model estimation (Magill 1965), except
    that they are learnt; a normal distribution around that is added (compare KalmanNet, Revach et
    al. 2022, arXiv:2107.10043). With an encoder that reads in both directions, levels are those of
    smoothers (Rauch, Tung and Striebel 1965).

    Called on `{"boxes": [batch, time, 5], "lengths": int [batch]}`, as `zoo.inputs.Boxes` gives
    them, it gives float `[batch, time, 4, 2]`: the mean and the logarithm of the deviation of the
    middle, in the unit of the boxes, and of the logarithms of width and height. `compile`, `fit`,
    `evaluate` and `save` are those of Keras, and the loss that of `zoo.layers.GaussianHead`.

    Args:
        bank: a `zoo.layers.KalmanBank`.
        encoder: a `zoo.layers.FrameEncoder` that joins no frames. If it is causal, the model can be
            fed box by box (`stream`).
        first: the number of the filter that others are compared with, and that has most of the
            weight before any training.
        input: a `zoo.inputs.Boxes`. None: one.
        dataset: the data set the model was trained on, which its file remembers.
        task: the registered task that the model is for, which its file remembers.

    Raises:
        ConfigError: if the encoder joins frames.
    """

    export_signatures = "zoo.tasks.tagging.box_signatures:BoxTrackerSignatures"
    verb_name = "track"
    batch_steps = 8192
    is_graph = False

    def __init__(
        self,
        bank: KalmanBank,
        encoder,
        first: int = 0,
        input: Boxes | None = None,
        dataset: str | None = None,
        task: str | None = None,
        **kwargs,
    ):
        # Pixels stay in float32: bfloat16 has 8 bits.
        super().__init__(autocast=False, **kwargs)
        if encoder.reduction != 1:
            raise ConfigError("A BoxTracker says a box for every frame: let its encoder join none.")
        self.bank = bank
        self.first = min(first, bank.filters - 1)
        self.encoder = encoder
        self.tokenizer = Boxes() if input is None else input
        self.dataset = dataset
        self.task = task
        self.weighing = keras.layers.Dense(
            _VALUES * bank.filters, kernel_initializer="zeros", name="weighing"
        )
        self.head = GaussianHead(_VALUES)
        self._compiled: Compiled | None = None
        self.stream_step: Any = None  # compiled by the first stream
        self.build()

    @property
    def is_causal(self) -> bool:
        """Whether no box depends on frames after its own."""
        return self.encoder.is_causal

    def build(self, input_shape=None):
        """Makes all weights, so that a file never meets a model without them."""
        if self.built:
            return
        size = _VALUES * (4 if self.is_causal else 6) * self.bank.filters + self.bank.filters + 3
        build_once(self.encoder, (None, None, size))
        for layer in (self.weighing, self.head):
            build_once(layer, (None, None, self.encoder.output_size))
        self.built = True

    def call(self, inputs, training=False):
        boxes, lengths = inputs["boxes"], inputs["lengths"]
        boxes = ops.cast(boxes, "float32")
        real = ops.arange(ops.shape(boxes)[1], dtype="int32")
        real = real < ops.expand_dims(ops.cast(lengths, "int32"), 1)
        seen = boxes[..., _VALUES] * ops.cast(real, "float32")
        found, _ = self.bank(boxes[..., :_VALUES], seen)
        levels = found.level if self.is_causal else self.bank.smooth(found)
        features, unit = self.features(boxes, seen, found, levels)
        memory, _ = self.encoder(features, lengths, training=training)
        return self.said(memory, levels, unit)

    def features(self, boxes, seen, found: Estimates, levels) -> tuple[Any, Any]:
        """What the encoder reads, and what it measures in.

        Args:
            boxes: float32 `[batch, time, 5]`.
            seen: float32 `[batch, time]`, 1 where there is a box.
            found: what the bank knows.
            levels: its levels, or its smoothers': `[batch, time, 4, filters]`.

        Returns:
            Features `[batch, time, size]`; and the size of the box as the filters see it, and 1 for
            the logarithms, `[batch, time, 4, 1]`.
        """
        base = levels[..., self.first : self.first + 1]
        # What a file of nonsense holds must not be beyond numbers.
        size = ops.exp(ops.clip(base[:, :, 2:], -20.0, 20.0))
        unit = ops.concatenate([size, ops.ones_like(size)], axis=2)
        is_seen = seen[:, :, None, None]
        surprise = found.surprise / unit
        parts = [
            10 * surprise,
            is_seen * (ops.log(ops.abs(surprise) + 3e-3) + 3),
            30 * found.velocity / unit,
            10 * (found.level - base) / unit,
        ]
        if not self.is_causal:
            parts.append(10 * (levels - base) / unit)
            parts.append(10 * is_seen * (boxes[..., :_VALUES, None] - levels) / unit)
        parts = [ops.clip(part, -10.0, 10.0) for part in parts]
        batch, time = ops.shape(boxes)[:2]
        flat = [ops.reshape(x, (batch, time, _VALUES * self.bank.filters)) for x in parts]
        deviation = ops.minimum(ops.sqrt(ops.maximum(found.variance[:, :, 0], 0.0)), 10.0)
        counts = [ops.log(1 + found.age), ops.log(1 + found.count) / 3, seen[:, :, None]]
        return ops.concatenate([*flat, deviation, *counts], axis=-1), unit

    def said(self, memory, levels, unit):
        """Means and logarithms of deviations, `[batch, time, 4, 2]`.

        Args:
            memory: `[batch, time, units]`.
            levels, unit: as for `features`.
        """
        memory = ops.copy(memory)  # without a mask, which would weigh the loss
        batch, time = ops.shape(memory)[:2]
        shape = (batch, time, _VALUES, self.bank.filters)
        logits = ops.reshape(ops.cast(self.weighing(memory), "float32"), shape)
        chosen = ops.arange(self.bank.filters, dtype="int32") == self.first
        logits = logits + _BEGIN * ops.cast(chosen, "float32")
        base = ops.sum(ops.softmax(logits, axis=-1) * levels, axis=-1)
        beside = ops.cast(self.head(memory), "float32")
        unit = unit[..., 0]
        mean = base + _UNIT * unit * beside[..., 0]
        return ops.stack([mean, beside[..., 1] + ops.log(unit) + math.log(_UNIT)], axis=-1)

    @checked(but=("boxes",))
    def track(self, boxes: Any) -> TrackedBoxes | list[TrackedBoxes]:
        """Says where the box was in each frame, or of each of a list of tracks.

        A list gives what its tracks give one by one, in their order. A causal model says of each
        frame what is known by then; any other reads all frames before it says one.

        Args:
            boxes: an array `[time, 4]` of left, top, width and height, NaN where no box was seen; a
                DataFrame of pandas with the columns x, y, width and height; what
                `zoo.inputs.Boxes.read` makes of a CSV file; or a list of these.

        Returns:
            `TrackedBoxes`, a list of left, top, width and height for every frame, with deviations;
            NaN where nothing is known, as before the first box of a causal model. A list of them
            where `boxes` is a list.

        Raises:
            ConfigError: for other columns, or what is no box.

        Example: `zoo.load("track-boxes").track(frame).to_frame()`.
        """
        tracks, is_one = self.listed("track", boxes)
        tables = self.input.tables(tracks)
        prepared = self.input.prepare(tables)
        found: list[Any] = [TrackedBoxes([], [], table.dates) for table in tables]
        wanted = [place for place, table in enumerate(tables) if len(table.values)]
        for places, arrays in self.batches([prepared[place] for place in wanted]):
            for row, said in zip(places, self._say(arrays), strict=True):
                place = wanted[row]
                said = said[: len(tables[place].values)]
                seen = prepared[place]["boxes"][:, _VALUES]
                known = np.maximum.accumulate(seen) if self.is_causal else seen.max() + 0 * seen
                corners, deviations = self.boxes_of(said, known > 0)
                found[place] = TrackedBoxes(corners, deviations, tables[place].dates)
        return found[0] if is_one else found

    def stream(self) -> BoxStream:
        """Begins to filter boxes that come one by one, or some at a time.

        Returns:
            A stream, whose `push` takes the next box, or None where there is none, and gives those
            of all frames so far.

        Raises:
            ConfigError: if the model reads backwards.

        Example: `zoo.load("track-boxes-online").stream().push([10, 20, 30, 40])`.
        """
        return BoxStream(self)

    def _say(self, arrays):
        """What the model says of prepared arrays, compiled."""
        if self._compiled is None:
            names = list(self.graph_inputs)

            def say(*given):
                return (self(dict(zip(names, given, strict=True)), training=False),)

            self._compiled = self.compiled_over_arrays(say)
        return self._compiled(*arrays.values())[0]

    @staticmethod
    def boxes_of(said: np.ndarray, known: np.ndarray) -> tuple[list, list]:
        """Boxes and their deviations, in the unit of the boxes.

        Args:
            said: float `[time, 4, 2]`, as the model is called.
            known: bool `[time]`, False where nothing is.

        Returns:
            Lists `[time][4]`: left, top, width and height; the deviations of the middle, across and
            down, and of width and height. NaN where nothing is known.
        """
        said = np.asarray(said, "float64")
        corners, deviations = cornered(said[..., 0]), np.exp(said[..., 1])
        deviations[:, 2:] *= corners[:, 2:]
        corners[~known] = deviations[~known] = np.nan
        return corners.tolist(), deviations.tolist()

    def get_config(self):
        return {
            "name": self.name,
            "task": self.task,
            "bank": keras.saving.serialize_keras_object(self.bank),
            "first": self.first,
            "encoder": keras.saving.serialize_keras_object(self.encoder),
            "input": keras.saving.serialize_keras_object(self.input),
            "dataset": self.dataset,
        }

    @classmethod
    def from_config(cls, config, custom_objects=None):
        config = dict(config)
        for part in ("bank", "encoder", "input"):
            config[part] = keras.saving.deserialize_keras_object(config[part])
        return cls(**config)
