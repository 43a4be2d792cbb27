"""What texts have in common that differ in case and punctuation alone."""

from __future__ import annotations

import unicodedata


def folded(text: str, also: str = "") -> str:
    """The words of a text in small letters.

    Compatibility forms are composed (NFKC), letters lower-cased, every character that is neither
    letter, mark nor number made a space, and spaces folded.

    Args:
        text: any text.
        also: other characters that stay.

    Returns:
        The words with one space between them.

    Example:
        >>> folded("« C'est  l'ÉTÉ ! »")
        'c est l été'
        >>> folded("It's 5 o'clock.", also="'")
        "it's 5 o'clock"
    """
    text = unicodedata.normalize("NFKC", text).lower()
    kept = (c if c in also or unicodedata.category(c)[0] in "LMN" else " " for c in text)
    return " ".join("".join(kept).split())
