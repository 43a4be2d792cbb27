"""A recurrence over all of time as one operation, for graphs of runtimes that have such operations.

While a graph is traced for one, the runtime's exporter says what a recurrence becomes; layers ask
here, and walk through time themselves where nobody says anything.
"""

from __future__ import annotations

import contextlib
import contextvars
from collections.abc import Callable, Iterator
from typing import Any

Operation = Callable[[Any, Any, Any, list, bool], "tuple[Any, list] | None"]

_operation: contextvars.ContextVar[Operation | None] = contextvars.ContextVar(
    "whole_recurrence", default=None
)


@contextlib.contextmanager
def recurrences_as(operation: Operation) -> Iterator[None]:
    """Hands the recurrences that are traced within the block to an exporter.

    Args:
        operation: `(cell, inputs, mask, states, reverse)`, as of `zoo.layers.Recurrent.call`, to
            outputs and states; or to None, if there is no operation for such a cell.
    """
    token = _operation.set(operation)
    try:
        yield
    finally:
        _operation.reset(token)


def whole_recurrence(
    cell: Any, inputs: Any, mask: Any, states: list, reverse: bool
) -> tuple[Any, list] | None:
    """Outputs and states of a recurrence as one operation; None where there is none for it."""
    operation = _operation.get()
    return None if operation is None else operation(cell, inputs, mask, states, reverse)
