"""The few bytes of a protocol buffer that are written by hand (protobuf.dev, Encoding)."""

from __future__ import annotations


def field(number: int, content: bytes) -> bytes:
    """A field of strings, bytes or a message: tag, length, content (wire type 2)."""
    return varint(number << 3 | 2) + varint(len(content)) + content


def varint(value: int) -> bytes:
    """An integer in as few bytes as it needs, seven bits in each."""
    parts = []
    while value > 0x7F:
        parts.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*parts, value])
