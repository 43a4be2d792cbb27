"""A zoo of sequence models for TensorFlow and Keras 3: trained, and loadable by name.

    import zoo

    zoo.load("nmt-attn-en-fr").translate("A man is riding a bicycle.")

`import zoo` imports neither TensorFlow nor Keras: every public name is imported on first use.
"""

from typing import TYPE_CHECKING

from zoo.lazy import lazy_names
from zoo.version import __version__

_MODULE_OF = {
    "build": "building",
    "describe": "catalogue",
    "ensemble": "saving",
    "hookimpl": "hookspecs",
    "list_attentions": "catalogue",
    "list_cells": "catalogue",
    "list_datasets": "catalogue",
    "list_models": "catalogue",
    "list_tasks": "catalogue",
    "load": "saving",
    "save": "saving",
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
    from zoo.catalogue import (
        describe,
        list_attentions,
        list_cells,
        list_datasets,
        list_models,
        list_tasks,
    )
    from zoo.hookspecs import hookimpl
    from zoo.released import load
    from zoo.saving import ensemble, save

__getattr__ = lazy_names(__name__, _MODULE_OF)[0]


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
