"""How much the page takes of what it is given, so that one request is answered soon."""

from __future__ import annotations

import os
from pathlib import Path

from zoo.errors import ConfigError

CHARACTERS = 1_000  # of a text
BYTES = 10 * 2**20  # of a file
SECONDS = 30  # of a recording
MODELS = 6  # that answer one request
WAITING = 16  # requests that wait; further ones are told to come again
AT_ONCE = 4  # requests that are worked on


def check_text(text: str) -> str:
    """Requires a text that is there and not too long, and gives it back.

    Raises:
        ConfigError: if it is empty or longer than `CHARACTERS`.
    """
    if not text.strip():
        raise ConfigError("There is no text yet: write one, or take an example.")
    if len(text) > CHARACTERS:
        raise ConfigError(
            f"The text has {len(text):,} characters, and this page reads at most {CHARACTERS:,}: "
            "cut it into parts."
        )
    return text


def check_file(path: str | os.PathLike) -> Path:
    """Requires a file that is not too large, and gives its path back.

    Raises:
        ConfigError: if it is larger than `BYTES`.
    """
    path = Path(path)
    size = path.stat().st_size
    if size > BYTES:
        raise ConfigError(
            f"{path.name} has {size / 2**20:.1f} MiB, and this page reads at most "
            f"{BYTES // 2**20}: give a smaller file."
        )
    return path


def check_sound(path: str | os.PathLike) -> Path:
    """Requires a recording that is neither too large nor too long, and gives its path back.

    Raises:
        ConfigError: if it is larger than `BYTES`, or longer than `SECONDS`.
    """
    path = check_file(path)
    try:
        import soundfile

        seconds = soundfile.info(str(path)).duration
    except (ImportError, OSError, RuntimeError):
        return path  # whoever reads it says what is wrong with it
    if seconds > SECONDS:
        raise ConfigError(
            f"{path.name} takes {seconds:.0f} seconds, and this page hears at most {SECONDS}: give "
            "a part of it."
        )
    return path
