"""The files of data sets: where they come from and what they must be.

A data set pins its files (`pin`) and asks for them (`fetch`). A file is taken from the folder
`ZOO_DATA_MIRROR`, then from the files kept under `ZOO_HOME`, then from its pinned URL. Its SHA-256
is checked every time. This module knows no format: it gives paths of whole, verified files.
"""

from __future__ import annotations

import dataclasses
import os
import shutil
import warnings
import zlib
from pathlib import Path

from zoo import files
from zoo.errors import DamagedFileError, MissingFileError, OfflineError


@dataclasses.dataclass(frozen=True)
class SourceFile:
    """A file of a data set.

    Attributes:
        path: where it stands in a mirror, below `ZOO_DATA_MIRROR`.
        url: where it is downloaded from; None: it is in a mirror alone.
        sha256: of the file, in hexadecimal.
        newest_release: whether the URL serves a newer release from time to time, or the archive
            from which the mirror's was packed anew, so that only the mirror's file can be checked
            against `sha256`.
        member: the URL serves a tar archive, of which this member is the file.
        most_bytes: what the URL serves has at most so many; more are not downloaded.
    """

    path: str
    url: str | None
    sha256: str
    newest_release: bool = False
    member: str | None = None
    most_bytes: int = 1 << 27


FILES: dict[str, SourceFile] = {}


def pin(*pinned: SourceFile) -> None:
    """Makes files known to `fetch`; a path that is pinned already stays as it is."""
    for file in pinned:
        FILES.setdefault(file.path, file)


def fetch(path: str) -> Path:
    """Returns a local, verified copy of a file of a data set.

    Args:
        path: of a pinned file, such as `"multi30k/raw/train.en.gz"`.

    Returns:
        Where the file lies on this machine.

    Raises:
        DamagedFileError: when the file found has not the SHA-256 that is pinned for it.
        MissingFileError: when `ZOO_DATA_MIRROR` is no folder.
        OfflineError: when it has to be downloaded, and `ZOO_OFFLINE` forbids that or it fails.
    """
    file = FILES[path]
    mirror = os.environ.get("ZOO_DATA_MIRROR")
    if mirror:
        if not Path(mirror).is_dir():
            raise MissingFileError(
                f"ZOO_DATA_MIRROR is {mirror!r}, which is no folder: give the folder that holds "
                "the data files, or unset it to download them."
            )
        found = Path(mirror, path)
        if found.exists():
            _check(found, file)
            return found
    kept = files.home() / "downloads" / path
    if kept.is_file() and (file.newest_release or files.sha256_of(kept) == file.sha256):
        return kept
    if file.url is None:
        raise OfflineError(
            f"The data file {path} is only had from a mirror: set ZOO_DATA_MIRROR to a folder that "
            "holds it."
        )
    if files.offline():
        where = f"in the mirror {mirror}" if mirror else "on this machine"
        raise OfflineError(
            f"The data file {path} is not {where} and ZOO_OFFLINE forbids the network: set "
            "ZOO_DATA_MIRROR to a folder that holds it, or unset ZOO_OFFLINE to download it."
        )
    return _download(file, file.url, kept)


def fetch_text(path: str) -> str:
    """Returns the text of a file of a data set that is plain UTF-8, its line ends as they are.

    Raises:
        DamagedFileError: when it is not UTF-8, and as `fetch` does.
        MissingFileError, OfflineError: as `fetch` does.
    """
    found = fetch(path)
    try:
        return found.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise DamagedFileError(f"{found} is no UTF-8 text ({error}): get it again.") from error


def _check(found: Path, file: SourceFile) -> None:
    """Refuses a file of the mirror that cannot be read or is not the pinned one."""
    try:
        digest = files.sha256_of(found)
    except OSError as error:
        raise DamagedFileError(
            f"{found} cannot be read ({error.strerror}): copy it to the mirror again."
        ) from error
    if digest != file.sha256:
        raise DamagedFileError(
            f"{found} is damaged or another file (its SHA-256 is {digest[:12]}..., not "
            f"{file.sha256[:12]}...): copy it to the mirror again, or remove it from there to "
            "have it downloaded."
        )


def _download(file: SourceFile, url: str, kept: Path) -> Path:
    """Downloads a file, which is verified before it gets its name."""
    if file.newest_release:
        warnings.warn(
            f"{url} serves its newest release, so the download cannot be checked against a "
            "SHA-256, and splits and scores may differ from the published ones.",
            stacklevel=3,
        )
    pin = None if file.newest_release else file.sha256
    try:
        if file.member is not None:
            place = kept.with_name(Path(url).name)
            archive = files.download(url, place, sha256=None, size=file.most_bytes)
            return _unpack(archive, file, kept)
        return files.download(url, kept, sha256=pin, size=file.most_bytes)
    except OfflineError as error:
        raise OfflineError(
            f"The data file {file.path} could not be downloaded from {url} "
            f"({error.__cause__}): check the connection, or set ZOO_DATA_MIRROR to a folder that "
            "holds the file."
        ) from error


def _unpack(archive: Path, file: SourceFile, kept: Path) -> Path:
    """Takes a file out of a downloaded archive, which is then deleted."""
    import tarfile

    try:
        with files.replacing(kept) as part:
            with tarfile.open(archive) as tar, open(part, "wb") as out:
                found = tar.getmember(str(file.member))
                member = tar.extractfile(found)
                if member is None or found.size > file.most_bytes:
                    raise KeyError("it is no file, or a larger one")
                shutil.copyfileobj(member, out)
            if files.sha256_of(part) != file.sha256:
                raise KeyError(f"its SHA-256 is not {file.sha256[:12]}...")
    except (tarfile.TarError, KeyError, EOFError, zlib.error) as error:
        raise DamagedFileError(
            f"What {file.url} sent is no archive with {file.member} as it was pinned ({error}): "
            "try again, or take the file from a mirror."
        ) from error
    finally:
        archive.unlink()
    return kept
