"""Models that are opened when somebody asks for them, and then answer one request at a time."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from typing import Any


class Models:
    """The models of a page, by name.

    Each is loaded once, on its first use, and answers one request at a time: what a model compiles
    is kept in it. Different models answer side by side.

    Args:
        load: gives the model of a name, such as `zoo.load`.
    """

    def __init__(self, load: Callable[[str], Any]):
        self._load = load
        self._models: dict[str, Any] = {}
        self._locks: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()
        self._loading = threading.Lock()  # which imports modules and reads whole files

    def is_loaded(self, name: str) -> bool:
        """Whether a model was opened before."""
        return name in self._models

    @contextlib.contextmanager
    def lent(self, name: str) -> Iterator[Any]:
        """Gives a model, which nobody else uses meanwhile.

        Raises:
            ZooError: if it cannot be loaded, see `zoo.load`.
        """
        with self._lock:
            lock = self._locks.setdefault(name, threading.Lock())
        with lock:
            if name not in self._models:
                with self._loading:
                    self._models[name] = self._load(name)
            yield self._models[name]
