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
        end: character after its last.
        surface: `text[start:end]`, as it is written. Words of one contracted token, `de` and `le`
            of `du`, are pairs of their own that share its place and its surface.

    Example:

    >>> token, tag = pair = TaggedToken("dogs", "NOUN", 4, 8)
    >>> tag, pair == ("dogs", "NOUN"), "Two dogs."[pair.start : pair.end]
    ('NOUN', True, 'dogs')
    """

    start: int | None
    end: int | None
    surface: str

    def __new__(
        cls,
        token: str,
        tag: str,
        start: int | None = None,
        end: int | None = None,
        surface: str | None = None,
    ):
        pair = super().__new__(cls, (token, tag))
        pair.start, pair.end = start, end
        pair.surface = token if surface is None else surface
        return pair

    def __getnewargs__(self):
        return (*self, self.start, self.end, self.surface)

    @property
    def token(self) -> str:
        """The word."""
        return self[0]

    @property
    def tag(self) -> str:
        """Its label."""
        return self[1]


class TaggedSequence(list[TaggedToken]):
    """The `TaggedToken` pairs of one item, a list."""

    def to_json(self) -> dict[str, Any]:
        """Plain data: each token, its tag and, where they are known, its `start` and `end`.

        A word of a contracted token has its `surface` too.
        """
        return {
            "tokens": [
                {"token": pair.token, "tag": pair.tag}
                | ({} if pair.start is None else {"start": pair.start, "end": pair.end})
                | ({} if pair.surface == pair.token else {"surface": pair.surface})
                for pair in self
            ]
        }

    def to_conllu(self) -> str:
        """The words and tags in CoNLL-U (universaldependencies.org/format.html), one sentence.

        Ten columns, of which number, form and universal tag are filled, and `SpaceAfter`
        where places are known. A contracted token has a line of its own, `5-6`, before its words.
        """
        lines, number = [], 0
        for token in self._written():
            first, number = number + 1, number + len(token)
            after = self[number] if number < len(self) else None
            joined = after is not None and after.start is not None and after.start == token[0].end
            space = "SpaceAfter=No" if joined else "_"
            if len(token) > 1:
                lines.append(_conllu(f"{first}-{number}", token[0].surface, "_", space))
                space = "_"
            lines += [_conllu(i, one.token, one.tag, space) for i, one in enumerate(token, first)]
        return "".join(f"{line}\n" for line in lines)

    def _written(self) -> list[list[TaggedToken]]:
        """The words of each token as it is written."""
        tokens: list[list[TaggedToken]] = []
        for pair in self:
            before = [(one.start, one.end) for one in tokens[-1][-1:]] if tokens else []
            if pair.surface != pair.token and before == [(pair.start, pair.end)]:
                tokens[-1].append(pair)
            else:
                tokens.append([pair])
        return tokens

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


def _conllu(number: object, form: str, tag: str, misc: str) -> str:
    """A line of CoNLL-U; what would end a column is written out."""
    return f"{number}\t{printable(form)}\t_\t{printable(tag)}\t_\t_\t_\t_\t_\t{misc}"
