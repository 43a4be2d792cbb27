"""Archives of data sets, of which what is damaged gets one sentence. Knows no data set."""

from __future__ import annotations

import contextlib
import lzma
import os
import re
import tarfile
import zipfile
import zlib
from collections.abc import Iterator

from zoo.errors import DamagedFileError

_DAMAGE = (
    *(OSError, ValueError, KeyError, EOFError),
    *(zipfile.BadZipFile, tarfile.TarError, lzma.LZMAError, zlib.error),
)


@contextlib.contextmanager
def archive_of(path: str | os.PathLike, what: str) -> Iterator[zipfile.ZipFile]:
    """Opens a zip file whose content is read, and checked, within the block.

    Args:
        path: of the file.
        what: it is an archive of, for the sentence.

    Raises:
        DamagedFileError: where the file, or what the block reads of it, is not as it should be.
    """
    with _damage_said(path, what), zipfile.ZipFile(path) as archive:
        yield archive


@contextlib.contextmanager
def files_of(
    path: str | os.PathLike, what: str, pattern: re.Pattern[str]
) -> Iterator[list[tuple[re.Match[str], bytes]]]:
    """Reads files of an archive, zip as it is downloaded or tar, which the block checks.

    Args:
        path, what: as for `archive_of`.
        pattern: of the whole names of files that are read.

    Yields:
        The match of each file's name, and its content, in the order of the archive.

    Raises:
        DamagedFileError: as `archive_of`.
    """
    with _damage_said(path, what):
        found: list[tuple[re.Match[str], bytes]] = []
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                matches = map(pattern.fullmatch, archive.namelist())
                found += [(match, archive.read(match[0])) for match in matches if match]
        else:
            with tarfile.open(path) as packed:
                for member in packed:
                    match = pattern.fullmatch(member.name)
                    file = packed.extractfile(member) if match else None
                    if match and file:
                        found.append((match, file.read()))
        yield found


@contextlib.contextmanager
def _damage_said(path: str | os.PathLike, what: str) -> Iterator[None]:
    try:
        yield
    except _DAMAGE as error:
        reason = " ".join(str(error).split())
        raise DamagedFileError(
            f"{path} is no archive of {what} ({reason}): get the file again."
        ) from error
