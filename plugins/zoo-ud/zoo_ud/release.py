"""A release of all treebanks, one archive, as a folder."""

import shutil
import tarfile
import zlib
from pathlib import Path

from zoo import files
from zoo.errors import DamagedFileError


def unpack(release: Path, folder: Path) -> None:
    """Unpacks the CoNLL-U files of a release; the folder appears when all are there.

    Args:
        release: a tar archive, such as `ud-treebanks-v2.17.tgz`.
        folder: where to.

    Raises:
        DamagedFileError: when the archive cannot be read, or has no treebank.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    try:
        with files.new_folder(folder) as part, tarfile.open(release) as archive:
            members = [m for m in archive if m.isfile() and m.name.endswith(".conllu")]
            if not members:
                raise tarfile.TarError("it has no CoNLL-U file")
            for member in members:
                path = part / member.name
                if not path.resolve().is_relative_to(part.resolve()):
                    raise tarfile.TarError(f"{member.name} is outside of it")
                path.parent.mkdir(parents=True, exist_ok=True)
                with archive.extractfile(member) as inner, open(path, "wb") as file:
                    shutil.copyfileobj(inner, file)
    except (tarfile.TarError, EOFError, zlib.error) as error:
        raise DamagedFileError(
            f"{release} is no archive of treebanks ({error}): get the release again."
        ) from error
