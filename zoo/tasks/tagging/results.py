"""What tagging returns: pairs that also know where they stood."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from zoo.errors import printable
from zoo.tasks.html import pairs


class TaggedToken(tuple[str, str]):
    """A `(token, tag)` pair, with the place of the token in the text.

    Attributes:
        start: character of the text at which the token begins; None where tokens were given.
        end: character after its last; `text[start:end]` is the token.

    Example:

    >>> token, tag = pair = TaggedToken("dogs", "NOUN", 4, 8)
    >>> tag, pair == ("dogs", "NOUN"), "Two dogs."[pair.start : pair.end]
    ('NOUN', True, 'dogs')
    """

    start: int | None
    end: int | None

    def __new__(cls, token: str, tag: str, start: int | None = None, end: int | None = None):
        pair = super().__new__(cls, (token, tag))
        pair.start, pair.end = start, end
        return pair

    def __getnewargs__(self):
        return (*self, self.start, self.end)

    @property
    def token(self) -> str:
        """The token as it is written."""
        return self[0]

    @property
    def tag(self) -> str:
        """Its label."""
        return self[1]


class TaggedSequence(list[TaggedToken]):
    """The `TaggedToken` pairs of one item, a list."""

    def to_json(self) -> dict[str, Any]:
        """Plain data: each token, its tag and, where they are known, its `start` and `end`."""
        return {
            "tokens": [
                {"token": pair.token, "tag": pair.tag}
                | ({} if pair.start is None else {"start": pair.start, "end": pair.end})
                for pair in self
            ]
        }

    def _repr_html_(self) -> str:
        return pairs(self)

    def line(self, colour: Callable[[str, str], str] | None = None) -> str:
        """The pairs as `token/TAG`, separated by spaces, control characters written out.

        Args:
            colour: what is shown of `/TAG` in place of itself, given that and the tag.
        """
        paint = colour or (lambda text, tag: text)
        return " ".join(
            printable(pair.token) + paint(printable(f"/{pair.tag}"), pair.tag) for pair in self
        )
