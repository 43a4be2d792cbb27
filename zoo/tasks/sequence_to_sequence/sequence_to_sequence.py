"""Many-to-many, unaligned: an encoder, a decoder, and the text on both sides."""

from __future__ import annotations

import keras
from keras import ops

from zoo.layers.build_once import build_once
from zoo.tasks.sequence_to_sequence.verbs import Translating


@keras.saving.register_keras_serializable(package="zoo")
class SequenceToSequence(Translating, keras.Model):
    """Encoder and decoder with attention.

    Called on `{"source": [batch, source time], "target": [batch, target time]}`, int ids with 0 for
    padding, it gives the logits `[batch, target time, vocabulary]` of the token after each target
    token (teacher forcing). `compile`, `fit`, `evaluate` and `save` are those of Keras;
    `translate`, `score` and `export_saved_model` those of `Translating`.

    Args:
        encoder: a layer from ids to `(memory, mask)`, such as `zoo.layers.RecurrentEncoder`.
        decoder: a layer with `start`, `step` and `call`, such as `zoo.layers.AttentionDecoder`. One
            without an embedding of its own takes the encoder's.
        source_tokenizer: `zoo.inputs.SentencePieceTokenizer` of the source text. None: the model
            works on ids alone.
        target_tokenizer: of the target text. None: the source's.
        shortlist: a `zoo.decoding.Shortlist`, for `translate(..., shortlist=True)`.
        task: the registered task that the model is for, which its file remembers.
    """

    def __init__(
        self,
        encoder,
        decoder,
        source_tokenizer=None,
        target_tokenizer=None,
        shortlist=None,
        task: str | None = None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.task = task
        self.encoder = encoder
        self.decoder = decoder
        self.source_tokenizer = source_tokenizer
        self.target_tokenizer = target_tokenizer or source_tokenizer
        self.shortlist = shortlist
        self._compiled_searches: dict = {}
        self.build()

    def build(self, input_shape=None):
        """Makes all weights, so that a file never meets a model without them."""
        if self.built:
            return
        build_once(self.encoder, (None, None))
        self.decoder.share_embedding(getattr(self.encoder, "embedding", None))
        build_once(self.decoder, (None, None, self.encoder.output_size))
        self.built = True

    def call(self, inputs, training=False):
        memory, mask = self.encoder(inputs["source"], training=training)
        return self.decoder(memory, mask, inputs["target"], training=training)

    def start(self, source):
        """Encodes int `[batch, source time]`; returns the states and constants for `step`."""
        memory, mask = self.encoder(source)
        return self.decoder.start(memory, mask)

    def step(self, tokens, states, constants):
        """One step of every hypothesis: the step function that searches take."""
        return self.decoder.step(tokens, states, constants)

    def shortlisted(self, shortlist):
        """The step function over a shortlist: tokens are places in it, int `[n]`."""
        output = self.decoder.output_weights(shortlist)

        def step(tokens, states, constants):
            tokens = ops.take(shortlist, tokens)
            return self.decoder.step(tokens, states, constants, output)

        return step

    def with_shortlist(self, shortlist) -> SequenceToSequence:
        """The same model, its weights shared, with a `zoo.decoding.Shortlist`."""
        parts = (self.encoder, self.decoder, self.source_tokenizer, self.target_tokenizer)
        return type(self)(*parts, shortlist=shortlist, task=self.task, name=self.name)

    def get_config(self):
        shared = self.target_tokenizer is self.source_tokenizer
        return {
            "name": self.name,
            "task": self.task,
            "encoder": keras.saving.serialize_keras_object(self.encoder),
            "decoder": keras.saving.serialize_keras_object(self.decoder),
            "source_tokenizer": keras.saving.serialize_keras_object(self.source_tokenizer),
            "target_tokenizer": None
            if shared
            else keras.saving.serialize_keras_object(self.target_tokenizer),
            "shortlist": keras.saving.serialize_keras_object(self.shortlist),
        }

    @classmethod
    def from_config(cls, config, custom_objects=None):
        config = dict(config)
        for part in ("encoder", "decoder", "source_tokenizer", "target_tokenizer", "shortlist"):
            config[part] = keras.saving.deserialize_keras_object(config.get(part))
        return cls(**config)
