"""Whether a body over time can go on from a state, and going on. Knows no body by name."""

from __future__ import annotations

from typing import Any


def reads_forward(body: Any) -> bool:
    """Whether no output of a body over time depends on later steps.

    Args:
        body: such as `Recurrent`, a `TCN`, a stack of these, or `DenseStack`.
    """
    has_both = hasattr(body, "forward") and hasattr(body, "backward")
    if has_both or getattr(body, "go_backwards", False):
        return False
    return all(reads_forward(layer) for layer in getattr(body, "layers", ()))


def first_state(body: Any, batch_size: Any) -> list:
    """The state of a body before the first step; of one over every step alone, nothing."""
    begin = getattr(body, "get_initial_state", None)
    return [] if begin is None else begin(batch_size)


def go_on(body: Any, steps: Any, mask: Any, state: list) -> tuple[Any, list]:
    """Outputs of further steps, and the state after them.

    Args:
        body: one that `reads_forward`.
        steps: `[batch, time, features]`.
        mask: bool `[batch, time]`.
        state: that before them.
    """
    if not hasattr(body, "get_initial_state"):
        return body(steps, mask=mask)[0], []
    return body(steps, mask=mask, initial_state=state)
