"""Files that are whole or not there: checksums, atomic writing, downloads.

Knows neither models nor data sets; `zoo.hub` and `zoo.data` both stand on it.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from zoo.errors import ConfigError, DamagedFileError, MissingFileError, OfflineError


def home() -> Path:
    """Returns the folder for what the zoo downloads and prepares: `ZOO_HOME`, or `~/.cache/zoo`."""
    return Path(os.environ.get("ZOO_HOME") or "~/.cache/zoo").expanduser()


def offline() -> bool:
    """Returns whether `ZOO_OFFLINE` forbids the network."""
    return os.environ.get("ZOO_OFFLINE", "0").lower() not in ("", "0", "false", "no")


def sha256_of(path: Path) -> str:
    """Returns the SHA-256 of a file, in hex."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Gives a temporary path beside `path`, and move what was written there to `path` at the end.

    If the block raises, nothing is left and whatever was at `path` stays as it was.

    Raises:
        MissingFileError: if the folder of `path` does not exist.
    """
    require_folder(path.parent)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    os.close(handle)
    part = Path(name)
    try:
        yield part
        part.chmod(0o666 & ~_umask())  # a temporary file is private, the final one is ordinary
        _sync(part)  # else a power cut may leave the name without the content
        os.replace(part, path)
        _sync(path.parent)
    finally:
        part.unlink(missing_ok=True)


@contextlib.contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """Gives a temporary folder beside `path`, and rename it to `path` at the end.

    If the block raises, or somebody else made `path` meanwhile, nothing is left.

    Raises:
        MissingFileError: if the folder of `path` does not exist.
    """
    require_folder(path.parent)
    part = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part"))
    try:
        yield part
        part.chmod(0o777 & ~_umask())
        os.rename(part, path)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _sync(path: Path) -> None:
    """Waits until a file, or the names in a folder, are on the disk; folders where that works."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except OSError:  # a folder on Windows
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def remove_parts(folder: Path) -> None:
    """Removes what processes that were killed left half-written in a folder of one's own."""
    for part in folder.glob(".*.part"):
        if part.is_file():
            part.unlink(missing_ok=True)


def require_folder(path: Path) -> None:
    """Raises a MissingFileError unless `path` is a folder."""
    if not path.is_dir():
        raise MissingFileError(f"The folder {path} does not exist: make it first.")


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def download(url: str, path: Path, *, sha256: str | None, size: int | None = None) -> Path:
    """Downloads a file, check it, and only then give it its name.

    Args:
        url: an `http` or `https` URL.
        path: where to put it; folders are made as needed.
        sha256: its SHA-256 in hex; `None` takes whatever comes.
        size: its length in bytes; more than that is not read, and no longer than a slow line takes
            for it. None: a gigabyte.

    Raises:
        ConfigError: if it is no such URL.
        OfflineError: if `ZOO_OFFLINE` is set, or the server does not answer, refuses, or takes too
            long.
        DamagedFileError: if what comes is not the file that `sha256` names.
    """
    if not url.startswith(("https://", "http://")):
        raise ConfigError(f"{url!r} cannot be downloaded: only http and https URLs are.")
    if offline():
        raise OfflineError(f"{url} is needed and ZOO_OFFLINE forbids the network: unset it.")
    path.parent.mkdir(parents=True, exist_ok=True)
    from zoo.downloading import stream  # here, because it costs every `zoo` command 25 ms

    with replacing(path) as part:
        found = stream(url, part, size)
        if sha256 is not None and found != sha256:
            raise DamagedFileError(
                f"What {url} sent is not the pinned file (SHA-256 {found}, expected {sha256}): "
                "try again, or take the file from a mirror."
            )
    return path
