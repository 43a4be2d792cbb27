"""What tagging returns: a pair that also knows where it stood."""

from __future__ import annotations


class TaggedToken(tuple):
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
