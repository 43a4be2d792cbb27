"""The archive of skeletons that several data sets are in, whichever kind of archive it is."""

from __future__ import annotations

import lzma
import tarfile
import zipfile
import zlib

from zoo.data import sources
from zoo.errors import DamagedFileError

_FILE = "skeleton/skeleton.tar.xz"
sources.pin(
    sources.SourceFile(
        _FILE,
        "https://github.com/JeslieHCI/UTKinect_3/archive/590aede4d94d.zip",
        "56527d94552ad165f9745e19468a27a2b0897ca9733300560c4bc1e65739d28f",
        newest_release=True,  # packed anew in the mirror
        most_bytes=1 << 29,
    )
)


def skeleton_texts(folder: str) -> dict[str, str]:
    """The text files of a folder of the archive, by their names.

    Args:
        folder: such as "UTKinect/joints".

    Raises:
        DamagedFileError: if the file is no such archive.
        MissingFileError, OfflineError: as `sources.fetch` does.
    """
    path = sources.fetch(_FILE)
    inside, found = f"/data/{folder}/", {}
    try:
        if zipfile.is_zipfile(path):  # as it is downloaded
            with zipfile.ZipFile(path) as archive:
                for name in archive.namelist():
                    if inside in name and name.endswith(".txt"):
                        found[name.rpartition("/")[2]] = archive.read(name).decode()
            return found
        with tarfile.open(path, "r:*") as archive:
            for member in archive:
                if inside in member.name and member.name.endswith(".txt"):
                    file = archive.extractfile(member)
                    if file is not None:
                        found[member.name.rpartition("/")[2]] = file.read().decode()
    except (
        OSError,
        ValueError,
        tarfile.TarError,
        zipfile.BadZipFile,
        lzma.LZMAError,
        zlib.error,
        EOFError,
    ) as error:
        reason = " ".join(str(error).split())
        raise DamagedFileError(
            f"{path} is no archive of recorded skeletons ({reason}): get the file again."
        ) from error
    return found
