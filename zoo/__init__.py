"""A zoo of sequence models for TensorFlow and Keras 3: trained, and loadable by name.

    import zoo

    zoo.load("nmt-attn-en-fr").translate("A man is riding a bicycle.")

`import zoo` imports neither TensorFlow nor Keras: every public name is imported on first use.
"""

import importlib
from typing import TYPE_CHECKING

__version__ = "0.1.0"

_PUBLIC = {
    "build": "zoo.building",
    "describe": "zoo.registry",
    "ensemble": "zoo.tasks.ensemble",
    "hookimpl": "zoo.hookspecs",
    "list_attentions": "zoo.registry",
    "list_cells": "zoo.registry",
    "list_datasets": "zoo.registry",
    "list_models": "zoo.registry",
    "list_tasks": "zoo.registry",
    "load": "zoo.saving",
    "save": "zoo.saving",
}

__all__ = [
    "__version__",
    "build",
    "describe",
    "ensemble",
    "hookimpl",
    "list_attentions",
    "list_cells",
    "list_datasets",
    "list_models",
    "list_tasks",
    "load",
    "save",
]

if TYPE_CHECKING:
    from zoo.building import build
    from zoo.hookspecs import hookimpl
    from zoo.registry import (
        describe,
        list_attentions,
        list_cells,
        list_datasets,
        list_models,
        list_tasks,
    )
    from zoo.saving import load, save
    from zoo.tasks.ensemble import ensemble


def __getattr__(name: str) -> object:
    """Import a public name on first use (PEP 562)."""
    if name not in _PUBLIC:
        raise AttributeError(f"module 'zoo' has no attribute {name!r}")
    value = getattr(importlib.import_module(_PUBLIC[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_PUBLIC})
