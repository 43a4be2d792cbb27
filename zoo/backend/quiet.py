"""Importing Keras without the noise that TensorFlow makes while it is imported."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator

LEVEL = "TF_CPP_MIN_LOG_LEVEL"


def import_keras() -> None:
    """Imports Keras, with TensorFlow's log off unless the user set it.

    TensorFlow 2.21 logs to stderr before it reads `TF_CPP_MIN_LOG_LEVEL`, so that alone is not
    enough.
    """
    if LEVEL in os.environ:
        return
    os.environ[LEVEL] = "3"
    with _stderr_held():
        import keras  # noqa: F401


@contextlib.contextmanager
def _stderr_held() -> Iterator[None]:
    """Holds back what the process writes to stderr, and let it out only if something is raised."""
    sys.stderr.flush()
    kept = os.dup(2)
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), 2)
        try:
            yield
        except KeyboardInterrupt:
            _restore(kept)
            raise
        except BaseException:
            _restore(kept)
            held.seek(0)
            os.write(2, held.read())
            raise
        _restore(kept)


def _restore(kept: int) -> None:
    sys.stderr.flush()
    os.dup2(kept, 2)
    os.close(kept)
