"""Texts cut into sentences, and capitals laid aside: the same in Python and in a TensorFlow graph.

Models of sentences read one at a time. The rules are regular expressions of both Python's re and
RE2; they know the abbreviations of English and French, and take no line break for an end.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import tensorflow as tf

MOST_WORDS = 40  # of a sentence; a longer one is cut, since no training text has it

_SPACES = "[\t\n\x0b\x0c\r\x1c-\x1f \x85\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+"
_UPPER = "A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĘĚĞĢĪĮİĶĹĽŁŃŅŇŌŐŒŔŘŚŞŠŢŤŪŮŰŲŸŹŻŽΑ-ΩА-Я"
_LOWER = "a-zß-öø-ÿœ"
_CLOSING = "[\"'\u201d\u2019»)\\]]*"
_OPENING = "[\"'\u201c\u2018«(\\[¿¡]*"
_ABBREVIATIONS = (
    "Mr|Mrs|Ms|Dr|Prof|St|Mt|Sr|Jr|vs|etc|Inc|Ltd|Co|Corp|Gen|Col|Lt|Sgt|Capt|Rev|Fig|"
    "e\\.g|i\\.e|a\\.m|p\\.m|MM|Mme|Mlle|Bd|[A-Z]"
)
_GLUE, _END = "\x01", "\n"  # neither is in a text whose spaces are plain ones
_BEFORE_SMALL = f"([!?]|[{_LOWER}][{_LOWER}][{_LOWER}]\\.) ([{_LOWER}])"

# (pattern, replacement), in this order.
_CUTS = (
    ("\x01", " "),
    (_SPACES, " "),
    ("^ | $", ""),
    (f"(\\b(?:{_ABBREVIATIONS})\\.) ", f"\\1{_GLUE}"),
    ("(^|[.!?] )([0-9]{1,2}\\.) ", f"\\1\\2{_GLUE}"),
    (f"([.!?…]{_CLOSING}) ({_OPENING}[{_UPPER}0-9])", f"\\1{_END}\\2"),
    (_BEFORE_SMALL, f"\\1{_END}\\2"),
    (_BEFORE_SMALL, f"\\1{_END}\\2"),  # of words side by side every second one is found at once
    (_GLUE, " "),
    (f"((?:[^ \n]+ ){{{MOST_WORDS - 1}}}[^ \n]+) ", f"\\1{_END}"),
)
_SHOUTED = f"(?s).*[{_UPPER}].*[{_UPPER}].*"


def cut_sentences(texts: Sequence[str]) -> list[list[str]]:
    """Cuts each text into its sentences.

    A sentence ends at `.`, `!`, `?` or `…` before a space and a capital or a digit, not after an
    abbreviation or an initial; at `!` or `?`, or at the `.` of a word of three small letters, also
    before a small one; and after 40 words at the latest.

    Args:
        texts: strings.

    Returns:
        For each its sentences, one or more, single spaces between their words. What has no word
        is one empty sentence.

    Example:
        >>> cut_sentences(["Hello, Mr. Li!  How are you? fine."])
        [['Hello, Mr. Li!', 'How are you?', 'fine.']]
    """
    return [_marked(text).split(_END) for text in texts]


def cut_in_graph(texts: tf.Tensor) -> tf.RaggedTensor:
    """`cut_sentences` in the graph: strings `[n]` to strings `[n, (sentences)]`."""
    import tensorflow as tf

    for pattern, replacement in _CUTS:
        texts = tf.strings.regex_replace(texts, pattern, replacement)
    return tf.strings.split(texts, _END)


def is_shouted(text: str) -> bool:
    """Whether a sentence is written in capitals: two of them, and no small letter."""
    return text.upper() == text and re.fullmatch(_SHOUTED, text) is not None


def calm(text: str) -> str:
    """A sentence in capitals as others are written: the first letter alone is one.

    Example:
        >>> calm("WHERE ARE YOU?")
        'Where are you?'
    """
    return text[:1] + text[1:].lower() if is_shouted(text) else text


def calm_in_graph(texts: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """`calm` in the graph.

    Args:
        texts: sentences `[n]`.

    Returns:
        The sentences, and bool `[n]`: which of them were in capitals.
    """
    import tensorflow as tf

    shouted = tf.strings.upper(texts, "utf-8") == texts
    shouted &= tf.strings.regex_full_match(texts, _SHOUTED)
    first = tf.strings.regex_replace(texts, "(?s)^(.).*$", "\\1")
    rest = tf.strings.regex_replace(texts, "(?s)^.", "")
    return tf.where(shouted, first + tf.strings.lower(rest, "utf-8"), texts), shouted


def _marked(text: str) -> str:
    for pattern, replacement in _PATTERNS:
        text = pattern(replacement, text)
    return text


_PATTERNS: list[tuple[Callable, str]] = [
    (re.compile(pattern, re.ASCII).sub, replacement) for pattern, replacement in _CUTS
]
