"""Python's search for garbage, held where much is made and nothing is thrown away."""

from __future__ import annotations

import contextlib
import gc
import threading
from collections.abc import Iterator

_lock = threading.Lock()
_holders = 0
_was_on = False


@contextlib.contextmanager
def collection_held() -> Iterator[None]:
    """Holds the collection of reference cycles for what is imported or built within the block.

    While TensorFlow is imported, Python looks a thousand times for garbage among all that was
    imported before, which is a fifth of what the import takes, and there is none. What is in no
    cycle is freed as ever. Any thread may hold it, and where the user switched it off it stays so.
    """
    global _holders, _was_on
    with _lock:
        if not _holders:
            _was_on = gc.isenabled()
            gc.disable()
        _holders += 1
    try:
        yield
    finally:
        with _lock:
            _holders -= 1
            if not _holders and _was_on:
                gc.enable()
