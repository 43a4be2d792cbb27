"""Archives of data sets, of which what is damaged gets one sentence. Knows no data set."""

from __future__ import annotations

import contextlib
import os
import zipfile
import zlib
from collections.abc import Iterator

from zoo.errors import DamagedFileError


@contextlib.contextmanager
def archive_of(path: str | os.PathLike, what: str) -> Iterator[zipfile.ZipFile]:
    """Opens a zip file whose content is read, and checked, within the block.

    Args:
        path: of the file.
        what: it is an archive of, for the sentence.

    Raises:
        DamagedFileError: where the file, or what the block reads of it, is not as it should be.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except (OSError, ValueError, KeyError, zipfile.BadZipFile, zlib.error, EOFError) as error:
        reason = " ".join(str(error).split())
        raise DamagedFileError(
            f"{path} is no archive of {what} ({reason}): get the file again."
        ) from error
