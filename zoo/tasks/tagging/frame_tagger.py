"""Many-to-many, aligned: a label for every frame, such as of sound."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from zoo.backend.compiled import Compiled
from zoo.checked import checked
from zoo.layers import CRF
from zoo.layers.build_once import build_once
from zoo.tasks.framed_model import FramedModel
from zoo.tasks.long_sound import read_or_blocks
from zoo.tasks.tagging.frame_stream import FrameTagStream
from zoo.tasks.tagging.long_frames import tag_blocks
from zoo.tasks.tagging.spans import LabelledSpan, LabelledSpans


@keras.saving.register_keras_serializable(package="zoo")
class FrameTagger(FramedModel):
    """Frames, an encoder over them, and a label for each.

    Framewise classification (Graves and Schmidhuber 2005, doi:10.1016/j.neunet.2005.06.042). Called
    on its input's arrays, such as `{"audio": [batch, samples], "lengths": int [batch]}`, it gives
    logits `[batch, frames, labels]`. `compile`, `fit`, `evaluate` and `save` are those of Keras;
    labels are int `[batch, frames]`, weighted by frames.

    Args:
        encoder: from frames and lengths to memory and mask, such as `zoo.layers.FrameEncoder`.
            Where it joins frames, each step of the memory gives the labels of all of them.
        labels: the names of the labels, in the order of their numbers.
        input: a `zoo.inputs.Input` of a first array over time and `lengths`, such as `Sound`.
        front: layers from the first array to frames; see `FramedModel`. Empty: the array holds
            frames.
        crf: a `zoo.layers.CRF`, which chooses the labels of an item together. None: each label is
            chosen by itself. One that is trainable is trained beside the frames, see
            `compute_loss`; `with_transitions` gives one of counts.
        dataset: the data set the model was trained on, which its file remembers.
        task: the registered task that the model is for, which its file remembers.

    Raises:
        ConfigError: if the input has no array over time, or none of lengths.
    """

    export_signatures = "zoo.tasks.tagging.frame_signatures:FrameTaggerSignatures"
    verb_name = "tag"
    batch_steps = 8192
    is_graph = False
    _parts = ("encoder", "input", "crf")

    def __init__(
        self,
        encoder,
        labels: Sequence[str],
        input,
        front: Sequence[keras.layers.Layer] = (),
        crf=None,
        dataset: str | None = None,
        task: str | None = None,
        **kwargs,
    ):
        # Samples stay in float32: most bits of them are lost in bfloat16.
        super().__init__(autocast=False, **kwargs)
        self.encoder = encoder
        self.labels = list(labels)
        self.tokenizer = input
        self.crf = crf
        self.dataset = dataset
        self.task = task
        self.output_layer = keras.layers.Dense(len(self.labels) * encoder.reduction)
        self.read_through(front)
        self._compiled: Compiled | None = None
        self.stream_step: Any = None  # compiled by the first stream
        self.build()

    def build(self, input_shape=None):
        """Makes all weights, so that a file never meets a model without them."""
        if self.built:
            return
        build_once(self.encoder, self.build_front())
        build_once(self.output_layer, (None, None, self.encoder.output_size))
        if self.crf is not None:
            build_once(self.crf, (None, None, len(self.labels)))
        self.built = True

    def call(self, inputs, training=False):
        return self._read(inputs, training)[0]

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        """The loss of `compile`, of single frames; with a CRF that is trained, that of paths too.

        Both are means over the frames of the batch, padding among them, and are added up: how
        unlikely each label is by itself, and how unlikely the labels of an item are together
        (Collobert et al. 2011, arXiv:1103.0398, section 3.3.2).
        """
        loss = super().compute_loss(x, y, y_pred, sample_weight, training)
        if self.crf is None or not self.crf.trainable:
            return loss
        likelihood = self.crf.log_likelihood(y_pred, y, sample_weight > 0)
        return loss - ops.sum(likelihood) / ops.cast(ops.size(y), likelihood.dtype)

    def _read(self, inputs, training):
        """Logits `[batch, frames, labels]`, and which frames are real, bool `[batch, frames]`."""
        frames, lengths = self.frames(inputs, training)
        batch, time = ops.shape(frames)[:2]
        mask = ops.arange(time, dtype="int32") < ops.expand_dims(ops.cast(lengths, "int32"), 1)
        memory, _ = self.encoder(frames, lengths, training=training)
        logits = self.output_layer(ops.copy(memory))  # without a mask, which would weigh the loss
        steps = ops.shape(logits)[1] * self.encoder.reduction
        return ops.reshape(logits, (batch, steps, len(self.labels)))[:, :time], mask

    @checked(but=("items",))
    def tag(self, items: Any) -> LabelledSpans | list[LabelledSpans]:
        """Labels the frames of one item, or of each of a list, and joins equal neighbours.

        A list gives what its items give one by one, in their order. An item without frames gives an
        empty list. Sound of more than `most_steps` samples is read as a stream where the model can,
        else in parts of half a minute, cut at pauses; other items of so many steps are refused.

        Args:
            items: what the model reads (`model.input.one`), such as the path of a recording, its
                bytes or samples, or a list of it.

        Returns:
            A list of `(label, begin, end, probability)`, one after the other without gaps, or such
            a list for each item. A frame stands for the time around its middle that is nearer to it
            than to others; times are in seconds where the model knows how long its frames are, else
            in steps of what it reads. The probability is the mean over frames of that of the label.

        Raises:
            ConfigError, MissingFileError: for an item that cannot be read.

        Example: `zoo.load("phoneme-arctic").tag("a.wav")`.
        """
        listed, is_one = self.listed("tag", items)
        found: list[Any] = [None] * len(listed)
        places, read = [], []
        for place, one in enumerate(listed):
            item, blocks = read_or_blocks(self, one)
            if blocks is None:
                places.append(place)
                read.append(item)
            else:
                found[place] = tag_blocks(self, blocks)
        for place, spans in zip(places, self._tagged(read), strict=True):
            found[place] = spans
        return found[0] if is_one else found

    def stream(self) -> FrameTagStream:
        """Begins to label frames that come one by one, or some at a time.

        Returns:
            A stream, whose `push` takes the next of what the model reads and gives what is known.

        Raises:
            ConfigError: if the model reads backwards, or needs all frames for anything else.

        Example: `zoo.load("segment-utkinect").stream().push(np.zeros((20, 3)))`.
        """
        return FrameTagStream(self)

    def probabilities(self, item: Any) -> np.ndarray:
        """How probable each label is at each frame of one item.

        Args:
            item: what the model reads.

        Returns:
            Float32 `[frames, labels]`, in the order of `labels`, each by itself.

        Raises:
            ConfigError, MissingFileError: for an item that cannot be read.
        """
        (prepared,) = self.input.prepare([item])
        self.require_steps([prepared])
        count = self.frame_count(len(prepared[str(self.timed_input)]))
        if not count:
            return np.zeros((0, len(self.labels)), "float32")
        logits, _ = self._read({name: value[None] for name, value in prepared.items()}, False)
        found = ops.softmax(ops.cast(logits, "float32"), axis=-1)
        return ops.convert_to_numpy(found)[0, :count]

    def _tagged(self, items: list[Any]) -> list[LabelledSpans]:
        """The joined labels of each item."""
        prepared = self.input.prepare(items)
        counts = [self.frame_count(len(one[str(self.timed_input)])) for one in prepared]
        wanted = [place for place, count in enumerate(counts) if count]
        found = [LabelledSpans() for _ in items]
        for places, arrays in self.batches([prepared[place] for place in wanted]):
            numbers, probabilities = self._label(arrays)
            for row, place in enumerate(places):
                count = counts[wanted[place]]
                found[wanted[place]] = self._joined(
                    numbers[row, :count], probabilities[row, :count]
                )
        return found

    def _joined(self, numbers: np.ndarray, probabilities: np.ndarray) -> LabelledSpans:
        """Spans of frames with one label: numbers int and probabilities float, `[frames]`."""
        changes = np.flatnonzero(np.diff(numbers)) + 1
        begins, ends = [0, *changes], [*changes, len(numbers)]
        times = self.frame_times(np.array([*begins, len(numbers)]) - 0.5)
        return LabelledSpans(
            LabelledSpan(
                self.labels[numbers[begin]],
                float(times[place]),
                float(times[place + 1]),
                float(probabilities[begin:end].mean()),
            )
            for place, (begin, end) in enumerate(zip(begins, ends, strict=True))
        )

    def frame_times(self, frames: Any) -> np.ndarray:
        """When the middles of frames are.

        In seconds where the model knows how long its frames are, else in steps of what it reads.

        Args:
            frames: numbers of frames, from 0; 0.5 lies between the first two.
        """
        window = self.shortest / self.steps_a_frame  # in frames
        return (np.asarray(frames) + window / 2) * self.time_a_frame

    def middles(self, steps: int) -> np.ndarray:
        """When the middles of all frames of so many steps of what is read are."""
        return self.frame_times(np.arange(self.frame_count(steps)))

    def labels_of(self, *arrays):
        """Numbers of the labels, int `[batch, frames]`, and their probabilities, float32.

        Args:
            *arrays: what the model is called on, in the order of `graph_inputs`.
        """
        inputs = dict(zip(self.graph_inputs, arrays, strict=True))
        logits, mask = self._read(inputs, training=False)
        logits = ops.cast(logits, "float32")
        if self.crf is None:
            numbers = ops.argmax(logits, axis=-1)
        else:
            # With a step of padding: TensorFlow's loops over time cannot stack nothing.
            longer = ops.pad(logits, [[0, 0], [0, 1], [0, 0]])
            mask = ops.pad(mask, [[0, 0], [0, 1]], constant_values=False)
            numbers = self.crf.decode(longer, mask)[:, :-1]
        probabilities = ops.take_along_axis(
            ops.softmax(logits, axis=-1), ops.expand_dims(numbers, -1), axis=-1
        )
        return numbers, probabilities[..., 0]

    def _label(self, arrays):
        """`labels_of`, compiled."""
        if self._compiled is None:
            self._compiled = self.compiled_over_arrays(self.labels_of)
        return self._compiled(*arrays.values())

    def with_transitions(self, sequences: Iterable[np.ndarray], strength: float) -> FrameTagger:
        """A copy that chooses the labels of an item together, by how they follow each other.

        Its CRF is not trained: transitions, and first and last labels, are the logarithms of how
        often they were seen, 0.1 times more than they were, as the models of language are to a
        hybrid of network and hidden Markov model (Bourlard and Morgan 1994, chapter 7).

        Args:
            sequences: numbers of the labels of all frames of each item, int `[frames]`.
            strength: by which the logarithms are multiplied; chosen on validation data.
        """
        size = len(self.labels)
        seen = np.full((size + 1, size + 1), 0.1)  # the last stands for what is outside of an item
        for numbers in sequences:
            path = np.concatenate([[size], numbers, [size]]).astype("int64")
            np.add.at(seen, (path[:-1], path[1:]), 1)
        logs = strength * np.log(seen / seen.sum(axis=1, keepdims=True))
        crf = CRF(size, trainable=False)
        config = {**self.get_config(), "crf": keras.saving.serialize_keras_object(crf)}
        copy = type(self).from_config(config)
        parts = [self.encoder, self.output_layer, *self.front]
        others = [copy.encoder, copy.output_layer, *copy.front]
        for mine, other in zip(parts, others, strict=True):
            other.set_weights(mine.get_weights())
        copy.crf.set_weights([logs[:size, :size], logs[size, :size], logs[:size, size]])
        return copy

    def get_config(self):
        return {**super().get_config(), "labels": self.labels}
