"""What is unusual before a camera: the errors of what expects the next frames."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any, overload

import keras
import numpy as np
from keras import ops

from zoo.checked import checked
from zoo.errors import ConfigError
from zoo.inputs.clips import centred
from zoo.layers.build_once import build_once
from zoo.layers.frames_of_clips import as_frames
from zoo.layers.reading_forward import reads_forward
from zoo.tasks.batching import bucket_of
from zoo.tasks.forecasting.clip_watch import ClipWatch
from zoo.tasks.item_model import ItemModel
from zoo.tasks.unusual import Unusual

_PIECE = 32  # frames that are computed together
_STILL = 2  # frames at the beginning of a clip after which nothing is expected: what moves?
_JUDGING = ("judged", "around", "window", "power", "bound", "place_bound")


@keras.saving.register_keras_serializable(package="zoo")
class ClipDetector(ItemModel):
    """A grid of features a frame, convolutional recurrence, and how each frame is likely to go on.

    It is trained as a forecaster of frames on clips of what is usual (Shi et al. 2015,
    arXiv:1506.04214; Liu et al. 2018, arXiv:1712.09867). What it errs about is unusual: the score
    of a frame is the mean of the errors of all its pixels over the last frames, and that of a place
    the mean over its neighbourhood, each over its bound. A frame is judged by those before it
    alone, so clips are read in pieces and in a stream, and memory does not grow with their length.

    Called on `{"source": uint8 [batch, time, height, width, channels], "lengths": int [batch]}` it
    gives at each frame what is expected of every pixel of the next `ahead`, `[batch, time, ahead *
    height * width * channels]`, as `zoo.inputs.clips.centred` scales them. `compile`, `fit`,
    `evaluate` and `save` are those of Keras, with the squared error as the loss.

    Args:
        features: a layer from frames to grids with a `reduction`, such as `zoo.layers.ClipGrids`.
        recurrence: a layer over time that reads forward, such as `Recurrent` of a `ConvLSTMCell`.
        input: a `zoo.inputs.Clips` whose height and width are multiples of the reduction.
        units: channels of the convolution that takes features and what is remembered together.
        ahead: frames that are expected.
        judged: how many expectations of a frame are compared with it, the nearest first.
        around: places along each axis of the grid over which errors of places are averaged, odd.
        window: frames over which errors are averaged, the last ones.
        power: to which the errors of pixels are raised: 1 or 2.
        bound: the largest mean of a frame that is not unusual.
        place_bound: the same of a place.
        dataset: the data set that the model was trained on, which its file remembers.
        task: the registered task that the model is for, which its file remembers.

    Raises:
        ConfigError: if sizes do not fit, the recurrence does not read forward, or a number makes no
            sense.
    """

    export_signatures = "zoo.tasks.forecasting.clip_detector_signatures:ClipDetectorSignatures"
    verb_name = "unusual"
    most_steps = None
    is_graph = False
    is_causal = True

    def __init__(
        self,
        features,
        recurrence,
        input,
        units: int = 64,
        ahead: int = 2,
        judged: int = 1,
        around: int = 3,
        window: int = 3,
        power: int = 2,
        bound: float = 1.0,
        place_bound: float = 1.0,
        dataset: str | None = None,
        task: str | None = None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.grids, self.recurrence = features, recurrence
        self.tokenizer = input
        self.units, self.ahead = int(units), int(ahead)
        self.around, self.window = int(around), int(window)
        self.power, self.judged = int(power), int(judged)
        self.bound, self.place_bound = float(bound), float(place_bound)
        self.dataset, self.task = dataset, task
        size = features.reduction
        height, width, channels = input.shape
        if height % size or width % size:
            raise ConfigError(
                f"Frames of {height} x {width} pixels cannot be cut into places of {size} x {size}."
            )
        if not reads_forward(recurrence):
            raise ConfigError(
                "Frames are expected from those before: the recurrence reads forward."
            )
        if min(self.units, self.judged, self.around, self.window) < 1 or self.around % 2 == 0:
            raise ConfigError("units, judged and window are 1 or more, and around is odd.")
        if self.judged > self.ahead:
            raise ConfigError(f"Of {ahead} frames ahead no {judged} can be judged by.")
        if self.power not in (1, 2) or min(self.bound, self.place_bound) <= 0:
            raise ConfigError("power is 1 or 2, and bounds are above 0.")
        self.mixing = keras.layers.Conv2D(
            self.units,
            3,
            padding="same",
            activation="relu",
            kernel_initializer="he_normal",
            data_format="channels_last",
            name="mixing",
        )
        # Nothing changes, says an untrained model, which is hard enough to beat.
        self.change = keras.layers.Dense(
            self.ahead * size**2 * channels, kernel_initializer="zeros", name="change"
        )
        self._step: Any = None
        self.build()

    def build(self, input_shape=None):
        """Makes all weights, so that a file never meets a model without them."""
        if self.built:
            return
        shape = (None, None, *self.input.shape)
        build_once(self.grids, shape)
        grid = self.grids.compute_output_shape(shape)
        build_once(self.recurrence, grid)
        both = self.grids.output_size + self.recurrence.output_size
        build_once(self.mixing, (None, *grid[2:4], both))
        build_once(self.change, (None, *grid[2:4], self.units))
        self.built = True

    @property
    def first(self) -> int:
        """The number of the first frame that is judged: motion has to be seen before."""
        return self.judged + _STILL

    @property
    def grid(self) -> tuple[int, int]:
        """Rows and columns of the places whose errors are told apart."""
        return tuple(size // self.grids.reduction for size in self.input.shape[:2])

    # What is expected ---------------------------------------------------------------------------

    def get_initial_state(self, batch_size):
        """The state before a clip, a nested list of `[batch, ...]`."""
        return self.recurrence.get_initial_state(batch_size)

    def call(self, inputs, initial_state=None, training=False, return_state=False):
        """What is expected of the next frames, see above; the state too where asked.

        Args:
            inputs: the arrays.
            initial_state: that before the first frame, as it is returned. None: that before any.
            training: whether the recurrence takes its fused path.
            return_state: whether the state after the last real frame is returned too.
        """
        source = inputs["source"]
        time = ops.shape(source)[1]
        pixels = centred(ops.cast(source, self.compute_dtype))
        grids = self.grids(pixels / 4)  # from -1 to 1: larger ones would shut gates
        remembered, state = self.recurrence(
            grids,
            mask=ops.arange(time, dtype="int32")
            < ops.expand_dims(ops.cast(inputs["lengths"], "int32"), 1),
            initial_state=initial_state,
            training=training,
        )
        both = ops.concatenate([as_frames(grids), as_frames(ops.copy(remembered))], axis=-1)
        changes = self._as_pixels(self.change(self.mixing(both)), time)
        said = changes + ops.reshape(pixels, (-1, time, 1, self._pixels))
        said = ops.reshape(said, (-1, time, self._values))
        return (said, state) if return_state else said

    @property
    def _pixels(self) -> int:
        return int(np.prod(self.input.shape))

    @property
    def _values(self) -> int:
        return self.ahead * self._pixels

    def _as_pixels(self, said, time):
        """Of places `[batch * time, rows, columns, values]`: `[batch, time, ahead, pixels]`."""
        size, channels = self.grids.reduction, self.input.channels
        said = ops.reshape(said, (-1, *self.grid, self.ahead, size, size, channels))
        said = ops.transpose(said, (0, 3, 1, 4, 2, 5, 6))
        return ops.reshape(said, (-1, time, self.ahead, self._pixels))

    # What is unusual ----------------------------------------------------------------------------

    def errors(self, source, expected):
        """How far frames are from what was expected of them, at each place of the grid.

        Args:
            source: the frames that came, uint8 `[batch, time, height, width, channels]`.
            expected: what was expected of each of them, `[batch, judged, time, height * width *
                channels]`, the nearest expectation first.

        Returns:
            The mean over pixels and expectations, to the power, float `[batch, time, rows,
            columns]`.
        """
        time = ops.shape(source)[1]
        came = ops.reshape(centred(ops.cast(source, "float32")), (-1, 1, time, self._pixels))
        off = ops.abs(came - expected) ** self.power
        size = self.grids.reduction
        rows, columns = self.grid
        shape = (-1, self.judged, time, rows, size, columns, size * self.input.channels)
        off = ops.reshape(off, shape)
        return ops.mean(off, axis=(1, 4, 6))

    def around_each(self, errors):
        """Errors `[batch, time, rows, columns]` averaged over the places around each."""
        time, grid = ops.shape(errors)[1], self.grid
        flat = ops.reshape(errors, (-1, *grid, 1))
        kernel = np.ones((self.around, self.around, 1, 1), "float32") / self.around**2
        flat = ops.conv(flat, kernel, padding="same", data_format="channels_last")
        return ops.reshape(flat, (-1, time, *grid))

    def averages(self, source, lengths, before, state):
        """Reads on, and says how large the errors of the last frames are.

        Args:
            source: uint8 `[batch, time, height, width, channels]`.
            lengths: int `[batch]`.
            before: what was expected and how errors were before, as `first_before` and the call
                before gave it.
            state: of the recurrence.

        Returns:
            Averages of errors over the window, `[batch, time, rows, columns]`, 0 where nothing was
            expected or there is no frame; then `before` and `state` to go on with.
        """
        expected, kept, seen = before
        lengths = ops.cast(lengths, "int32")
        time = ops.shape(source)[1]
        inputs = {"source": source, "lengths": lengths}
        said, state = self(inputs, initial_state=state, return_state=True)
        # What was said after the `judged` frames before: row t of both was said after frame
        # t - judged of this piece.
        said = ops.concatenate([expected, ops.cast(said, "float32")], axis=1)
        split = ops.reshape(said, (-1, self.judged + time, self.ahead, self._pixels))
        nearest = [
            split[:, self.judged - 1 - step : self.judged - 1 - step + time, step]
            for step in range(self.judged)
        ]
        errors = self.errors(source, ops.stack(nearest, axis=1))
        number = ops.expand_dims(seen, 1) + ops.arange(time, dtype="int32")
        real = ops.arange(time, dtype="int32") < ops.expand_dims(lengths, 1)
        is_judged = ((number >= self.first) & real)[..., None, None]
        whole = ops.concatenate([kept, ops.where(is_judged, errors, 0.0)], axis=1)
        total = sum(whole[:, shift : shift + time] for shift in range(self.window))
        counts = ops.clip(number - self.first + 1, 1, self.window)
        found = total / ops.cast(counts, "float32")[..., None, None]
        return ops.where(is_judged, found, 0.0), (said, whole, seen), state

    def scored(self, averages):
        """How unusual each frame is, `[batch, time]`, and each place, of what `averages` gives."""
        frames = ops.mean(averages, axis=(2, 3)) / self.bound
        return frames, self.around_each(averages) / self.place_bound

    def scores(self, source, lengths):
        """How unusual each frame of whole clips is, `[batch, time]`, and where."""
        batch = ops.shape(source)[0]
        begin = self.first_before(batch), self.get_initial_state(batch)
        return self.scored(self.averages(source, lengths, *begin)[0])

    def first_before(self, batch_size):
        """Before a clip nothing was expected: see `averages`."""
        return (
            ops.zeros((batch_size, self.judged, self._values)),
            ops.zeros((batch_size, self.window - 1, *self.grid)),
            ops.zeros((batch_size,), "int32"),
        )

    @overload
    def unusual(self, clip: str | os.PathLike[str] | bytes | np.ndarray) -> Unusual: ...

    @overload
    def unusual(self, clip: Sequence[Any]) -> list[Unusual]: ...

    @checked(but=("clip",))
    def unusual(self, clip: Any) -> Unusual | list[Unusual]:
        """Says how unusual each frame of a clip is and where, or of each of a list of clips.

        Args:
            clip: the path of a file of video, its bytes, or an array uint8 `[time, height, width,
                channels]`; or a list of these.

        Returns:
            An `Unusual`, a score for each frame, above 1 where it is unusual, and in `where` one
            for each place; a list of them where `clip` is a list. The first frames, of which
            nothing was expected, have 0.

        Raises:
            ConfigError: if `clip` is something else, or cannot be read; the message names it.
            MissingFileError: if there is no such file.

        Example: `zoo.load("anomaly-ped2").unusual("clip.mp4").spans`.
        """
        items, is_one = self.listed("unusual", clip)
        found = []
        for item in items:
            scores: list[float] = []
            where, state = [np.zeros((0, *self.grid), "float32")], None
            for piece in self.input.pieces(item):
                frames = piece["source"]
                for begin in range(0, len(frames), _PIECE):
                    part, places, state = self.advance(frames[begin : begin + _PIECE], state)
                    scores += part.tolist()
                    where.append(places)
            found.append(Unusual(scores, where=np.concatenate(where)))
        return found[0] if is_one else found

    def stream(self) -> ClipWatch:
        """A clip that goes on as frames come: `.push(frame)` says how unusual each is.

        Example:
            >>> stream = model.stream()  # doctest: +SKIP
            >>> for frame in frames:  # doctest: +SKIP
            ...     known = stream.push(frame)
        """
        return ClipWatch(self)

    def advance(self, frames: np.ndarray, state: Any) -> tuple[np.ndarray, np.ndarray, Any]:
        """Reads on.

        Args:
            frames: uint8 `[frames, height, width, channels]`, one or more, as the model reads them.
            state: what the call before gave. None: the clip begins.

        Returns:
            How unusual each frame is, float32 `[frames]`, and each place, `[frames, rows,
            columns]`; and the state.
        """
        numbers = [getattr(self, name) for name in _JUDGING]
        if self._step is None or self._step[0] != numbers:
            self._step = numbers, self._compiled_step()
        count = len(frames)
        length = bucket_of(count) if count > 1 else 1
        padded = np.pad(frames, [(0, length - count), *[(0, 0)] * 3])[None]
        if state is None:
            state = [*map(ops.convert_to_numpy, keras.tree.flatten(self._begin(1)))]
        scores, where, *state = self._step[1](padded, np.array([count], "int32"), *state)
        return scores[0, :count], where[0, :count], state

    def _begin(self, batch_size):
        return [self.first_before(batch_size), self.get_initial_state(batch_size)]

    def _compiled_step(self):
        from zoo.backend.compiled import Compiled

        structure = self._begin(1)
        flat = keras.tree.flatten(structure)

        def run(source, lengths, *state):
            before, inner = keras.tree.pack_sequence_as(structure, list(state))
            found, (said, whole, seen), inner = self.averages(source, lengths, before, inner)
            # After the last real frame; padding stands behind it.
            count = lengths[0]
            said = ops.slice(said, (0, count, 0), (1, self.judged, self._values))
            kept = ops.slice(whole, (0, count, 0, 0), (1, self.window - 1, *self.grid))
            inner = [ops.cast(one, "float32") for one in keras.tree.flatten(inner)]
            return (*self.scored(found), said, kept, seen + lengths, *inner)

        specs: list = [(self.graph_inputs["source"].shape, "uint8"), ((), "int32")]
        specs += [
            (tuple(one.shape[1:]), keras.backend.standardize_dtype(one.dtype)) for one in flat
        ]
        return Compiled(self, run, specs)

    def get_config(self):
        parts = {"features": self.grids, "recurrence": self.recurrence, "input": self.input}
        numbers = ("units", "ahead", *_JUDGING, "dataset", "task")
        return {
            "name": self.name,
            **{name: keras.saving.serialize_keras_object(part) for name, part in parts.items()},
            **{name: getattr(self, name) for name in numbers},
        }

    @classmethod
    def from_config(cls, config, custom_objects=None):
        config = dict(config)
        for part in ("features", "recurrence", "input"):
            config[part] = keras.saving.deserialize_keras_object(config[part])
        return cls(**config)
