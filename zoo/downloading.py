"""One file from a web server that may send too much, too slowly, or nonsense.

A server is a stranger. So no more is read than the file has bytes, and no longer than a slow line
would take for them: also where a byte comes now and then, in the headers or after them.
"""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from zoo.errors import ConfigError, DamagedFileError, OfflineError
from zoo.version import __version__

LARGEST = 1 << 30  # bytes of a file whose size nobody says
SILENCE = 30  # seconds without an answer
PATIENCE = 60  # seconds that any file may take, and beside them those of its bytes at
SLOWEST = 50_000  # bytes a second

_BLOCK = 1 << 20


def stream(url: str, part: Path, size: int | None) -> str:
    """Writes what a URL sends to `part`, and returns its SHA-256.

    Args:
        url: an `http` or `https` URL.
        part: the file that is written.
        size: its length in bytes; more than that is not read. None: a gigabyte.

    Raises:
        ConfigError: if it is no URL.
        OfflineError: if the server does not answer, refuses, or takes too long.
        DamagedFileError: if it sends more.
    """
    most = LARGEST if size is None else size
    seconds = PATIENCE + most / SLOWEST
    digest, count = hashlib.sha256(), 0
    reason: object = None
    cause: Exception | None = None
    with _deadline(seconds) as (sockets, is_late):
        try:
            request = urllib.request.Request(url, headers={"User-Agent": f"zoo/{__version__}"})
            opener = urllib.request.build_opener(_HTTP(sockets), _HTTPS(sockets))
            with opener.open(request, timeout=SILENCE) as answer, open(part, "wb") as file:
                while block := answer.read1(min(_BLOCK, most - count + 1)):
                    count += len(block)
                    if count > most:
                        raise DamagedFileError(
                            f"{url} sends more than the {most:,} bytes the file has: "
                            "try again, or take the file from a mirror."
                        )
                    digest.update(block)
                    file.write(block)
            if not is_late.is_set():
                return digest.hexdigest()
        except DamagedFileError:
            raise
        except urllib.error.HTTPError as error:
            said = " ".join(f"{error.code} {error.reason}".split())
            raise OfflineError(f"{url} answered {said}.") from error
        except (OSError, http.client.HTTPException) as error:
            cause, reason = error, getattr(error, "reason", None) or error
        except ValueError as error:
            raise ConfigError(f"{url!r} is no URL that can be asked ({error}).") from error
    if is_late.is_set():
        reason = cause = TimeoutError(f"it took longer than {seconds:.0f} seconds")
    said = " ".join(str(reason).split())
    raise OfflineError(
        f"{url} cannot be downloaded ({said}): check the connection, or use a mirror."
    ) from cause


@contextlib.contextmanager
def _deadline(seconds: float) -> Iterator[tuple[list[socket.socket], threading.Event]]:
    """Shuts the sockets that are put into a list down after some time, and says so."""
    sockets: list[socket.socket] = []
    is_late = threading.Event()

    def end() -> None:
        is_late.set()
        for one in list(sockets):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield sockets, is_late
    finally:
        timer.cancel()


def _remembering(kind: type, sockets: list[socket.socket]) -> type:
    """A class of connections whose sockets are put into a list."""

    class Connection(kind):
        def connect(self):
            super().connect()
            sockets.append(self.sock)

    return Connection


class _HTTP(urllib.request.HTTPHandler):
    def __init__(self, sockets: list[socket.socket]) -> None:
        super().__init__()
        self._kind = _remembering(http.client.HTTPConnection, sockets)

    def http_open(self, request):
        return self.do_open(self._kind, request)


class _HTTPS(urllib.request.HTTPSHandler):
    def __init__(self, sockets: list[socket.socket]) -> None:
        super().__init__()
        self._kind = _remembering(http.client.HTTPSConnection, sockets)

    def https_open(self, request):
        return self.do_open(self._kind, request)
