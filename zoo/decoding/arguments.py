"""Special tokens, and what may be an argument of searches and rules."""

from __future__ import annotations

import math
import numbers

from zoo.errors import ConfigError
from zoo.inputs.ids import BOS_ID, EOS_ID, PAD_ID  # noqa: F401

# What is added to a length before the power, by the name of the penalty.
LENGTH_PENALTIES = {"wu": 5.0, "average": 0.0}
IMPOSSIBLE = -1e30  # a log-probability that nothing real reaches, finite so that sums stay finite


def positive(name: str, value) -> int:
    """Returns a positive whole number as it is; anything else is a ConfigError that names it."""
    if not isinstance(value, numbers.Integral) or value < 1:
        raise ConfigError(f"{name} must be a whole number of at least 1, not {value!r}.")
    return int(value)


def not_negative(name: str, value) -> float:
    """Returns a number of at least 0 as it is; anything else is a ConfigError that names it."""
    if not isinstance(value, numbers.Real) or not 0 <= float(value) < math.inf:
        raise ConfigError(f"{name} must be a number of at least 0, not {value!r}.")
    return float(value)
