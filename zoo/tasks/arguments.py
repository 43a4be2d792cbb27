"""Arguments of the models' verbs, whose mistakes get one sentence."""

from __future__ import annotations

from typing import Any

from zoo.decoding.arguments import positive
from zoo.errors import ConfigError


def require_positive(name: str, value: Any) -> None:
    """Requires a positive whole number; anything else is a ConfigError that names it."""
    try:
        positive(name, value)
    except ValueError as error:
        raise ConfigError(str(error)) from error
