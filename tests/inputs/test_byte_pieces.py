"""Characters without a piece are read as the bytes of their UTF-8, and written from them."""

from __future__ import annotations

import pytest

from zoo.inputs import SentencePieceTokenizer
from zoo.inputs.byte_pieces import with_byte_pieces

KNOWN = ["Where is the red house here?", "Un chien regarde l'eau."]
ODD = ["駅", "😀 Ŵ", "a駅b"]


@pytest.fixture(scope="module")
def both(trained_proto):
    return [
        SentencePieceTokenizer(proto) for proto in (trained_proto, with_byte_pieces(trained_proto))
    ]


def test_what_has_pieces_keeps_them(both):
    small, large = both
    assert large.vocabulary_size == small.vocabulary_size + 256
    assert large.encode(KNOWN) == small.encode(KNOWN)
    assert large.decode(large.encode(KNOWN)) == KNOWN


@pytest.mark.parametrize("text", ODD)
def test_what_has_none_is_its_bytes(both, text):
    small, large = both
    (ids,) = large.encode([text])
    assert large.unknown_id not in ids and small.unknown_id in small.encode([text])[0]
    assert large.decode([ids]) == [text]
    found = [large.pieces([i])[0] for i in ids if i >= small.vocabulary_size]
    letters = [char for char in text if small.unknown_id in small.encode([char])[0]]
    expected = [f"<0x{byte:02X}>" for byte in "".join(letters).encode()]
    assert [piece for piece in found if piece >= "<0x80>"] == expected


def test_a_broken_character_is_marked(both):
    _, large = both
    (ids,) = large.encode(["駅"])
    assert "\ufffd" in large.decode([ids[:-1]])[0]


def test_what_has_bytes_keeps_them(both):
    assert with_byte_pieces(both[1].proto) == both[1].proto
