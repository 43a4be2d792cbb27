"""Many-to-many, unaligned, and one-to-many: an encoder, and a decoder that writes text."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from zoo.checked import checked
from zoo.decoding import Shortlist
from zoo.errors import ConfigError
from zoo.layers.build_once import build_once
from zoo.tasks.item_model import with_input
from zoo.tasks.sequence_to_sequence.decoding_model import DecodingModel


class EncoderDecoder(DecodingModel):
    """Encoder and decoder.

    Called on its input's arrays and `target`, such as `{"source": [batch, source time], "target":
    [batch, target time]}`, int ids with 0 for padding, it gives the logits `[batch, target time,
    vocabulary]` of the token after each target token (teacher forcing). `compile`, `fit`,
    `evaluate` and `save` are those of Keras. Each task's subclass has a verb.

    Args:
        encoder: a layer from arrays to `(memory, mask)`, see `zoo.layers.encoders`.
        decoder: a layer with `start`, `step` and `call`, see `zoo.layers.decoders`. One without an
            embedding of its own takes the encoder's.
        input: a `zoo.inputs.Input`, what the encoder reads. None: the model works on ids alone.
        target_tokenizer: `zoo.inputs.SentencePieceTokenizer` of the output. None: the input.
        shortlist: a `zoo.decoding.Shortlist`, for `translate(..., shortlist=True)`.
        longest: tokens of the longest output. None: twice the steps of the item, and ten.
        task: the registered task that the model is for, which its file remembers.

    Raises:
        ConfigError: for a shortlist and a decoder that copies: what is copied need not be on it.
    """

    fed_back = "target"  # the input that holds the tokens before those that are asked for

    def __init__(
        self,
        encoder,
        decoder,
        input=None,
        target_tokenizer=None,
        shortlist=None,
        longest: int | None = None,
        task: str | None = None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        if shortlist is not None and getattr(decoder, "copying", False):
            raise ConfigError(
                f"The model {self.name!r} copies tokens of the source, which need not be on a "
                "shortlist: leave out the shortlist."
            )
        self.task = task
        self.encoder = encoder
        self.decoder = decoder
        self.source_tokenizer = input
        self.target_tokenizer = target_tokenizer or input
        self.shortlist = shortlist
        self.longest = longest
        self._compiled_searches: dict = {}
        self.build()

    @property
    def has_attention(self) -> bool:  # type: ignore[override]
        """Whether the decoder asks the memory."""
        return getattr(self.decoder, "attention", None) is not None

    def build(self, input_shape=None):
        """Makes all weights, so that a file never meets a model without them."""
        if self.built:
            return
        build_once(self.encoder, (None, *self.graph_shapes[0]))
        self.decoder.share_embedding(getattr(self.encoder, "embedding", None))
        build_once(self.decoder, (None, None, self.encoder.output_size))
        self.built = True

    def call(self, inputs, training=False):
        arrays = [inputs[name] for name in self.graph_inputs]
        memory, mask = self.encoder(*arrays, training=training)
        copied = self._copied(arrays)
        return self.decoder(memory, mask, inputs["target"], training=training, **copied)

    def start(self, *arrays):
        """Encodes arrays `[batch, ...]`; returns the states and constants for `step`."""
        memory, mask = self.encoder(*arrays)
        return self.decoder.start(memory, mask, **self._copied(arrays))

    def _copied(self, arrays):
        """What a decoder that copies reads besides the memory: the tokens of the source."""
        return {"source": arrays[0]} if getattr(self.decoder, "copying", False) else {}

    def step(self, tokens, states, constants):
        """One step of every hypothesis: the step function that searches take."""
        return self.decoder.step(tokens, states, constants)

    def stepwise(self, inputs):
        """The call on `inputs`, one token at a time.

        Args:
            inputs: as for the call; `target` is not read.

        Returns:
            A function from int tokens `[batch]` and states to logits `[batch, vocabulary]` and new
            states, and the states before the first token.
        """
        states, constants = self.start(*(inputs[name] for name in self.graph_inputs))

        def step(tokens, states):
            states = [ops.expand_dims(state, 1) for state in states]
            logits, states, _ = self.step(ops.expand_dims(tokens, 1), states, constants)
            return ops.squeeze(logits, 1), [ops.squeeze(state, 1) for state in states]

        return step, states

    def shortlisted(self, shortlist):
        """The step function over a shortlist: tokens are places in it, int `[n]`."""
        output = self.decoder.output_weights(shortlist)

        def step(tokens, states, constants):
            tokens = ops.take(shortlist, tokens)
            return self.decoder.step(tokens, states, constants, output)

        return step

    @checked()
    def with_shortlist(self, shortlist: Shortlist | None) -> EncoderDecoder:
        """The same model, its weights shared, with a `zoo.decoding.Shortlist`."""
        return type(self)(**{**self._settings(), "shortlist": shortlist})

    def _settings(self) -> dict[str, Any]:
        """What a model of the same parts is made with."""
        return {
            "encoder": self.encoder,
            "decoder": self.decoder,
            "input": self.source_tokenizer,
            "target_tokenizer": self.target_tokenizer,
            "shortlist": self.shortlist,
            "longest": self.longest,
            "task": self.task,
            "name": self.name,
        }

    def get_config(self):
        shared = self.target_tokenizer is self.source_tokenizer
        parts = {
            "encoder": self.encoder,
            "decoder": self.decoder,
            "input": self.source_tokenizer,
            "target_tokenizer": None if shared else self.target_tokenizer,
            "shortlist": self.shortlist,
        }
        serialized = {
            name: keras.saving.serialize_keras_object(part) for name, part in parts.items()
        }
        return {"name": self.name, "task": self.task, "longest": self.longest, **serialized}

    @classmethod
    def from_config(cls, config, custom_objects=None):
        config = with_input(config, "source_tokenizer")
        for part in ("encoder", "decoder", "input", "target_tokenizer", "shortlist"):
            config[part] = keras.saving.deserialize_keras_object(config.get(part))
        return cls(**config)
