"""Ids as what a model reads that has nothing to make them with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zoo.errors import ConfigError
from zoo.inputs.input import Array, Input

_ANY_SIZE = 2**31 - 1


class IdsAlone(Input):
    """Arrays of ids, which a model is called on; it has no verb for anything else.

    Args:
        shapes: name -> shape without the batch, None being time.
    """

    kind = "ids"

    def __init__(self, shapes: Mapping[str, tuple[int | None, ...]], **kwargs):
        super().__init__(**kwargs)
        self.shapes = dict(shapes)

    @property
    def arrays(self) -> dict[str, Array]:
        """As they were given, of ids of any size."""
        return {name: Array(shape, "int32", is_ids=True) for name, shape in self.shapes.items()}

    def ids_below(self, name: str) -> int:
        """Any."""
        return _ANY_SIZE

    def is_item(self, value: Any) -> bool:
        """Nothing is."""
        return False

    def check(self, verb: str, items: Any) -> None:
        """Refuses everything."""
        raise ConfigError(
            f"The model {self.name!r} has no tokenizer or other input, so it cannot {verb} "
            "anything: build it with one, or call it on ids."
        )
