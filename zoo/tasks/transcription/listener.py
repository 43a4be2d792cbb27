"""Many-to-many, in order and not aligned: a text from frames, by attention and classification."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from zoo import catalogue
from zoo.backend.compiled import has_free_axes
from zoo.checked import Strength, checked
from zoo.decoding import FrameSearch, Hypotheses, JointBeamSearch
from zoo.errors import ConfigError
from zoo.layers.build_once import build_once
from zoo.layers.heads.ctc import CTCLoss, frame_counts
from zoo.tasks.transcription.transcriber import Transcriber
from zoo.tasks.transcription.verbs import frame_search

_BEAM = 8
_SHARES = ("ctc_share", "ctc_weight")
_SETTINGS = (*_SHARES, "dataset", "task", "name")


@keras.saving.register_keras_serializable(package="zoo")
class Listener(Transcriber):
    """A `Transcriber` with a decoder beside its head, which asks the encoder's memory.

    Listen, attend and spell (Chan et al. 2016, arXiv:1508.01211) with connectionist temporal
    classification over the same memory (Watanabe et al. 2017, doi:10.1109/JSTSP.2017.2763455).
    Called on its input's arrays and `target`, int `[batch, target time]`, filled up with 0, it
    gives the logits `[batch, target time, labels + 1]` of the label after each target label
    (teacher forcing). A target begins with `end_id`, the last of these numbers, which ends texts
    too. `compile`, `fit` and `save` are those of Keras; the loss is a cross-entropy.

    In training the head's loss is added, so that the loss is `(1 - w) L_attention + w L_ctc`
    (Watanabe et al. 2017, equation 8) over `1 - w`, both per position of the target.

    Args:
        encoder, head, input, target_tokenizer, front, dataset, task: as for `Transcriber`.
        decoder: a layer with `start`, `step` and `call`, see `zoo.layers.decoders`, of one token
            more than the tokenizer has.
        ctc_share: `w`, at least 0 and below 1.
        ctc_weight: of the head, from 0 to 1, where texts are searched; the decoder has the rest.

    Raises:
        ConfigError: for numbers out of their range, or an input without time or lengths.
    """

    _parts = ("encoder", "head", "decoder", "input", "target_tokenizer")

    def __init__(
        self,
        encoder,
        head,
        decoder,
        input,
        target_tokenizer,
        front: Sequence[keras.layers.Layer] = (),
        ctc_share: float = 0.3,
        ctc_weight: float = 0.3,
        **kwargs,
    ):
        if not 0 <= ctc_share < 1 or not 0 <= ctc_weight <= 1:
            raise ConfigError(
                "ctc_share is at least 0 and below 1, and ctc_weight from 0 to 1, not "
                f"{ctc_share} and {ctc_weight}."
            )
        # Before the base builds itself.
        self.decoder = decoder
        self.ctc_share = float(ctc_share)
        self.ctc_weight = float(ctc_weight)
        super().__init__(encoder, head, input, target_tokenizer, front, **kwargs)

    @property
    def end_id(self) -> int:
        """The token before the first label, and after the last."""
        return self.target_tokenizer.vocabulary_size

    def build(self, input_shape=None):
        if self.built:
            return
        super().build()
        build_once(self.decoder, (None, None, self.encoder.output_size))

    def call(self, inputs, training=False):
        memory, mask = self._listened(inputs, training)
        target = ops.cast(inputs["target"], "int32")
        if training and self.ctc_share:
            share = self.ctc_share / (1 - self.ctc_share)
            self.add_loss(share * self._ctc_loss(self.head(memory, mask), target))
        return self.decoder(memory, mask, target, training=training)

    def _listened(self, inputs, training=False):
        """The memory of a batch and its mask."""
        return self.encoder(*self.frames(inputs, training), training=training)

    # Searching ------------------------------------------------------------------------------------

    @checked()
    def with_joint(self, ctc_weight: Strength) -> Listener:
        """The same model, its weights shared, whose texts are searched with another `ctc_weight`.

        Raises:
            ConfigError: if it is not from 0, the decoder alone, to 1.
        """
        parts = {name: getattr(self, name) for name in (*self._parts, "front", *_SETTINGS)}
        return type(self)(**{**parts, "ctc_weight": ctc_weight})

    def search_of(
        self,
        search: Any = None,
        beam_size: int | None = None,
        n_best: int = 1,
        language_model: Any = None,
        alpha: float | None = None,
        beta: float | None = None,
    ) -> Any:
        """The search that arguments of `transcribe` say: of decoder and head together.

        `search` may be a `JointBeamSearch`, of which `ctc_weight=0` asks the decoder alone, or a
        search over frames, which asks the head alone, and a language model if there is one.
        """
        if isinstance(search, str):
            search = catalogue.searches.get(search)()
        if isinstance(search, FrameSearch):
            return frame_search(search, beam_size, n_best, language_model, alpha, beta)
        if (language_model, alpha, beta) != (None, None, None):
            raise ConfigError(
                "A language model, alpha and beta are for the head alone: add a search over "
                "frames, such as search=CTCBeamSearch(8, alpha=0.5, beta=1.0)."
            )
        if search is None:
            beam_size = max(_BEAM, n_best) if beam_size is None else beam_size
            return JointBeamSearch(beam_size, self.ctc_weight, n_best=n_best)
        if not isinstance(search, JointBeamSearch) or (beam_size, n_best) != (None, 1):
            raise ConfigError(
                "search is a JointBeamSearch of zoo.decoding or a search over frames, such as "
                f"CTCBeamSearch(8), and says beam_size and n_best itself; not {search!r}."
            )
        return search

    def searched(self, inputs, search, language):
        memory, mask = self._listened(inputs)
        logits = ops.copy(self.head(memory, mask))
        counts = frame_counts(logits)
        if isinstance(search, FrameSearch):
            return logits, search(logits, counts, language=language)
        search = copy.copy(search)
        search.bos_id = search.eos_id = self.end_id
        if not has_free_axes():
            search.max_length = min(logits.shape[1] + 1, search.max_length or logits.shape[1] + 1)
        states, constants = self.decoder.start(memory, mask)
        found = search(self.decoder.step, states, constants, counts + 1, frames=logits)
        return logits, self._without_end(found)

    def _without_end(self, found: Hypotheses) -> Hypotheses:
        is_end = found.ids == self.end_id
        ended = ops.cast(ops.any(is_end, axis=-1), "int32")
        ids = ops.where(is_end, 0, found.ids)
        return found._replace(ids=ids, lengths=found.lengths - ended)

    # Training -------------------------------------------------------------------------------------

    def _ctc_loss(self, logits, target):
        """The head's loss of the labels of a target, over all positions of the batch."""
        labels = ops.where(target == self.end_id, 0, target)[:, 1:]
        losses = CTCLoss(reduction=None)(labels, logits)  # 0 of rows without frames
        return ops.sum(losses) / ops.cast(ops.size(target), "float32")

    def get_config(self):
        return super().get_config() | {name: getattr(self, name) for name in _SHARES}
