"""Many-to-many, unaligned: an encoder, a decoder, and searches over what it may say."""

from zoo.tasks.sequence_to_sequence.sequence_to_sequence import SequenceToSequence

__all__ = ["SequenceToSequence"]
