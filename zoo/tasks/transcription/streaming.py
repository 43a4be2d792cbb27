"""Writing down what is said while it is still being said."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
from keras import ops, tree

from zoo.backend.compiled import compile_step
from zoo.decoding import FrameSearch
from zoo.decoding.cache_key import compiled_for
from zoo.errors import ConfigError
from zoo.layers.heads.ctc import frame_counts
from zoo.tasks.framed_stream import begin_front, frames_of, why_front_is_whole
from zoo.tasks.item_stream import ItemStream

_ROOM = 256  # characters that may stay undecided
_FRAMES = 1024  # of which the front reads samples at once


class TranscriptionStream(ItemStream[str]):
    """A transcription that goes on as pieces come in; `Transcriber.stream` gives one.

    It is pushed pieces of any length of the array that the model reads, float `[time, ...]`, such
    as samples at the rate of the model's input, or frames on its scale. It gives the text that has
    been decided so far, in the end all of it: that of the whole, except that a search in a beam
    gives up what keeps more than half of 256 characters undecided.

    Args:
        model: a `Transcriber` whose layers are causal.
        search: over frames, without rules.
        language: see `zoo.decoding.FrameSearch`; None: none.
        window: frames that are read at once, rounded up to a multiple of the encoder's `reduction`:
            text comes a window late, and a second costs less work with longer ones.

    Attributes:
        score, log_prob: of the whole text, as in `Transcription`; known at the end.

    Raises:
        ConfigError: if a layer needs what comes later, or the search has rules.
    """

    score: float
    log_prob: float

    def __init__(self, model: Any, search: FrameSearch, language: Any, window: int):
        reason = why_not_in_pieces(model, search)
        if reason is not None:
            raise ConfigError(reason)
        super().__init__("")
        self._model, self._search = model, search
        self._window = -(-window // model.encoder.reduction) * model.encoder.reduction
        size = model.target_tokenizer.vocabulary_size
        self._states = [
            tree.map_structure(ops.convert_to_tensor, model.encoder.get_initial_state(1)),
            search.start(1, size, _ROOM, language),
        ]
        self._front: list[Any] = begin_front(model.front)
        self._pending: np.ndarray | None = None  # what no frame has been made of
        self._waiting: np.ndarray | None = None  # frames of less than a window
        # As much as a window's frames are made of: fewer calls than pieces, and of one shape.
        self._needed = model.shortest + (self._window - 1) * model.steps_a_frame
        key = ("stream", language)
        compiled = compiled_for(model._compiled, search)
        if key not in compiled:

            def step(frames, lengths, encoder_state, state):
                memory, mask, encoder_state = model.encoder(
                    frames, lengths, initial_state=encoder_state, return_state=True
                )
                logits = model.head(memory, mask)
                state = search.read(logits, frame_counts(logits), state, language)
                return encoder_state, state

            compiled[key] = compile_step(model, step)
            compiled["front"] = compile_step(model, functools.partial(frames_of, model.front))
        self._step, self._compiled_front = compiled[key], compiled["front"]

    def _read(self, piece: np.ndarray) -> str:
        piece, most = np.asarray(piece, "float32"), _FRAMES * self._model.steps_a_frame
        said = self._known
        for begin in range(0, len(piece), most):
            self._pending = _after(self._pending, piece[begin : begin + most])
            while len(self._pending) >= self._needed:
                part, self._pending = np.split(self._pending, [self._needed])
                said += self._read_samples(part)
                self._needed = self._window * self._model.steps_a_frame
        return said

    def _read_samples(self, part: np.ndarray) -> str:
        """Makes frames, and reads the whole windows of them."""
        said, frames = "", _after(self._waiting, self._framed(part))
        while len(frames) >= self._window:
            said += self._advance(frames[: self._window])
            frames = frames[self._window :]
        self._waiting = frames
        return said

    def _finish(self) -> str:
        """Reads what was waiting for a whole window."""
        said = self._known
        if self._pending is not None and len(self._pending):
            said += self._read_samples(self._pending)
        rest = self._waiting
        if rest is not None and len(rest):
            said += self._advance(np.pad(rest, [(0, self._window - len(rest)), (0, 0)]), len(rest))
        self._pending = self._waiting = None
        found = self._search.end(self._states[1])
        self.score, self.log_prob = float(found.scores[0, 0]), float(found.log_probs[0, 0])
        return said + self._text(found)

    def undecided(self) -> str:
        """The likeliest text after what has been decided, which may still change."""
        return self._text(self._search.end(self._states[1]))

    def _text(self, found: Any) -> str:
        """The text of the best of what a search found."""
        ids = ops.convert_to_numpy(found.ids)[0, 0, : int(found.lengths[0, 0])]
        return self._model.target_tokenizer.decode(ids.tolist())

    def _framed(self, values: np.ndarray) -> np.ndarray:
        """The frames of a piece, `[time, features]`; compiled for the length that most have."""
        is_usual = len(values) == self._window * self._model.steps_a_frame
        if is_usual and not any(state is None for state in self._front):
            frames, self._front = self._compiled_front(values[None], self._front)
        else:
            frames, self._front = frames_of(self._model.front, values[None], self._front)
        return ops.convert_to_numpy(frames)[0].astype("float32")

    def _advance(self, frames: np.ndarray, length: int | None = None) -> str:
        """Reads a window, of which so many frames are real."""
        lengths = np.array([len(frames) if length is None else length], "int32")
        self._states = [*self._step(frames[None], lengths, *self._states)]
        plain = tree.map_structure(ops.convert_to_numpy, self._states[1])
        (decided,), self._states[1] = self._search.settle(plain)
        return self._model.target_tokenizer.decode(decided)


def why_not_in_pieces(model: Any, search: Any) -> str | None:
    """Why a transcriber cannot read what comes in piece by piece; None: it can.

    Args:
        model: a `Transcriber`.
        search: over frames.
    """
    if not isinstance(search, FrameSearch):
        return (
            "A decoder asks all frames, and none can be read in pieces: give all at once, or "
            "search=CTCGreedySearch() for the head alone."
        )
    if search.rules:
        return "A stream keeps no rules: give all frames at once."
    reason = why_front_is_whole(model.front)
    if reason is not None:
        return reason
    if not model.encoder.is_causal:
        return "A level of the encoder reads backwards and needs all frames at once."
    return None


def _after(before: np.ndarray | None, more: np.ndarray) -> np.ndarray:
    return more if before is None or not len(before) else np.concatenate([before, more])
