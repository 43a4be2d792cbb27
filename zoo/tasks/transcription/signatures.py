"""The functions of an exported transcriber.

- `serving_default`: of what the model's input takes, such as `series` and `lengths`: `text`,
  strings `[batch]`, and `score`, float32 `[batch]`, as `transcribe` gives them.
- `with_times`: the same, and `characters`, strings `[batch, time]` filled up with empty ones, and
  `begin` and `end`, float32 of the same shape, filled up with -1: when each was said, in seconds
  where the model knows how long its steps are, else in steps of what it reads.
- `of_wav`, of models of sound: `wav`, strings `[batch]`, each a whole wav file of 16 bits at the
  model's rate, of any number of channels, or nothing: `text` and `score`.

The width of the beam is said when the model is exported; it searches without a language model.
"""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from zoo.checked import BeamSize
from zoo.decoding.arguments import positive
from zoo.export.signatures import Signatures
from zoo.inputs.input import Raw

_BEAM = 8


class TranscriberSignatures(Signatures):
    """For `zoo.tasks.Transcriber`.

    Args:
        model, quantize: as for `Signatures`.
        beam_size: outputs kept at a time, as for the model's `transcribe`. None: 8.

    Raises:
        ConfigError: if `beam_size` is not positive.
    """

    settings = ("beam_size",)

    def __init__(self, model: Any, quantize: str | None = None, beam_size: BeamSize | None = None):
        super().__init__(model, quantize)
        beam = positive("beam_size", _BEAM if beam_size is None else beam_size)
        self._search = model.search_of(beam_size=beam)
        tokenizer = model.target_tokenizer
        self._pieces = [
            "" if number == 0 else piece
            for number, piece in enumerate(tokenizer.pieces(range(tokenizer.vocabulary_size)))
        ]

    def functions(self):
        found = {"serving_default": self._transcribe, "with_times": self._with_times}
        return found | ({"of_wav": self._of_wav} if self._reads_files else {})

    @property
    def _reads_files(self) -> bool:
        return hasattr(self.model.input, "wav_in_graph")

    def raw_of(self, signature):
        return {"wav": Raw("string")} if signature == "of_wav" else super().raw_of(signature)

    def raw_values(self, signature, items):
        if signature == "of_wav":
            return {"wav": self.model.input.wav_of(items)}
        return super().raw_values(signature, items)

    def _found(self, arrays, return_times):
        # A step of padding, so that a batch in which nothing is said has steps.
        for name, array in self.model.graph_inputs.items():
            if array.shape[:1] == (None,):
                # As long as a step of the logits: layers over sound need a whole frame.
                more = [[0, 0], [0, self.model.shortest], *[[0, 0]] * (len(array.shape) - 1)]
                arrays[name] = tf.pad(arrays[name], more)
        return self.model.hypotheses(self._search, None, return_times, *arrays.values())

    def _texts(self, ids, scores, lengths):
        is_said = tf.sequence_mask(lengths[:, 0], tf.shape(ids)[2])
        characters = tf.where(is_said, tf.gather(tf.constant(self._pieces), ids[:, 0]), "")
        text = tf.strings.reduce_join(characters, axis=1)
        return characters, is_said, {"text": text, "score": scores[:, 0]}

    def _transcribe(self, *raw):
        return self._said(self.arrays_of(*raw))

    def _of_wav(self, wav):
        return self._said(self.required(self.model.input.wav_in_graph(wav)))

    def _said(self, arrays):
        ids, scores, _, lengths = self._found(arrays, False)
        return self._texts(ids, scores, lengths)[2]

    def _with_times(self, *raw):
        ids, scores, _, lengths, begins, ends = self._found(self.arrays_of(*raw), True)
        characters, is_said, found = self._texts(ids, scores, lengths)
        width = tf.reduce_max(lengths[:, 0])
        step = self.model.time_a_step
        times = {
            name: tf.where(is_said, tf.cast(values[:, 0], tf.float32) * step, -1.0)[:, :width]
            for name, values in (("begin", begins), ("end", ends))
        }
        return {**found, "characters": characters[:, :width], **times}

    @classmethod
    def answers(cls, model, items, beam_size=None):
        found = model.transcribe(list(items), beam_size=beam_size, return_times=True)
        return {"text": [one.text for one in found], "score": [one.score for one in found]}
