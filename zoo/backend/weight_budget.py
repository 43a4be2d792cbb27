"""A model that is built from a file's config, stopped where it becomes larger than its weights.

Numbers of a config, such as `units` and `layers`, say how much is made, and each class says it in
its own way. What all have in common is that layers are made and ask for their weights, so this is
where they are counted, before memory is taken. Only what is made within a budget is counted, in the
thread that set it; its weights begin as zeros, which those of the file replace: to draw them takes
longer than to read them.
"""

from __future__ import annotations

import contextlib
import contextvars
import functools
import inspect
import math
from collections.abc import Iterator

import keras


class OverBudget(Exception):
    """A model asks for more layers or weights than it may have."""


class Budget:
    """How much may be made, and why it was too much.

    Attributes:
        reason: what was asked for that is too much; None as long as nothing was.
    """

    def __init__(self, layers: int, arrays: int, numbers: int):
        self.layers, self.arrays, self.numbers = layers, arrays, numbers
        self.reason: str | None = None

    def take(self, *, layers: int = 0, arrays: int = 0, numbers: int = 0) -> None:
        """Takes from what is left.

        Raises:
            OverBudget: if there is less.
        """
        self.layers -= layers
        self.arrays -= arrays
        self.numbers -= numbers
        if self.reason is None:
            for what in ("layers", "arrays", "numbers"):
                if getattr(self, what) < 0:
                    self.reason = f"more {what} than its weights can fill"
        if self.reason is not None:
            raise OverBudget(self.reason)


_BUDGET: contextvars.ContextVar[Budget | None] = contextvars.ContextVar("budget", default=None)


@contextlib.contextmanager
def weight_budget(*, layers: int, arrays: int, numbers: int) -> Iterator[Budget]:
    """Has at most so many layers be made within, with so many arrays of so many zeros together.

    Raises:
        OverBudget: from within a layer that asks for more; `Budget.reason` stays, should Keras
            pass over the exception.
    """
    _count_layers()
    budget = Budget(layers, arrays, numbers)
    token = _BUDGET.set(budget)
    try:
        yield budget
    finally:
        _BUDGET.reset(token)


@functools.cache
def _count_layers() -> None:
    """Has Keras ask the budget of the moment, from now on."""
    make, add_weight = keras.layers.Layer.__init__, keras.layers.Layer.add_weight

    @functools.wraps(make)
    def counted_make(self, *args, **kwargs):
        if (budget := _BUDGET.get()) is not None:
            budget.take(layers=1)
        make(self, *args, **kwargs)

    # Keras looks at the arguments of a layer's __init__, and at those of no wrapper.
    counted_make.__signature__ = inspect.signature(make)  # type: ignore[attr-defined]

    @functools.wraps(add_weight)
    def counted_add_weight(self, *args, **kwargs):
        if (budget := _BUDGET.get()) is not None:
            shape = kwargs.get("shape", next((a for a in args if not isinstance(a, str)), None))
            sizes = (shape,) if isinstance(shape, int) else tuple(shape or ())
            budget.take(arrays=1, numbers=math.prod(max(int(size), 0) for size in sizes))
            kwargs["initializer"] = "zeros"
        return add_weight(self, *args, **kwargs)

    keras.layers.Layer.__init__ = counted_make  # type: ignore[method-assign]
    keras.layers.Layer.add_weight = counted_add_weight  # type: ignore[method-assign]
