"""What transcribing returns when more than the text is asked for."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from zoo.errors import printable
from zoo.tasks.html import escaped


class Span(NamedTuple):
    """A part of a text, and when it was said.

    Attributes:
        text: a character or a word.
        begin, end: in seconds where the model knows how long its steps are, else in steps of what
            it reads.
    """

    text: str
    begin: float
    end: float


@dataclasses.dataclass(frozen=True)
class Transcription:
    """A text that a model heard.

    Attributes:
        text: the text.
        score: what the search ranks by.
        log_prob: natural logarithm of the probability of the text given the frames; of greedy
            search that of the likeliest way to say it.
        characters: each with the time at which it was said, in order. None where times were not
            asked for.
    """

    text: str
    score: float
    log_prob: float
    characters: list[Span] | None = None

    @property
    def words(self) -> list[Span] | None:
        """What stands between spaces, from the begin of its first character to the end of its last.

        >>> Transcription("a bc", 0.0, 0.0, [Span("a", 1, 2), Span(" ", 2, 4), Span("b", 4, 5),
        ...                                  Span("c", 7, 8)]).words
        [Span(text='a', begin=1, end=2), Span(text='bc', begin=4, end=8)]
        """
        if self.characters is None:
            return None
        found: list[list[Span]] = [[]]
        for one in self.characters:
            if one.text.isspace():
                found.append([])
            else:
                found[-1].append(one)
        return [
            Span("".join(one.text for one in word), word[0].begin, word[-1].end)
            for word in found
            if word
        ]

    def to_json(self) -> dict[str, Any]:
        """Plain data: `text`, `score`, and, with times, `characters` and `words`."""
        found: dict[str, Any] = {"text": self.text, "score": self.score}
        if self.characters is not None:
            found["characters"] = _plain(self.characters)
            found["words"] = _plain(self.words or [])
        return found

    def line(self, colour: Callable[[str], str] | None = None) -> str:
        """The text, and with times a line for each word instead: begin, end and word.

        Args:
            colour: what is shown of a text or word in place of itself.
        """
        show = printable if colour is None else colour
        if self.words is None:
            return show(self.text)
        return "\n".join(f"{one.begin:.2f}\t{one.end:.2f}\t{show(one.text)}" for one in self.words)

    def _repr_html_(self) -> str:
        words = "".join(
            f"<tr><td>{one.begin:.2f}</td><td>{one.end:.2f}</td><td>{escaped(one.text)}</td></tr>"
            for one in self.words or ()
        )
        table = f"<table>{words}</table>" if words else ""
        return f"<p>{escaped(self.text)} <small>({self.score:.3f})</small></p>{table}"


def _plain(spans: Sequence[Span]) -> list[dict[str, Any]]:
    return [span._asdict() for span in spans]
