"""What a refusal of a public function must look like."""

from __future__ import annotations


def is_one_sentence(text: str) -> bool:
    """Whether a message is a sentence of one line, of a length that somebody reads."""
    return "\n" not in text and text.endswith((".", "?", ")")) and len(text) <= 900
