"""Lines of text as they come: of standard input or of a file, in UTF-8, none of them endless.

Standard input is read by a thread from the file descriptor, not through `sys.stdin`, whose lock
such a thread would hold when the process ends, which Python answers by aborting.
"""

from __future__ import annotations

import codecs
import collections
import io
import queue
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from zoo.errors import ConfigError

MOST_BYTES = 1 << 16  # of a line, some ten thousand words
_BATCH = 128  # lines answered at once
_PATIENCE = 0.05  # seconds that a batch waits for more lines once it has one
_SHOWN = 40  # characters of a line that is refused


class RefusedLine(str):
    """The beginning of a line that is too long to be answered.

    Attributes:
        why: a sentence that says so.
    """

    why: str

    @classmethod
    def of(cls, beginning: str, why: str) -> RefusedLine:
        """A line that begins so, and is refused for a reason."""
        line = cls(beginning)
        line.why = why
        return line


def standard_input() -> BinaryIO:
    """Standard input as bytes, free of the lock of `sys.stdin`."""
    try:
        descriptor = sys.stdin.fileno()
    except (AttributeError, OSError):  # closed, or replaced by something that is no file
        return getattr(sys.stdin, "buffer", None) or io.BytesIO()
    return io.BufferedReader(io.FileIO(descriptor, closefd=False))


def lines_of(stream: BinaryIO, where: str) -> Iterator[str]:
    r"""Yields the lines of a text without their ends; one that is too long as a `RefusedLine`.

    Only "\n" ends a line: other separators that Unicode knows may stand inside a sentence.

    Args:
        stream: the text in UTF-8, which is read a line at a time.
        where: what messages call it.

    Raises:
        ConfigError: at the first line that is no UTF-8, or holds a zero byte as no text does.
    """
    number = 0
    while line := stream.readline(MOST_BYTES + 1):
        number += 1
        if len(line) <= MOST_BYTES or line.endswith(b"\n"):
            text = _decoded(line, number, where).rstrip("\r\n")
            yield text.removeprefix("\ufeff") if number == 1 else text
        else:
            while (rest := stream.readline(MOST_BYTES)) and not rest.endswith(b"\n"):
                pass
            yield RefusedLine.of(
                f"{line[: 4 * _SHOWN].decode(errors='ignore')[:_SHOWN]}…",
                f"Line {number} of {where} has more than {MOST_BYTES:,} bytes, the most that are "
                "answered: cut it into several.",
            )


def blocks_of(stream: BinaryIO, where: str, size: int) -> Iterator[str]:
    """Yields a text in parts that end with a line, or with a word where a line is longer.

    Args:
        stream: the text in UTF-8.
        where: what messages call it.
        size: bytes of a part, about.

    Raises:
        ConfigError: as in `lines_of`.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    block, number, piece = "", 1, b"-"
    while piece:
        piece = stream.readline(size)
        _refuse_zeros(piece, number, where)
        try:
            text = decoder.decode(piece, final=not piece)
        except UnicodeDecodeError as error:
            raise _not_utf8(error, number, where) from None
        block += text
        number += text.count("\n")
        if len(block) >= size:
            end = len(block) if block.endswith("\n") else block.rfind(" ") + 1 or len(block)
            yield block[:end]
            block = block[end:]
    if block:
        yield block


def text_of(path: Path) -> str:
    """The text of a file.

    Raises:
        ConfigError: as in `lines_of`, or if it is longer than the longest line may be.
    """
    if path.stat().st_size > MOST_BYTES:
        raise ConfigError(
            f"{path} has more than {MOST_BYTES:,} bytes, the most that are read as one text: cut "
            "it, such as by `tail -c 2000`."
        )
    with open(path, "rb") as stream:
        return "".join(blocks_of(stream, str(path), MOST_BYTES))


def batches_of_file(path: Path) -> Iterator[list[str]]:
    """Yields the lines of a file in batches; see `lines_of`."""
    batch: list[str] = []
    with open(path, "rb") as stream:
        try:
            for line in lines_of(stream, str(path)):
                batch.append(line)
                if len(batch) == _BATCH:
                    yield batch
                    batch = []
        except ConfigError:
            yield batch  # what stands before is answered
            raise
    yield batch


def batches_of_standard_input() -> Iterator[list[str]]:
    """Yields the lines of standard input in batches.

    A batch is full where lines come fast, and holds what there is where they come slowly, so that
    somebody who types gets each answer at once.
    """
    lines: queue.Queue[str | Exception | None] = queue.Queue(maxsize=8 * _BATCH)
    threading.Thread(target=_read, args=(standard_input(), lines), daemon=True).start()
    line = lines.get()
    while isinstance(line, str):
        batch, deadline = [line], time.monotonic() + _PATIENCE
        try:
            while len(batch) < _BATCH and isinstance(line, str):
                line = lines.get(timeout=max(0, deadline - time.monotonic()))
                batch += [line] if isinstance(line, str) else []
        except queue.Empty:
            pass
        yield batch
        if isinstance(line, str):
            line = lines.get()
    if line is not None:
        raise line


def require_text(path: Path) -> None:
    """Raises a ConfigError that names the first line of a file that is no text in UTF-8."""
    with open(path, "rb") as stream:
        collections.deque(blocks_of(stream, str(path), 1 << 20), maxlen=0)


def _read(stream: BinaryIO, lines: queue.Queue) -> None:
    try:
        for line in lines_of(stream, "standard input"):
            lines.put(line)
        lines.put(None)
    except Exception as error:
        lines.put(error)


def _decoded(line: bytes, number: int, where: str) -> str:
    _refuse_zeros(line, number, where)
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _not_utf8(error, number, where) from None


def _refuse_zeros(line: bytes, number: int, where: str) -> None:
    if b"\0" in line:
        raise ConfigError(
            f"Line {number} of {where} holds a zero byte, as no text in UTF-8 does: give a file "
            "of text, or convert it, such as by `iconv -f utf-16 -t utf-8`."
        )


def _not_utf8(error: UnicodeDecodeError, number: int, where: str) -> ConfigError:
    byte = error.object[error.start]
    return ConfigError(
        f"Line {number} of {where} is not in UTF-8 (byte 0x{byte:02x}): if it is text in another "
        "encoding, convert it, such as by `iconv -f latin1 -t utf-8`."
    )
