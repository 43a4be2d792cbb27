"""Many-to-one of clips: a label for what happens, and how it becomes clear from frame to frame."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, overload

import keras
import numpy as np
from keras import ops

from zoo.checked import checked
from zoo.errors import ConfigError
from zoo.layers import Pooling
from zoo.layers.reading_forward import first_state, go_on, reads_forward
from zoo.tasks.batching import bucket_of
from zoo.tasks.classification.clip_results import ClipClassification
from zoo.tasks.classification.clip_stream import ClipStream
from zoo.tasks.classification.sequence_classifier import SequenceClassifier

_WHOLE, _PIECE = 1024, 64  # frames that are computed together


@keras.saving.register_keras_serializable(package="zoo")
class ClipClassifier(SequenceClassifier):
    """Features of frames, a body over time, the mean of what it says of frames, and a label.

    Logits of a clip are the mean of its frames' logits (Donahue et al. 2015, arXiv:1411.4389,
    section 4), so that the mean of the frames up to one says what is known so far. Where features
    and body see no later frames (`is_causal`) a clip is read in pieces, and memory does not grow
    with its length; where they do, a clip of more than 1,024 frames is cut into parts of so many,
    each of which is read by itself.

    Called on `{"source": uint8 [batch, time, height, width, channels], "lengths": int [batch]}`, or
    on what its features say of frames in place of pixels, it gives the logits `[batch, labels]`.
    `compile`, `fit`, `evaluate` and `save` are those of Keras.

    Args:
        features: a layer from the input's arrays to `[batch, time, features]`, such as
            `zoo.layers.ClipConvolutions`, with `is_causal` and, where it sees frames before each,
            `past`, how many.
        recurrence: a body over time, such as `Recurrent`, `RecurrentStack` or `DenseStack`.
        labels: the names of the labels, in the order of their numbers.
        input: such as `zoo.inputs.Clips`.
        dropout: fraction of the features, and of their mean, that is dropped.
        dataset: the data set whose labels these are, which its file remembers.
        task: the registered task that the model is for, which its file remembers.
    """

    most_steps = None

    def __init__(
        self,
        features,
        recurrence,
        labels: Sequence[str],
        input,
        dropout: float = 0.0,
        dataset: str | None = None,
        task: str | None = None,
        **kwargs,
    ):
        super().__init__(
            features,
            recurrence,
            Pooling("mean"),
            labels,
            input,
            dropout=dropout,
            dataset=dataset,
            task=task,
            **kwargs,
        )
        self._step: Any = None

    @property
    def is_causal(self) -> bool:
        """Whether what is said of a frame depends on none after it."""
        return bool(getattr(self.features, "is_causal", False)) and reads_forward(self.recurrence)

    def call(self, inputs, training=False):
        given = inputs[str(self.timed_input)]
        if len(given.shape) > 3:
            return super().call(inputs, training=training)
        vectors = ops.cast(given, self.compute_dtype)  # what the features said of frames
        return self.classify_vectors(vectors, self.input.mask(inputs), training=training)

    def classify_vectors(self, vectors, mask, training=False):
        """From features `[batch, time, features]` and a bool mask to logits `[batch, labels]`."""
        vectors = self.output_dropout(vectors, training=training)
        return super().classify_vectors(vectors, mask, training=training)

    @overload  # type: ignore[override]
    def classify(self, clip: str | os.PathLike[str] | bytes | np.ndarray) -> ClipClassification: ...

    @overload
    def classify(self, clip: Sequence[Any]) -> list[ClipClassification]: ...

    @checked(but=("clip",))
    def classify(self, clip: Any) -> ClipClassification | list[ClipClassification]:
        """Labels one clip or a list of them.

        Args:
            clip: the path of a file of video, its bytes, or an array uint8 `[time, height, width,
                channels]`; or a list of these.

        Returns:
            The label, the probability of every label, and of every label after each frame; a list
            of them where `clip` is a list.

        Raises:
            ConfigError: if `clip` is something else, or cannot be read; the message names it.
            MissingFileError: if there is no such file.

        Example: `zoo.load("action-cnnrnn").classify("clip.mp4").label`.
        """
        items, is_one = self.listed("classify", clip)
        found = [self._of_pieces(self.input.pieces(item)) for item in items]
        return found[0] if is_one else found

    @checked(but=("tokens",))
    def classify_tokens(self, tokens: Any) -> Any:
        """Refuses: a clip has no words.

        Raises:
            ConfigError: always.
        """
        raise ConfigError("A clip has no words: call classify(clip).")

    def stream(self) -> ClipStream:
        """A clip that goes on as frames come: `.push(frame)` gives what is known so far.

        Raises:
            ConfigError: if the model sees later frames.

        Example:
            >>> stream = model.stream()  # doctest: +SKIP
            >>> for frame in frames:  # doctest: +SKIP
            ...     known = stream.push(frame)
        """
        return ClipStream(self)

    def _of_pieces(self, pieces: Any) -> ClipClassification:
        """The answer to a clip that comes in pieces, arrays by name."""
        state, rows = None, []
        longest = _PIECE if self.is_causal else _WHOLE
        for piece in _of_length(pieces, longest, self._past):
            found, state = self.advance(piece, state)
            rows.append(found)
        if not rows:
            return self.classification_of_nothing()
        over_time = np.concatenate(rows)
        return ClipClassification.of(self.labels, over_time[-1], over_time)

    @property
    def _past(self) -> int:
        """Frames before a piece that its features depend on."""
        return int(getattr(self.features, "past", 0)) if self.is_causal else 0

    def classification_of_nothing(self) -> ClipClassification:
        """What the model says of a clip without frames."""
        none = np.zeros((0, len(self.labels)), "float32")
        return ClipClassification.of(self.labels, self._before_any(), none)

    def _before_any(self) -> np.ndarray:
        """Probabilities of a clip without frames, float32 `[labels]`."""
        zeros = ops.zeros((1, self.recurrence.output_size), self.compute_dtype)
        logits = ops.cast(self.output_layer(zeros), "float32")
        return ops.convert_to_numpy(ops.softmax(logits))[0]

    def advance(self, piece: Mapping[str, np.ndarray], state: Any) -> tuple[np.ndarray, Any]:
        """Reads on.

        Args:
            piece: the model's arrays over time, `[time, ...]`; the first `past` frames, int, under
                the name "past", were read before.
            state: what the call before gave. None: the clip begins.

        Returns:
            Probabilities after each new frame, float32 `[frames, labels]`, and the state.
        """
        if self._step is None:
            self._step = self._compiled_step()
        past = int(piece.get("past", 0))
        arrays = [piece[name] for name in self.graph_inputs if name != "lengths"]
        count = len(arrays[0])
        length = bucket_of(count) if count > 1 else 1
        arrays = [np.pad(a, [(0, length - count), *[(0, 0)] * (a.ndim - 1)])[None] for a in arrays]
        if state is None:
            zeros = np.zeros((1, len(self.labels)), "float32")
            state = [*self._begin(), zeros, zeros[:, 0]]
        numbers = np.array([count], "int32"), np.array([past], "int32")
        over_time, *state = self._step(*arrays, *numbers, *state)
        if not self.is_causal:  # the next part begins anew, except for what was said so far
            state[:-2] = self._begin()
        return over_time[0, past:count], state

    def _begin(self) -> list[np.ndarray]:
        """The body's state before the first frame; nothing where it cannot go on."""
        if not reads_forward(self.recurrence):
            return []
        return [*map(ops.convert_to_numpy, keras.tree.flatten(first_state(self.recurrence, 1)))]

    def _compiled_step(self):
        from zoo.backend.compiled import Compiled

        timed = {name: a for name, a in self.graph_inputs.items() if name != "lengths"}
        structure = first_state(self.recurrence, 1) if reads_forward(self.recurrence) else []
        flat = keras.tree.flatten(structure)

        def run(*given):
            arrays = dict(zip(timed, given, strict=False))
            lengths, past, *state, total, seen = given[len(timed) :]
            arrays["lengths"] = lengths
            vectors = self.features(*[arrays[name] for name in self.graph_inputs])
            steps = ops.arange(ops.shape(vectors)[1], dtype="int32")
            mask = (steps < ops.expand_dims(lengths, 1)) & (steps >= ops.expand_dims(past, 1))
            if flat:
                body = keras.tree.pack_sequence_as(structure, state)
                outputs, body = go_on(self.recurrence, vectors, mask, body)
                state = keras.tree.flatten(body)
            else:
                outputs, _ = self.recurrence(vectors, mask=mask)
            logits = ops.cast(self.output_layer(outputs), "float32")
            real = ops.cast(ops.expand_dims(mask, -1), "float32")
            totals = ops.expand_dims(total, 1) + ops.cumsum(logits * real, axis=1)
            counts = ops.expand_dims(ops.expand_dims(seen, 1), 1) + ops.cumsum(real, axis=1)
            over_time = ops.softmax(totals / ops.maximum(counts, 1.0), axis=-1)
            state = [ops.cast(one, "float32") for one in state]
            return (over_time, *state, totals[:, -1], counts[:, -1, 0])

        specs = [(array.shape, array.dtype) for array in timed.values()]
        specs += [((), "int32"), ((), "int32")]
        specs += [(tuple(one.shape[1:]), "float32") for one in flat]
        specs += [((len(self.labels),), "float32"), ((), "float32")]
        return Compiled(self, run, specs)

    def get_config(self):
        config = super().get_config()
        del config["pooling"], config["ngrams"]
        return config

    @classmethod
    def from_config(cls, config, custom_objects=None):
        config = dict(config)
        for part in ("features", "recurrence", "input"):
            config[part] = keras.saving.deserialize_keras_object(config[part])
        return cls(**config)


def _of_length(
    pieces: Iterator[Mapping[str, np.ndarray]], longest: int, past: int
) -> Iterator[dict[str, Any]]:
    """Pieces of so many frames, the last of fewer; each begins with the last `past` before it."""
    held: dict[str, Any] = {}
    before = 0
    for piece in pieces:
        held = {k: np.concatenate([held[k], v]) if held else v for k, v in piece.items()}
        while _count(held) - before >= longest:
            end = before + longest
            yield {**{k: v[:end] for k, v in held.items()}, "past": before}
            kept = min(past, end)
            held = {k: v[end - kept :] for k, v in held.items()}
            before = kept
    if held and _count(held) > before:
        yield {**held, "past": before}


def _count(arrays: Mapping[str, np.ndarray]) -> int:
    return len(next(iter(arrays.values())))
