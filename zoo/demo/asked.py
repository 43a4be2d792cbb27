"""What was asked: a model, and the item that it was given."""

from __future__ import annotations

import dataclasses
from typing import Any


@dataclasses.dataclass(frozen=True)
class Asked:
    """Goes with an answer to whatever shows it.

    Attributes:
        model: that answered.
        item: what its `Input` reads.
        settings: keyword arguments of its verb.
    """

    model: Any
    item: Any
    settings: dict[str, Any] = dataclasses.field(default_factory=dict)

    @property
    def kind(self) -> str:
        """The kind of the item."""
        return self.model.input.kind
