"""From text to text."""

from __future__ import annotations

import keras

from zoo.tasks.sequence_to_sequence.encoder_decoder import EncoderDecoder
from zoo.tasks.sequence_to_sequence.translating import Translating


@keras.saving.register_keras_serializable(package="zoo")
class SequenceToSequence(Translating, EncoderDecoder):
    """An encoder and a decoder that translate: `EncoderDecoder` with the verb `translate`."""
