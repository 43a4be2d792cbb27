"""Autoregressive, of numbers: the next values of series from all before them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from zoo.backend.compiled import Compiled
from zoo.backend.time_loop import scan
from zoo.errors import ConfigError
from zoo.layers.build_once import build_once
from zoo.layers.causal_stack import take_steps
from zoo.tasks.forecasting.verbs import Forecasting
from zoo.tasks.item_model import ItemModel


@keras.saving.register_keras_serializable(package="zoo")
class Forecaster(Forecasting, ItemModel):
    """Patches of series, a body over them, and the distribution of the patch that follows.

    Called on `{"series": [batch, time, columns], "lengths": int [batch]}`, it gives at each step
    the parameters of the distribution of the value one patch later, `[batch, time, columns]` or
    `[batch, time, columns, parameters]`, see `zoo.layers.heads`. Steps beyond `lengths`, and those
    of a last patch that is not whole, are padding. `compile`, `fit`, `evaluate` and `save` are
    those of Keras, with `model.head.loss()` as the loss; `zoo.tasks.forecasting.free_running`
    trains on what the model says when it reads its own output.

    A patch of several steps is read at once and said at once (Nie et al. 2023, arXiv:2211.14730;
    with recurrence Lin et al. 2023, arXiv:2308.11200), so that 96 hours by days are four steps.

    Args:
        recurrence: a layer from `[batch, time, features]` and states to outputs and states, with
            `get_initial_state`, `step` and `output_size`: `zoo.layers.RecurrentStack`, or in its
            place `TCN` or `CausalTransformer`.
        head: a head of `zoo.layers.heads`, of as many values as a patch has.
        input: a `zoo.inputs.Series`.
        patch: steps that are read and said at once.
        is_joint: whether the columns of a step are read together. False: each column is a series of
            its own, read by the same weights.
        has_level: whether the body reads values less the last one of their patch, and what it says
            is beside that, so that a level that was never seen does no harm (by windows in
            "NLinear", Zeng et al. 2023, arXiv:2205.13504, section 4).
        motion: with a level, the body reads how far each value is from the one before it, and what
            it says is beside going on from the last value as fast as this times the average of its
            patch; 1 is constant velocity (Schöller et al. 2020, arXiv:1903.07933). None: neither.
        places: with motion, times what the last value of each patch is read besides. 0: it is not.
        embedding: a layer from patches `[batch, time, values]` to `[batch, time, features]`. None:
            the body reads the values.
        dropout: fraction of the features dropped of the embedding and of the body's outputs.
        context: steps of the past that `forecast` reads, a multiple of `patch`. None: all.
        spread: how many times as wide as the head says, and as errors within the past were,
            intervals are so many patches ahead, for each column, `[patches, columns]`; the last
            holds for all further ones. None: once.
        dataset: the data set the model was trained on, which its file remembers.
        task: the registered task that the model is for, which its file remembers.

    Raises:
        ConfigError: if the head has another size, `context` is no multiple of `patch`, there is
            motion without a level, or there are places without motion.
    """

    export_signatures = "zoo.tasks.forecasting.signatures:ForecasterSignatures"
    verb_name = "forecast"

    def __init__(
        self,
        recurrence,
        head,
        input,
        patch: int = 1,
        is_joint: bool = True,
        has_level: bool = True,
        motion: float | None = None,
        places: float = 0.0,
        embedding=None,
        dropout: float = 0.0,
        context: int | None = None,
        spread: Sequence[Sequence[float]] | None = None,
        dataset: str | None = None,
        task: str | None = None,
        **kwargs,
    ):
        # Values stay in float32: what a series is above its level may be less than bfloat16 tells.
        super().__init__(autocast=False, **kwargs)
        self.recurrence = recurrence
        self.head = head
        self.tokenizer = input
        self.patch = patch
        self.is_joint = is_joint
        self.has_level = has_level
        self.motion = motion
        self.places = places
        self.embedding = embedding
        self.dropout = dropout
        self.context = context
        self.spread = None if spread is None else [list(map(float, row)) for row in spread]
        self.dataset = dataset
        self.task = task
        self.columns = len(input.columns)
        self.group = self.columns if is_joint else 1  # columns that are read together
        self.input_dropout = keras.layers.Dropout(dropout)
        self.output_dropout = keras.layers.Dropout(dropout)
        if head.size != patch * self.group:
            raise ConfigError(
                f"A patch of {patch} steps of {self.group} columns has {patch * self.group} values,"
                f" and the head {head.size}."
            )
        if context is not None and (context < patch or context % patch):
            raise ConfigError(f"context is a multiple of the patch of {patch}, not {context}.")
        if (motion is not None and not has_level) or (places and motion is None):
            raise ConfigError("places=... needs motion=..., and that has_level=True.")
        self._rolls: dict[bool, Compiled] = {}
        self.stream_step: Any = None  # compiled by the first stream
        self.build()

    def build(self, input_shape=None):
        """Makes all weights, so that a file never meets a model without them."""
        if self.built:
            return
        width = self.patch * self.group + (self.group if self.places else 0)
        if self.embedding is not None:
            build_once(self.embedding, (None, None, width))
            width = self.embedding.compute_output_shape((None, None, width))[-1]
        build_once(self.recurrence, (None, None, width))
        build_once(self.head, (None, None, self.recurrence.output_size))
        self.built = True

    # One patch after the other ------------------------------------------------------------------

    def get_initial_state(self, batch_size):
        """The state before a series, a nested list of `[rows, ...]`, a row for each that is read.

        Where columns are read one by one, there are `batch_size * columns` rows. With motion it is
        the body's, the last value that was read, and whether there was any.
        """
        rows = batch_size * (self.columns // self.group)
        state = self.recurrence.get_initial_state(rows)
        if self.motion is None:
            return state
        return [state, ops.zeros((rows, self.group)), ops.zeros((rows, 1))]

    def call(self, inputs, initial_state=None, training=False, return_state=False):
        """Runs over series.

        Args:
            inputs: `{"series": [batch, time, columns], "lengths": int [batch]}`.
            initial_state: that before the first patch, as it is returned.
            training: whether dropout is on.
            return_state: whether the state after the last whole patch is returned too.

        Returns:
            Parameters `[batch, time, columns, ...]`, or these and the state.
        """
        series = ops.cast(inputs["series"], "float32")
        batch, time = ops.shape(series)[:2]
        count = (time + self.patch - 1) // self.patch
        if self.patch > 1:
            filling = ops.zeros((batch, count * self.patch - time, self.columns), "float32")
            series = ops.concatenate([series, filling], axis=1)
        whole = ops.cast(inputs["lengths"], "int32") // self.patch
        whole = ops.expand_dims(ops.repeat(whole, self.columns // self.group, axis=0), 1)
        rows = self._rows(series, count)
        if initial_state is None and self.motion is not None:  # of as many rows, known or not
            initial_state = [None, ops.zeros_like(rows[:, 0, 0]), ops.zeros_like(rows[:, 0, 0, :1])]
        state, *before = [initial_state] if self.motion is None else initial_state
        read, levels = self._beside_levels(rows, before)
        outputs, state = self.recurrence(
            self._embedded(read, training),
            mask=ops.arange(count, dtype="int32") < whole,
            initial_state=state,
            training=training,
        )
        outputs = ops.copy(outputs)  # without the mask, which Keras would weigh the loss by again
        parameters = self._parameters(outputs, levels, batch, count, training)[:, :time]
        if self.motion is not None:
            ends = ops.concatenate([ops.expand_dims(before[0], 1), rows[:, :, -1]], axis=1)
            is_any = ops.maximum(before[1], ops.cast(whole > 0, "float32"))
            state = [state, take_steps(ends, whole)[:, 0], is_any]
        return (parameters, state) if return_state else parameters

    def step(self, values, state, training=False):
        """One patch, for forecasting.

        Args:
            values: `[batch, patch, columns]`.
            state: that before it.
            training: whether dropout is on; within the body it is not.

        Returns:
            Parameters of the patch that follows, `[batch, patch, columns, ...]`, and the state.
        """
        rows = self._rows(values, 1)
        state, *before = [state] if self.motion is None else state
        state = keras.tree.map_structure(lambda x: ops.cast(x, self.compute_dtype), state)
        read, levels = self._beside_levels(rows, before)
        outputs, state = self.recurrence.step(ops.squeeze(self._embedded(read, training), 1), state)
        outputs = ops.expand_dims(outputs, 1)
        parameters = self._parameters(outputs, levels, ops.shape(values)[0], 1, training)
        if self.motion is not None:
            state = [state, rows[:, 0, -1], ops.ones_like(before[1])]
        return parameters, state

    def _rows(self, series, count):
        """`[batch, count * patch, columns]` as rows `[rows, count, patch, group]`."""
        series = ops.reshape(series, (-1, count, self.patch, self.columns))
        if self.is_joint:
            return series
        return ops.reshape(ops.transpose(series, (0, 3, 1, 2)), (-1, count, self.patch, self.group))

    def _beside_levels(self, rows, before):
        """What is read of rows, and what the output is beside, `[rows, count, patch, group]`.

        Args:
            rows: `[rows, count, patch, group]`.
            before: with motion, the value before them, `[rows, group]`, and whether there is any.
        """
        last = rows[:, :, -1:]
        if self.motion is None:
            return (rows - last, last) if self.has_level else (rows, None)
        value, is_any = before
        value = ops.where(is_any > 0, value, rows[:, 0, 0])
        ends = ops.concatenate([ops.reshape(value, (-1, 1, 1, self.group)), last[:, :-1]], axis=1)
        read = rows - ops.concatenate([ends, rows[:, :, :-1]], axis=2)
        ahead = self.motion * np.arange(1, self.patch + 1, dtype="float32")[:, None] / self.patch
        if self.places:
            read = ops.concatenate([read, self.places * last], axis=2)
        return read, last + (last - ends) * ahead

    def _embedded(self, vectors, training):
        """What the body reads, `[rows, count, features]`, of `[rows, count, values, group]`."""
        shape = (*ops.shape(vectors)[:2], vectors.shape[2] * self.group)
        vectors = ops.cast(ops.reshape(vectors, shape), self.compute_dtype)
        if self.embedding is None:
            return vectors
        return self.input_dropout(self.embedding(vectors), training=training)

    def _parameters(self, outputs, levels, batch, count, training):
        """Outputs of the body `[rows, count, units]` to `[batch, count * patch, columns, ...]`."""
        found = ops.cast(self.head(self.output_dropout(outputs, training=training)), "float32")
        more = found.shape[3:]
        found = ops.reshape(found, (-1, count, self.patch, self.group, *more))
        if levels is not None:
            found = self.head.moved(found, levels)
        if not self.is_joint:
            found = ops.reshape(found, (batch, self.columns, count, self.patch, *more))
            found = ops.transpose(found, (0, 2, 3, 1, *range(4, 4 + len(more))))
        return ops.reshape(found, (batch, count * self.patch, self.columns, *more))

    # Reading its own output ---------------------------------------------------------------------

    def roll(self, series, lengths, noise, is_drawn: bool = False):
        """Reads the past, and then its own output.

        Of each past the last whole patches are read, at most `context` steps. One that is shorter
        than a patch is filled up with its first value at the beginning, an empty one is a patch of
        means.

        Args:
            series: `[batch, time, columns]`.
            lengths: int `[batch]`.
            noise: `[batch, patches, patch, columns]`, as the head's `noise` gives it, for as many
                patches as are forecast.
            is_drawn: whether the values that are read are drawn by the noise. False: they are those
                that the head expects.

        Returns:
            The parameters of each patch given the values before it, `[batch, patches * patch,
            columns, ...]`; the values, `[batch, patches * patch, columns]`; and how many times as
            wide as the head says errors were within the past, `[batch, 1, columns]`.
        """
        series, lengths = self._aligned(series, lengths)
        parameters, state = self(
            {"series": series, "lengths": lengths}, training=False, return_state=True
        )
        scale = self._scale(series, lengths, parameters)
        last = ops.expand_dims(lengths - self.patch, 1) + ops.arange(self.patch, dtype="int32")
        parameters = take_steps(parameters, last)  # [batch, patch, columns, ...]

        def advance(carry, noise):
            parameters, state = carry
            if is_drawn:
                values = self.head.drawn(parameters, noise)
            else:
                values = self.head.expected(parameters)
            return tuple(self.step(values, state)), (parameters, values)

        _, found = scan(advance, (parameters, state), ops.transpose(noise, (1, 0, 2, 3)))
        return (*(self._in_a_row(steps) for steps in found), scale)

    def _scale(self, series, lengths, parameters):
        """The root of the mean square of errors over the deviations that the head says for them.

        Over all steps of a past that were foreseen, and a patch more in which errors are as the
        head says: a series that was hard to foresee lately is likely to be so further on
        (Lei et al. 2018, arXiv:1604.04173, section 5.2, divide by an estimate as well).
        """
        batch, time = ops.shape(series)[:2]
        if not self.head.has_scale:
            return ops.ones((batch, 1, self.columns))
        seen, said = series[:, self.patch :], parameters[:, : time - self.patch]
        off = (seen - self.head.expected(said)) / self.head.deviation(said)
        places = ops.arange(time - self.patch, dtype="int32") + self.patch
        is_real = ops.cast(places < ops.expand_dims(lengths, 1), "float32")[..., None]
        squares = ops.sum(is_real * ops.square(off), axis=1, keepdims=True)
        count = ops.sum(is_real, axis=1, keepdims=True)
        return ops.sqrt((self.patch + squares) / (self.patch + count))

    @staticmethod
    def _in_a_row(patches):
        """`[patches, batch, patch, ...]` as `[batch, patches * patch, ...]`."""
        count, _, patch, *rest = ops.shape(patches)
        patches = ops.transpose(patches, (1, 0, *range(2, len(patches.shape))))
        return ops.reshape(patches, (-1, count * patch, *rest))

    def _aligned(self, series, lengths):
        """The last whole patches of each series, at the beginning of its row, and their steps."""
        series, lengths = ops.cast(series, "float32"), ops.cast(lengths, "int32")
        time = ops.shape(series)[1]
        kept = _at_least((time + self.patch - 1) // self.patch * self.patch, self.patch)
        wanted = ops.maximum(lengths // self.patch, 1) * self.patch
        if self.context is not None:
            kept = -_at_least(-kept, -self.context)
            wanted = ops.minimum(wanted, self.context)
        places = ops.expand_dims(ops.arange(kept, dtype="int32"), 0)
        is_real = (places < ops.expand_dims(wanted, 1)) & (ops.expand_dims(lengths, 1) > 0)
        places = ops.maximum(places + ops.expand_dims(lengths - wanted, 1), 0)
        series = ops.pad(series, [(0, 0), (0, 1), (0, 0)])  # the step of those without any
        return take_steps(series, ops.where(is_real, places, time)), wanted

    def expected(self, series: np.ndarray, lengths: np.ndarray, patches: int):
        """`roll` without draws, compiled.

        Args:
            series: float32 `[rows, time, columns]`, on the model's scale.
            lengths: int `[rows]`.
            patches: how many are forecast.

        Returns:
            NumPy arrays `[rows, patches * patch, columns]`: the values, and their deviations as the
            head says them, times what errors were within the past, without `spread`.
        """
        noise = np.zeros((len(series), patches, self.patch, self.columns), "float32")
        return self._rolled(False)(series, lengths, noise)

    def drawn(self, series: np.ndarray, lengths: np.ndarray, noise: np.ndarray) -> np.ndarray:
        """`roll` with draws, compiled: values `[rows, patches * patch, columns]`."""
        return self._rolled(True)(series, lengths, noise)[0]

    def _rolled(self, is_drawn: bool) -> Compiled:
        if is_drawn not in self._rolls:

            def run(series, lengths, noise):
                parameters, values, scale = self.roll(series, lengths, noise, is_drawn)
                return values, scale * self.head.deviation(parameters)

            shapes = [(array.shape, array.dtype) for array in self.graph_inputs.values()]
            noise = ((None, self.patch, self.columns), "float32")
            self._rolls[is_drawn] = Compiled(self, run, [*shapes, noise])
        return self._rolls[is_drawn]

    def widths(self, steps: int) -> np.ndarray:
        """How many times as wide intervals are as the head says, `[steps, columns]`."""
        if self.spread is None:
            return np.ones((steps, self.columns))
        ahead = np.minimum(np.arange(steps) // self.patch, len(self.spread) - 1)
        return np.asarray(self.spread)[ahead]

    def get_config(self):
        parts = {"recurrence": self.recurrence, "head": self.head, "input": self.tokenizer}
        parts["embedding"] = self.embedding
        return {
            "name": self.name,
            "task": self.task,
            **{key: keras.saving.serialize_keras_object(part) for key, part in parts.items()},
            "patch": self.patch,
            "is_joint": self.is_joint,
            "has_level": self.has_level,
            "motion": self.motion,
            "places": self.places,
            "dropout": self.dropout,
            "context": self.context,
            "spread": self.spread,
            "dataset": self.dataset,
        }

    @classmethod
    def from_config(cls, config, custom_objects=None):
        config = dict(config)
        for part in ("recurrence", "head", "input", "embedding"):
            config[part] = keras.saving.deserialize_keras_object(config[part])
        return cls(**config)


def _at_least(size: Any, least: int) -> Any:
    """The larger of a size, which may be a tensor, and a number."""
    return max(size, least) if isinstance(size, int) else ops.maximum(size, least)
