"""An item that goes on while its answer is asked for."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, Generic, TypeVar

from zoo.errors import ConfigError

Known = TypeVar("Known")


class ItemStream(ABC, Generic[Known]):
    """What a model knows of an item so far; its `stream` gives one.

    In the end that is what it says of the whole item at once, to rounding. What a stream has in
    memory does not grow with what was read, other than by the answer itself.
    """

    def __init__(self, known: Known):
        self._known = known
        self._is_open = True

    def push(self, item: Any) -> Known:
        """Reads more, and gives what is known so far.

        Args:
            item: one step of what the model reads, or several; the class says of what form.

        Raises:
            ConfigError: after `end`, or if it is something else.
        """
        if not self._is_open:
            raise ConfigError("The stream has ended: open another.")
        self._known = self._read(item)
        return self._known

    def end(self) -> Known:
        """Reads what was held back until more would come, and gives what is known of the whole."""
        if self._is_open:
            self._known = self._finish()
            self._is_open = False
        return self._known

    @abstractmethod
    def _read(self, item: Any) -> Known:
        """What is known after more."""

    def _finish(self) -> Known:
        """What is known when nothing more comes."""
        return self._known
