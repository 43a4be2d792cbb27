"""Bytes as the last resort of a vocabulary: what has no piece is spelt, and can be copied."""

from __future__ import annotations

import struct

from zoo.protobuf import field, varint

# Of sentencepiece_model.proto: numbers of fields, and of the kind of a piece.
_PIECES, _TRAINER = 1, 2
_PIECE, _SCORE, _TYPE = 1, 2, 3
_BYTE_FALLBACK = 35
_BYTE = 6


def with_byte_pieces(proto: bytes) -> bytes:
    """A SentencePiece model with 256 more pieces, `<0x00>` to `<0xFF>`, after those that it has.

    A character without a piece is then read, and can be written, as the bytes of its UTF-8; what
    has pieces keeps them, and their ids. A protocol buffer is added to by what is put behind it.

    Args:
        proto: bytes of a SentencePiece model.

    Returns:
        Bytes of the larger one; one that has such pieces is given back as it is.
    """
    if field(_PIECES, _byte_piece(0)) in proto:
        return proto
    pieces = b"".join(field(_PIECES, _byte_piece(value)) for value in range(256))
    return proto + pieces + field(_TRAINER, varint(_BYTE_FALLBACK << 3) + varint(1))


def _byte_piece(value: int) -> bytes:
    name = field(_PIECE, f"<0x{value:02X}>".encode())
    score = varint(_SCORE << 3 | 5) + struct.pack("<f", 0.0)
    return name + score + varint(_TYPE << 3) + varint(_BYTE)
