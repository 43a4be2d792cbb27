"""Importing Keras: on a backend that works, and without the noise that TensorFlow makes."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from zoo.errors import ConfigError
from zoo.garbage import collection_held

LEVEL = "TF_CPP_MIN_LOG_LEVEL"
QUIET = "2"  # errors alone
BACKENDS = ("tensorflow", "jax")
_is_ours = False  # whether the level of the log is ours, and TensorFlow has not begun


def import_keras() -> None:
    """Imports Keras, with all of TensorFlow's log but errors off unless the user set it.

    TensorFlow 2.21 logs to stderr before it reads `TF_CPP_MIN_LOG_LEVEL`, so that alone is not
    enough, and says that there is no GPU as an error when it first looks for one.

    Raises:
        ConfigError: if Keras is on another backend than the zoo works on, or on one that is not
            installed.
    """
    require_backend()
    if LEVEL in os.environ or "tensorflow" in sys.modules:
        return
    global _is_ours
    _is_ours = True
    os.environ[LEVEL] = QUIET
    with collection_held(), _stderr_held():
        import keras

        if keras.backend.backend() == "tensorflow":
            import tensorflow as tf

            tf.config.list_physical_devices()


def begin_quietly() -> None:
    """Has TensorFlow say what it says once, as an error, about the processor: nobody need know.

    With AVX-512 its graphs ask oneDNN for operations on booleans, which it has none of. Call it
    where a model's variables are made next: it begins TensorFlow's context, after which devices and
    threads can no longer be set. Where the user set the level of the log nothing is held back.
    """
    global _is_ours
    if not _is_ours or "tensorflow" not in sys.modules:
        return
    _is_ours = False
    with _stderr_held():
        import tensorflow as tf

        tf.transpose([[True]])


def require_backend() -> None:
    """Raises a ConfigError unless Keras is, or will be, on a backend that the zoo works on."""
    name, said = _backend()
    others = f"set KERAS_BACKEND=tensorflow, which works{', or KERAS_BACKEND=jax' * _has('jax')}"
    if name not in BACKENDS:
        raise ConfigError(
            f"{said} is {name!r}, and the zoo works on {' and '.join(BACKENDS)}: {others}."
        )
    if not _has(name):
        raise ConfigError(
            f"{said} is {name!r}, and {name} is not installed: run `pip install {name}`, or "
            f"{others}."
        )


def _backend() -> tuple[str, str]:
    """The backend of Keras, and what says it."""
    if "keras" in sys.modules:
        return sys.modules["keras"].backend.backend(), "The backend of Keras"
    if name := os.environ.get("KERAS_BACKEND"):
        return name, "KERAS_BACKEND"
    path = Path(os.environ.get("KERAS_HOME") or "~/.keras").expanduser() / "keras.json"
    try:
        name = json.loads(path.read_text(encoding="utf-8")).get("backend")
    except (OSError, ValueError, AttributeError):  # Keras reads the file no better
        name = None
    return (
        (name, f"The backend in {path}")
        if isinstance(name, str)
        else (
            BACKENDS[0],
            "The backend of Keras",
        )
    )


def _has(package: str) -> bool:
    if package in sys.modules:
        return sys.modules[package] is not None
    return importlib.util.find_spec(package) is not None


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
