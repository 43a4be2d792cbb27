"""Labelling frames while they come in."""

from __future__ import annotations

from typing import Any

import numpy as np
from keras import ops, tree

from zoo.backend.compiled import compile_step
from zoo.errors import ConfigError
from zoo.tasks.framed_stream import begin_front, frames_of, why_front_is_whole
from zoo.tasks.item_stream import ItemStream
from zoo.tasks.tagging.spans import LabelledSpan, LabelledSpans

_ROWS = 64  # steps of the memory that are made at once, where many frames come together


class FrameTagStream(ItemStream[LabelledSpans]):
    """Labels that go on as frames come in; `FrameTagger.stream` gives one.

    It is pushed one step of the array that the model reads, or several, float `[..., ]` or `[time,
    ...]`: such as a frame of joints `[20, 3]`, or samples of sound. They are on the scale of the
    model's input. It gives the spans so far, of which the last may go on; where the model joins
    frames it waits for all that are joined. In the end labels and probabilities are those of the
    whole.

    Args:
        model: a `FrameTagger` whose layers are causal, and that chooses each label by itself.

    Attributes:
        spans: what is known so far.

    Raises:
        ConfigError: if a layer needs what comes later, or labels are chosen together.
    """

    def __init__(self, model: Any):
        reason = why_front_is_whole(model.front)
        if not model.encoder.is_causal:
            reason = "A level of the encoder reads backwards and needs all frames at once."
        elif model.crf is not None:
            reason = "A CRF chooses the labels of all frames together: give all at once."
        if reason is not None:
            raise ConfigError(reason)
        self.spans = LabelledSpans()
        super().__init__(self.spans)
        self._model = model
        self._front = begin_front(model.front)
        begin = model.encoder.get_initial_state(1)
        self._state: Any = tree.map_structure(ops.convert_to_tensor, begin)
        self._waiting: np.ndarray | None = None  # frames of less than a step of the memory
        self._frames = 0  # that are labelled
        self._sum = 0.0  # of the last span's probabilities
        if model.stream_step is None:

            def step(frames, lengths, state):
                memory, _, state = model.encoder(
                    frames, lengths, initial_state=state, return_state=True
                )
                logits = ops.cast(model.output_layer(ops.copy(memory)), "float32")
                steps = ops.shape(logits)[1] * model.encoder.reduction
                logits = ops.reshape(logits, (1, steps, len(model.labels)))
                return ops.softmax(logits, axis=-1), state

            model.stream_step = compile_step(model, step)
        self._step = model.stream_step

    def _read(self, item: Any) -> LabelledSpans:
        values = self._steps_of(item)[None]
        frames, self._front = frames_of(self._model.front, values, self._front)
        found = ops.convert_to_numpy(frames)[0].astype("float32")
        if self._waiting is not None:
            found = np.concatenate([self._waiting, found])
        most = _ROWS * self._model.encoder.reduction
        while len(found) >= most:
            self._label(found[:most], most)
            found = found[most:]
        size = self._model.encoder.reduction
        while len(found) >= size:
            self._label(found[:size], size)
            found = found[size:]
        self._waiting = found
        return self.spans

    def _finish(self) -> LabelledSpans:
        """Labels what was waiting to be joined."""
        rest = self._waiting
        if rest is not None and len(rest):
            missing = self._model.encoder.reduction - len(rest)
            self._label(np.pad(rest, [(0, missing), (0, 0)]), len(rest))
        self._waiting = None
        return self.spans

    def _steps_of(self, item: Any) -> np.ndarray:
        """Steps `[time, ...]` of what the model reads."""
        model = self._model
        shape = model.graph_inputs[str(model.timed_input)].shape[1:]
        values = np.asarray(item)
        if values.shape == shape:
            values = values[None]
        if values.shape[1:] != shape or values.ndim != len(shape) + 1:
            raise ConfigError(
                f"A step of what {model.name!r} reads has the shape {list(shape)}, several one "
                f"axis before it: not {list(values.shape)}."
            )
        if values.dtype.kind not in "iuf" or not np.isfinite(values).all():
            raise ConfigError("A step of a stream holds numbers, none of them missing: fill them.")
        return values.astype("float32")

    def _label(self, frames: np.ndarray, length: int) -> None:
        """Labels frames `[time, features]`, of which so many are real."""
        lengths = np.array([length], "int32")
        found, self._state = self._step(frames[None], lengths, self._state)
        for row in ops.convert_to_numpy(found)[0, :length]:
            number = int(row.argmax())
            label, probability = self._model.labels[number], float(row[number])
            begin, end = self._model.frame_times(np.array([self._frames, self._frames + 1]) - 0.5)
            self._frames += 1
            if self.spans and self.spans[-1].label == label:
                last = self.spans.pop()
                self._sum += probability
                begin = last.begin
            else:
                self._sum, self._begun = probability, self._frames - 1
            mean = self._sum / (self._frames - self._begun)
            self.spans.append(LabelledSpan(label, float(begin), float(end), mean))
