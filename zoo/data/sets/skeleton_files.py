"""The archive of skeletons that several data sets are in, whichever kind of archive it is."""

from __future__ import annotations

import re

from zoo.data import sources
from zoo.data.archives import files_of

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
    inside = re.compile(rf".*/data/{folder}/(?:.*/)?([^/]+\.txt)")
    with files_of(sources.fetch(_FILE), "recorded skeletons", inside) as found:
        return {match[1]: content.decode() for match, content in found}
