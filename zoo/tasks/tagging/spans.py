"""What tagging of frames returns: labels, each with its time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from zoo.errors import printable
from zoo.tasks.html import escaped


class LabelledSpan(NamedTuple):
    """Neighbouring frames with one label.

    Attributes:
        label: of all of them.
        begin, end: in seconds where the model knows how long its frames are, else in steps of what
            it reads.
        probability: of the label, the mean over the frames.
    """

    label: str
    begin: float
    end: float
    probability: float


class LabelledSpans(list[LabelledSpan]):
    """The `LabelledSpan`s of one item, a list; no two neighbours have one label."""

    def to_json(self) -> dict[str, Any]:
        """Plain data: `spans`, each with `label`, `begin`, `end` and `probability`."""
        return {"spans": [span._asdict() for span in self]}

    def line(self, paint: Callable[[str, str], str] | None = None) -> str:
        r"""A line for each span: begin, end and label, separated by tabs.

        Args:
            paint: what is shown of a label, which it is given twice, in place of itself.

        >>> print(LabelledSpans([LabelledSpan("A", 0.1, 0.25, 0.9)]).line().expandtabs(8))
        0.10    0.25    A
        """
        return "\n".join(
            f"{one.begin:.2f}\t{one.end:.2f}\t"
            + (printable(one.label) if paint is None else paint(printable(one.label), one.label))
            for one in self
        )

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{one.begin:.2f}</td><td>{one.end:.2f}</td><td>{escaped(one.label)}</td>"
            f"<td>{one.probability:.2f}</td></tr>"
            for one in self
        )
        return f"<table>{rows}</table>"
