"""Looking into recurrent layers while a loss is computed: what they read, and where gradients go.

Without a watcher it costs nothing; with one, layers that are called in training say what they do.
"""

from __future__ import annotations

import contextlib
import contextvars
from collections.abc import Iterator
from typing import Any, Protocol


class Watcher(Protocol):
    """What is told of the recurrent layers called in training within `watched_by`."""

    def begin(self, layer: Any, nudges: Any) -> Any:
        """Before its loop.

        Args:
            layer: a `zoo.layers.Recurrent`.
            nudges: zeros `[time, batch, units]`, which are added to its state `h` after every step,
                and to its output where that is `h`.

        Returns:
            The nudges, perhaps those whose gradient is recorded: the gradient of the loss at `h_t`.
        """

    def end(self, layer: Any, inputs: Any, before: Any, outputs: Any, is_real: Any) -> None:
        """After its loop.

        Args:
            layer: the layer.
            inputs: `[time, batch, features]`.
            before: the states before the first step, a list of `[batch, size]`.
            outputs: `[time, batch, units]`.
            is_real: bool `[time, batch, 1]`, False on padding; None: all are real.
        """


_watcher: contextvars.ContextVar[Watcher | None] = contextvars.ContextVar("watcher", default=None)


def watcher() -> Watcher | None:
    """Who looks on; None where nobody does."""
    return _watcher.get()


@contextlib.contextmanager
def watched_by(one: Watcher) -> Iterator[None]:
    """Tells a watcher of all recurrent layers that are called in training within the block."""
    token = _watcher.set(one)
    try:
        yield
    finally:
        _watcher.reset(token)
