"""From text to text."""

from __future__ import annotations

from typing import Any

import keras

from zoo.checked import checked
from zoo.tasks.sequence_to_sequence.encoder_decoder import EncoderDecoder
from zoo.tasks.sequence_to_sequence.translating import Translating


@keras.saving.register_keras_serializable(package="zoo")
class SequenceToSequence(Translating, EncoderDecoder):
    """An encoder and a decoder that translate: `EncoderDecoder` with the verb `translate`.

    Args:
        *args: as for `EncoderDecoder`.
        by_sentence: whether a text is read sentence by sentence, see `BySentence`.
        **kwargs: as for `EncoderDecoder`.
    """

    def __init__(self, *args, by_sentence: bool = False, **kwargs):
        self.by_sentence = by_sentence  # before the base builds itself
        super().__init__(*args, **kwargs)

    @checked()
    def with_sentences(self, by_sentence: bool = True) -> SequenceToSequence:
        """The same model, its weights shared, which reads texts sentence by sentence, or whole."""
        return type(self)(**{**self._settings(), "by_sentence": by_sentence})

    def _settings(self) -> dict[str, Any]:
        return super()._settings() | {"by_sentence": self.by_sentence}

    def get_config(self):
        return super().get_config() | {"by_sentence": self.by_sentence}
