"""From text to text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras

from zoo.checked import checked
from zoo.inputs.subwords import language_piece
from zoo.tasks.sequence_to_sequence.encoder_decoder import EncoderDecoder
from zoo.tasks.sequence_to_sequence.several_targets import require_targets
from zoo.tasks.sequence_to_sequence.translating import Translating


@keras.saving.register_keras_serializable(package="zoo")
class SequenceToSequence(Translating, EncoderDecoder):
    """An encoder and a decoder that translate: `EncoderDecoder` with the verb `translate`.

    Args:
        *args: as for `EncoderDecoder`.
        by_sentence: whether a text is read sentence by sentence, see `BySentence`.
        targets: codes of the languages to translate into, see `SeveralTargets`.
        **kwargs: as for `EncoderDecoder`.

    Raises:
        ConfigError: if what the model reads cannot have the piece of a target before it.
    """

    def __init__(self, *args, by_sentence: bool = False, targets: Sequence[str] = (), **kwargs):
        self.by_sentence = by_sentence  # before the base builds itself
        super().__init__(*args, **kwargs)
        self.targets = require_targets(targets, self.source_tokenizer)

    @checked()
    def with_sentences(self, by_sentence: bool = True) -> SequenceToSequence:
        """The same model, its weights shared, which reads texts sentence by sentence, or whole."""
        return type(self)(**{**self._settings(), "by_sentence": by_sentence})

    def _toward(self, target: str) -> SequenceToSequence:
        reads = self.source_tokenizer
        if reads is not None:
            reads = reads.beginning_with(language_piece(target))
        return type(self)(**{**self._settings(), "input": reads, "targets": ()})

    def _settings(self) -> dict[str, Any]:
        return super()._settings() | {"by_sentence": self.by_sentence, "targets": self.targets}

    def get_config(self):
        own = {"by_sentence": self.by_sentence, "targets": list(self.targets)}
        return super().get_config() | own
