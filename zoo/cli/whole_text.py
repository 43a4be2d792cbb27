"""Texts that are read whole, from a file or from standard input, where others are lines."""

from __future__ import annotations

from pathlib import Path

from zoo.cli.lines import standard_input
from zoo.errors import ConfigError, MissingFileError

_MOST_BYTES = 1 << 22


def text_of_file(path: Path, what: str) -> str:
    """The text in a file, as one.

    Args:
        path: of the file.
        what: it holds, such as "a story", for the sentences.

    Raises:
        ConfigError: if it is no text in UTF-8, or too long for one.
        MissingFileError: if there is no such file.
    """
    if not path.is_file():
        raise MissingFileError(f"There is no file {str(path)!r} with {what}.")
    size = path.stat().st_size
    if size > _MOST_BYTES:
        raise ConfigError(
            f"{path} has {size:,} bytes, and {what} at most {_MOST_BYTES:,}: cut it into parts."
        )
    return _decoded(path.read_bytes(), str(path))


def text_of_standard_input() -> str:
    """All of standard input, as one text.

    Raises:
        ConfigError: if it is no text in UTF-8, or too long for one.
    """
    content = standard_input().read(_MOST_BYTES + 1)
    if len(content) > _MOST_BYTES:
        raise ConfigError(
            f"Standard input has more than {_MOST_BYTES:,} bytes, which are the most of one text: "
            "cut it into parts."
        )
    return _decoded(content, "Standard input")


def _decoded(content: bytes, where: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(
            f"{where} is no text in UTF-8 (byte {error.start + 1}): convert it first."
        ) from None
