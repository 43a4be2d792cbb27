"""Many-to-many, in order and not aligned: a text from frames, by temporal classification."""

from __future__ import annotations

from collections.abc import Sequence

import keras
from keras import ops

from zoo.layers.build_once import build_once
from zoo.tasks.framed_model import FramedModel
from zoo.tasks.transcription.verbs import Transcribing


@keras.saving.register_keras_serializable(package="zoo")
class Transcriber(Transcribing, FramedModel):
    """Frames, an encoder over them, and at each step of it a label or none.

    Connectionist temporal classification (Graves et al. 2006, doi:10.1145/1143844.1143891). Called
    on its input's arrays, such as `{"series": [batch, time, features], "lengths": int [batch]}`, it
    gives logits `[batch, steps, labels]`, of which the first is the blank; padding is blank for
    sure. `compile`, `fit`, `evaluate` and `save` are those of Keras, with `model.head.loss()` as
    the loss of labels int `[batch, label time]`, filled up with 0, weighted by rows if at all.

    Args:
        encoder: from frames and lengths to memory and mask, such as `zoo.layers.FrameEncoder`.
        head: a `zoo.layers.CTCHead` of as many labels as the tokenizer has ids.
        input: a `zoo.inputs.Input` of a first array over time and `lengths`.
        target_tokenizer: between texts and ids, of which 0 stands for none, such as
            `zoo.inputs.CharacterTokenizer`.
        front: layers from the first array to frames `[batch, time, features]`, the first first,
            such as those of `zoo.layers.sound`: called with `mask` and `training` where they take
            them. Empty: the array holds frames.
        dataset: the data set the model was trained on, which its file remembers.
        task: the registered task that the model is for, which its file remembers.

    Raises:
        ConfigError: if the input has no array over time, or none of lengths.
    """

    export_signatures = "zoo.tasks.transcription.signatures:TranscriberSignatures"
    verb_name = "transcribe"
    batch_steps = 8192
    is_graph = False
    _parts: tuple[str, ...] = ("encoder", "head", "input", "target_tokenizer")

    def __init__(
        self,
        encoder,
        head,
        input,
        target_tokenizer,
        front: Sequence[keras.layers.Layer] = (),
        dataset: str | None = None,
        task: str | None = None,
        **kwargs,
    ):
        # Samples stay in float32: most bits of them are lost in bfloat16.
        super().__init__(autocast=False, **kwargs)
        self.encoder = encoder
        self.head = head
        self.tokenizer = input
        self.target_tokenizer = target_tokenizer
        self.dataset = dataset
        self.task = task
        self.read_through(front)
        self._compiled: dict = {}
        self.build()

    def build(self, input_shape=None):
        """Makes all weights, so that a file never meets a model without them."""
        if self.built:
            return
        build_once(self.encoder, self.build_front())
        build_once(self.head, (None, None, self.encoder.output_size))
        self.built = True

    @property
    def time_a_step(self) -> float:  # type: ignore[override]
        """Time from one step of the logits to the next, in seconds where `time_a_frame` is."""
        return self.time_a_frame * self.encoder.reduction

    def call(self, inputs, training=False):
        frames, lengths = self.frames(inputs, training)
        memory, mask = self.encoder(frames, lengths, training=training)
        return ops.copy(self.head(memory, mask))  # without a mask, which Keras would weigh loss by
