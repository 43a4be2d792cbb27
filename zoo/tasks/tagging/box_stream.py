"""Filtering boxes while they come in."""

from __future__ import annotations

from typing import Any

import numpy as np
from keras import ops, tree

from zoo.backend.compiled import compile_step
from zoo.errors import ConfigError
from zoo.inputs.boxes import COLUMNS
from zoo.tasks.item_stream import ItemStream
from zoo.tasks.tagging.box_results import TrackedBoxes


class BoxStream(ItemStream[TrackedBoxes]):
    """Boxes that are filtered as they come; `BoxTracker.stream` gives one.

    What it says of a frame is what `track` says of it, to rounding, and does not change later.
    Beside what it said it has no more in memory than a state.

    Args:
        model: a causal `BoxTracker`.

    Raises:
        ConfigError: if the model reads backwards.
    """

    def __init__(self, model: Any):
        if not model.is_causal:
            raise ConfigError(
                f"{model.name!r} reads backwards and needs all frames at once: give them to "
                "`track`, or take a causal model."
            )
        super().__init__(TrackedBoxes([], []))
        self._model = model
        self._is_begun = False
        begin = (
            model.bank.get_initial_state(1, len(COLUMNS)),
            model.encoder.get_initial_state(1),
        )
        self._state: Any = tree.map_structure(ops.convert_to_tensor, begin)
        if model.stream_step is None:

            def step(boxes, state):
                found, bank_state = model.bank(boxes[..., :4], boxes[..., 4], state[0])
                features, unit = model.features(boxes, boxes[..., 4], found, found.level)
                memory, _, encoder_state = model.encoder(
                    features, ops.ones((1,), "int32"), initial_state=state[1], return_state=True
                )
                return model.said(memory, found.level, unit), (bank_state, encoder_state)

            model.stream_step = compile_step(model, step)
        self._step = model.stream_step

    def _read(self, item: Any) -> TrackedBoxes:
        """The boxes of all frames so far.

        Args:
            item: left, top, width and height of the next frame; None, or NaN, where no box was
                seen; or those of several frames, `[time, 4]`.
        """
        values = np.full(len(COLUMNS), np.nan) if item is None else np.asarray(item)
        if values.shape[-1:] != (len(COLUMNS),) or values.ndim > 2:
            raise ConfigError(
                f"A step of what {self._model.name!r} reads is a box of {', '.join(COLUMNS)}, or "
                f"None: not of the shape {list(values.shape)}."
            )
        (prepared,) = self._model.input.prepare([np.atleast_2d(values)])
        for row in prepared["boxes"]:
            self._is_begun |= bool(row[-1])
            said, self._state = self._step(row[None, None], self._state)
            known = np.array([self._is_begun])
            boxes, deviations = self._model.boxes_of(ops.convert_to_numpy(said)[0], known)
            self._known += boxes
            self._known.deviations += deviations
        return self._known
