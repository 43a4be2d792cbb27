"""Many-to-many, unaligned: an encoder, a decoder, and the text on both sides."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import keras
import numpy as np

from zoo.decoding import BeamSearch, GreedySearch
from zoo.errors import ConfigError
from zoo.tasks.batching import length_batches
from zoo.tasks.compiled import Compiled
from zoo.tasks.translation import Translation

_BATCH_TOKENS = 1024  # source positions that are decoded together


@keras.saving.register_keras_serializable(package="zoo")
class SequenceToSequence(keras.Model):
    """Encoder and decoder with attention.

    Called on `{"source": [batch, source time], "target": [batch, target time]}`, int ids with 0 for
    padding, it gives the logits `[batch, target time, vocabulary]` of the token after each target
    token (teacher forcing). `compile`, `fit`, `evaluate` and `save` are those of Keras.

    Args:
        encoder: a layer from ids to `(memory, mask)`, such as `zoo.layers.RecurrentEncoder`.
        decoder: a layer with `start`, `step` and `call`, such as `zoo.layers.AttentionDecoder`. One
            without an embedding of its own takes the encoder's.
        source_tokenizer: `zoo.data.SentencePieceTokenizer` of the source text. None: the model
            works on ids alone.
        target_tokenizer: of the target text. None: the source's.
        task: the registered task that the model is for, which its file remembers.
    """

    def __init__(
        self,
        encoder,
        decoder,
        source_tokenizer=None,
        target_tokenizer=None,
        task: str | None = None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.task = task
        self.encoder = encoder
        self.decoder = decoder
        self.source_tokenizer = source_tokenizer
        self.target_tokenizer = target_tokenizer or source_tokenizer
        self._compiled_searches: dict[tuple, Compiled] = {}
        self.build()

    def build(self, input_shape=None):
        """Makes all weights, so that a file never meets a model without them."""
        if self.built:
            return
        self.encoder.build((None, None))
        self.decoder.share_embedding(getattr(self.encoder, "embedding", None))
        self.decoder.build((None, None, self.encoder.output_size))
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

    def translate(
        self,
        text: str | Sequence[str],
        *,
        beam_size: int = 5,
        n_best: int = 1,
        return_attention: bool = False,
        alpha: float = 1.0,
    ) -> str | list[str] | Translation | list[Translation] | list[list[Translation]]:
        """Translates one sentence or a list of them.

        A list gives what its sentences give one by one, in their order. A sentence without any text
        gives an empty one. Text is cut into subwords, never into sentences: give one at a time.

        Args:
            text: a string or a list of strings, of any length.
            beam_size: width of the beam; 1 is greedy search.
            n_best: translations returned for each sentence, at most `beam_size`.
            return_attention: whether to return the alignment of each translation.
            alpha: strength of the length normalisation, see `zoo.decoding.BeamSearch`.

        Returns:
            A string, or a list of them where `text` is a list. With `return_attention`, a
            `Translation` in place of each string; with `n_best > 1`, a list of `Translation`, the
            best first.

        Raises:
            ConfigError: if `text` is no string and no list of strings, an argument is out of its
                range, or the model has no tokenizers.

        Example: `zoo.load("nmt-attn-en-fr").translate("A man is riding a bicycle.")`.
        """
        texts = [text] if isinstance(text, str) else text
        self._check(texts, beam_size, n_best, alpha)
        encoded = self.source_tokenizer.encode(texts)
        wanted = [i for i, ids in enumerate(encoded) if ids]  # the others hold no text
        encoded = [encoded[i] + [self.source_tokenizer.eos_id] for i in wanted]
        nowhere = np.zeros((0, 0), "float32") if return_attention else None
        found: list = [[Translation("", 0.0, 0.0, [], [], nowhere)] for _ in texts]
        for places, ids in length_batches(encoded, _BATCH_TOKENS):
            search = (beam_size, n_best, alpha)
            hypotheses = self._search(ids, search, return_attention)
            outputs = self._translations(hypotheses, [encoded[i] for i in places])
            for place, translations in zip(places, outputs, strict=True):
                found[wanted[place]] = translations
        if n_best == 1:
            found = [best if return_attention else best.text for (best,) in found]
        return found[0] if isinstance(text, str) else found

    def export_saved_model(
        self,
        folder: str | os.PathLike,
        *,
        beam_size: int = 5,
        max_length: int | None = None,
        alpha: float = 1.0,
    ) -> Path:
        """Writes a SavedModel that takes strings and returns strings and scores.

        See `zoo.export.saved_model.export_saved_model` for the arguments and what is raised.

        Returns:
            The folder of the new version, such as `folder/1`.
        """
        from zoo.export.saved_model import export_saved_model

        return export_saved_model(
            self, folder, beam_size=beam_size, max_length=max_length, alpha=alpha
        )

    def _check(self, texts, beam_size, n_best, alpha):
        is_list = isinstance(texts, Sequence) and not isinstance(texts, (bytes, bytearray))
        if not is_list or not all(isinstance(item, str) for item in texts):
            raise ConfigError(
                "translate wants a string or a list of strings, "
                f"not {_kind(texts)}: decode bytes and turn arrays into lists first."
            )
        if self.source_tokenizer is None:
            raise ConfigError(
                f"The model {self.name!r} has no tokenizers, so it translates no text: build it "
                "with source_tokenizer=..., or call it on ids."
            )
        try:
            BeamSearch(beam_size, alpha, n_best)
        except ValueError as error:
            raise ConfigError(str(error)) from None

    def _search(self, ids, search, return_attention):
        """Decodes source ids `[batch, length]`; one compiled function a length and a search."""
        length = ids.shape[1]
        key = (length, search, return_attention)
        if key not in self._compiled_searches:
            beam_size, n_best, alpha = search
            limit = longest_output(length)
            if beam_size == 1:
                decode = GreedySearch(max_length=limit, alpha=alpha)
            else:
                decode = BeamSearch(beam_size, alpha, n_best, max_length=limit)

            def run(source, max_lengths):
                states, constants = self.start(source)
                return tuple(decode(self.step, states, constants, max_lengths, return_attention))

            self._compiled_searches[key] = Compiled(self, run, [(length,), ()])
        max_lengths = longest_output((ids != 0).sum(axis=1))
        return self._compiled_searches[key](ids, max_lengths)

    def _translations(self, hypotheses, sources):
        ids, scores, log_probs, lengths, attention = hypotheses
        outputs = []
        for row, source in enumerate(sources):
            source_tokens = self.source_tokenizer.pieces(source)
            outputs.append([])
            for n, length in enumerate(lengths[row]):
                tokens = ids[row, n, :length].tolist()
                outputs[-1].append(
                    Translation(
                        text=self.target_tokenizer.decode([tokens])[0],
                        score=float(scores[row, n]),
                        log_prob=float(log_probs[row, n]),
                        tokens=self.target_tokenizer.pieces(tokens),
                        source_tokens=source_tokens,
                        attention=None
                        if attention is None
                        else attention[row, n, :length, : len(source)],
                    )
                )
        return outputs

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
        }

    @classmethod
    def from_config(cls, config, custom_objects=None):
        config = dict(config)
        for part in ("encoder", "decoder", "source_tokenizer", "target_tokenizer"):
            config[part] = keras.saving.deserialize_keras_object(config[part])
        return cls(**config)


def longest_output(source_length):
    """Tokens an output may have; twice the source and ten is more than any sane translation has."""
    return 2 * source_length + 10


def _kind(value) -> str:
    if isinstance(value, Sequence) and not isinstance(value, (bytes, bytearray)):
        odd = next(item for item in value if not isinstance(item, str))
        return f"a {type(value).__name__} with a {type(odd).__name__} in it"
    return f"a {type(value).__name__}"
