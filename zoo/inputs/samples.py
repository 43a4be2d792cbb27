"""Small tokenizers that need no training, and so no `sentencepiece`."""

from __future__ import annotations

import string
import struct

from zoo.inputs import CharacterTokenizer, SentencePieceTokenizer, WordTokenizer, train_words
from zoo.protobuf import field, varint

TEXTS = ("A man rides a bicycle.", "Two dogs run.", "", "So what?")
_NORMAL, _UNKNOWN, _CONTROL = 1, 2, 3
_UNIGRAM = 1


def words() -> WordTokenizer:
    """Knows the words of `TEXTS`."""
    return train_words([text.rstrip(".?").split() for text in TEXTS if text], min_count=1)


def letters() -> CharacterTokenizer:
    """Knows the characters of `TEXTS`."""
    return CharacterTokenizer(sorted(set("".join(TEXTS))))


def characters() -> SentencePieceTokenizer:
    """Has a piece for each letter and digit of ASCII, and for the space.

    The model is written field by field, with the numbers of SentencePiece's
    `sentencepiece_model.proto`:

        ModelProto.pieces = 1 (piece = 1, score = 2, type = 3), ModelProto.trainer_spec = 2
        TrainerSpec.model_type = 3, .unk_id = 40, .bos_id = 41, .eos_id = 42, .pad_id = 43
    """
    special = [("<pad>", _CONTROL), ("<unk>", _UNKNOWN), ("<s>", _CONTROL), ("</s>", _CONTROL)]
    letters = ["\u2581", *string.ascii_letters, *string.digits, *".,!?'-"]
    pieces = [*special, *((letter, _NORMAL) for letter in letters)]
    model = b"".join(field(1, _piece(piece, kind)) for piece, kind in pieces)
    ids = [(3, _UNIGRAM), (40, 1), (41, 2), (42, 3), (43, 0)]
    trainer = b"".join(_number(number, value) for number, value in ids)
    return SentencePieceTokenizer(model + field(2, trainer))


def _piece(piece: str, kind: int) -> bytes:
    score = varint(2 << 3 | 5) + struct.pack("<f", -1.0)  # wire type 5: four bytes
    return field(1, piece.encode()) + score + _number(3, kind)


def _number(number: int, value: int) -> bytes:
    """A field with an integer (wire type 0)."""
    return varint(number << 3) + varint(value)
