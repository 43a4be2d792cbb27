"""The files the zoo's data sets are made of: where they come from and what they must be.

A file is taken from the folder `ZOO_DATA_MIRROR`, then from the files kept under `ZOO_HOME`, then
from its pinned URL. Its SHA-256 is checked every time. This module knows no format: it gives
paths of whole, verified files.
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

_MULTI30K = (
    "https://raw.githubusercontent.com/multi30k/dataset/"
    "a3d2e0d26b56f3846f66a952536ffed4e401d05a/data/task1/"
)
_UD = "https://raw.githubusercontent.com/UniversalDependencies/"


@dataclasses.dataclass(frozen=True)
class SourceFile:
    """A file of a data set.

    Attributes:
        path: where it stands in a mirror, below `ZOO_DATA_MIRROR`.
        url: where it is downloaded from.
        sha256: of the file, in hexadecimal.
        newest_release: whether the URL serves a newer release from time to time, or the archive
            from which the mirror's was packed anew, so that only the mirror's file can be checked
            against `sha256`.
        member: the URL serves a tar archive, of which this member is the file.
    """

    path: str
    url: str
    sha256: str
    newest_release: bool = False
    member: str | None = None


def _multi30k(path: str, sha256: str) -> SourceFile:
    return SourceFile(f"multi30k/{path}", _MULTI30K + path, sha256)


def _ptb(name: str, sha256: str) -> SourceFile:
    return SourceFile(
        f"ptb/{name}",
        "http://www.fit.vutbr.cz/~imikolov/rnnlm/simple-examples.tgz",
        sha256,
        member=f"./simple-examples/data/{name}",
    )


def _ud(folder: str, repository: str, commit: str, digests: dict[str, str]) -> list[SourceFile]:
    """The CoNLL-U files of a treebank at one commit, by their names."""
    return [
        SourceFile(f"{folder}/{name}", f"{_UD}{repository}/{commit}/{name}", digest)
        for name, digest in digests.items()
    ]


_PINNED = (
    _multi30k(
        "raw/train.en.gz",
        "d79cfa999dd4c51d2cb42499b6796d5a882c3a8a961923c25a898c90f8bbd56f",
    ),
    _multi30k(
        "raw/train.de.gz",
        "726e39b2fa9eb9ffb6dc763fb35a179f80fae06ffc5d28b6ace5faa883de28a6",
    ),
    _multi30k(
        "raw/train.fr.gz",
        "622e75069e9f4c577425c4f277116ce66e63a2401c0a2312d90073cb12379a3c",
    ),
    _multi30k(
        "raw/train.cs.gz",
        "a65adb8b32e3bc664f21ecba7a6e7f6950fd1f405e135f7c312faabdb6255077",
    ),
    _multi30k(
        "raw/val.en.gz",
        "14f7d25ddd868909a9213e361768460edcacdd6ab9d1e77b92560dc10c10dc28",
    ),
    _multi30k(
        "raw/val.de.gz",
        "f0cba2f995189cf5770f29a8a9a537a3ad3f51657ad873405082ff6863a5e75a",
    ),
    _multi30k(
        "raw/val.fr.gz",
        "ca3106f1a72390591d25f6c45cb4cd39dec4cd3f123e099748a3ce5256c160e9",
    ),
    _multi30k(
        "raw/val.cs.gz",
        "b63226e05c4bd5dd6a42897d74b86a1b9d2c31498252c572b1ea7f7996927fcc",
    ),
    _multi30k(
        "raw/test_2016_flickr.en.gz",
        "611d361c6334bc7246101d48097c13cf5c4413c5befc793cc629934359d532d9",
    ),
    _multi30k(
        "tok/test_2016_flickr.lc.norm.tok.en",
        "5b7f32627cf99eced828311b955dae9800bb52bc8b91cf8b6526829e605b29d2",
    ),
    _multi30k(
        "raw/test_2016_flickr.de.gz",
        "9204244e408ccb38d2a55cfcd344df15005fc42a07a6e55ca6c52b6ababb8cc8",
    ),
    _multi30k(
        "tok/test_2016_flickr.lc.norm.tok.de",
        "c6a33d39d48f9f510de147651316cd9d918e09ad0219df734a2f16b6baccacc4",
    ),
    _multi30k(
        "raw/test_2016_flickr.fr.gz",
        "6d326e188d259fb1d04ac19eae3af956559b3a0b93d7635e56c90987c40c8b90",
    ),
    _multi30k(
        "tok/test_2016_flickr.lc.norm.tok.fr",
        "1463bd5960f9bfe098ec3cd752d3df0c49c84dc646fb518964a29232658cd836",
    ),
    _multi30k(
        "raw/test_2016_flickr.cs.gz",
        "200a4a74cc9560f051924abb9803be008d1908d77f747e9141aeb86dfd2797f1",
    ),
    _multi30k(
        "tok/test_2016_flickr.lc.norm.tok.cs",
        "748c8816de928732365176e5c5d2f9bbabcec9b8d4448fba2d230feb057898a7",
    ),
    _multi30k(
        "raw/test_2017_flickr.en.gz",
        "76a444ee25172e72695cddb13ae4a3bda59430617be88e0bb46b60504f054074",
    ),
    _multi30k(
        "tok/test_2017_flickr.lc.norm.tok.en",
        "c9d1dfd7a26add989382e534af235af9f0f658b2a30e7eb0efdaf142496ee54f",
    ),
    _multi30k(
        "raw/test_2017_flickr.de.gz",
        "a2c89666db00c495cd8513b9d708d5a3acc205d7de312ef2bf5fb7ebc1540aee",
    ),
    _multi30k(
        "tok/test_2017_flickr.lc.norm.tok.de",
        "02067e4a9402786a4fcb8c1b6f4307e4a5073ced64800abead5273b54f5f31f6",
    ),
    _multi30k(
        "raw/test_2017_flickr.fr.gz",
        "3ba671ceb2299f3304ffafefea7a833d08632fbaf0ba18546f8a2ec2391af496",
    ),
    _multi30k(
        "tok/test_2017_flickr.lc.norm.tok.fr",
        "c0583117a47b31e8a6c6a97cfe8de153e462074668f4e994764fcc80b21d33b4",
    ),
    _multi30k(
        "raw/test_2017_mscoco.en.gz",
        "aab300bfb4427697987e02cd0aacd44bfe8aa50456231b6474c08038bbed2b58",
    ),
    _multi30k(
        "tok/test_2017_mscoco.lc.norm.tok.en",
        "fe69ae004d71c42ead0301e70c57de5b1b6b5fb7f52210d42b22801e98e656f3",
    ),
    _multi30k(
        "raw/test_2017_mscoco.de.gz",
        "799e4854c25d601cb6cb6be29eabe5667734c61ace2f495e03e429031a0bc338",
    ),
    _multi30k(
        "tok/test_2017_mscoco.lc.norm.tok.de",
        "e2825990b8a4e5289d2cdba801d57c187810bab9b4f5d87a30c35800a0d871b6",
    ),
    _multi30k(
        "raw/test_2017_mscoco.fr.gz",
        "754f3072ba9f124569ba5258b32730fc1d214bbf8e0c6dfb2b74401676220db0",
    ),
    _multi30k(
        "tok/test_2017_mscoco.lc.norm.tok.fr",
        "0b6a4620f02b6b9acf7811fda23f90fed9c6baa0b96aa224db50a273078c84d1",
    ),
    SourceFile(
        "tatoeba/fra-eng.zip",
        "https://www.manythings.org/anki/fra-eng.zip",
        "708ad677a141c41443f109be2e551c7eadb1f2b1819ce1fb94263fd57ec8363b",
        newest_release=True,
    ),
    SourceFile(
        "imdb/aclImdb_v1.tar.xz",
        "https://ai.stanford.edu/~amaas/data/sentiment/aclImdb_v1.tar.gz",
        "4ed3ad6f8b01bfbcd17191090b97f4e39cec784c389c0dc78b350755cbce11b1",
        newest_release=True,
    ),
    SourceFile(
        "sst/trainDevTestTrees_PTB.zip",
        "https://nlp.stanford.edu/sentiment/trainDevTestTrees_PTB.zip",
        "60f4731ac975ff9f1604e9b8b37f04303322245f854ab72a32286264fe146e85",
        newest_release=True,
    ),
    SourceFile(
        "tiny_shakespeare/input.txt",
        "https://raw.githubusercontent.com/karpathy/char-rnn/"
        "6f9487a6fe5b420b7ca9afb0d7c078e37c1d1b4e/data/tinyshakespeare/input.txt",
        "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed",
    ),
    _ptb(
        "ptb.train.txt",
        "fcea919f6cf83f35d4d00c6cbf08040d13d4155226340912e2fef9c9c4102cbf",
    ),
    _ptb(
        "ptb.valid.txt",
        "c9fe6985fe0d4ccb578183407d7668fc6066c20700cb4cf87d8ff1cc34df1bf2",
    ),
    _ptb(
        "ptb.test.txt",
        "dd65dff31e70846b2a6030a87482edcd5d199130cdcfa1f3dccbb033728deee0",
    ),
    *_ud(
        "ud_english_ewt",
        "UD_English-EWT",
        "15d613d8447b3478787d4c278730a1e48a945efb",
        {
            "en_ewt-ud-train.conllu": (
                "3fb78e2b55482c8ee00caa653af436c88c9e5bc9a73ce26e4ae3ddc79d2b7e7b"
            ),
            "en_ewt-ud-dev.conllu": (
                "531a54ff90d6ab12201c5a50c3e78e6ddac4de69abc4bce5d275d3cd29efe2b6"
            ),
            "en_ewt-ud-test.conllu": (
                "e266e515a0a7547657ed3d90d9ba46487d6bd251f27ad4269d4e8a427c8555cd"
            ),
        },
    ),
    *_ud(
        "ud_french_sequoia",
        "UD_French-Sequoia",
        "f5b049600c89d2cf15ebbec860f75d703884d32b",
        {
            "fr_sequoia-ud-train.conllu": (
                "56424954edf9d20a4d1184e37bfe931fb7c64da82bf2a587b4f35b828d79d767"
            ),
            "fr_sequoia-ud-dev.conllu": (
                "a5138dc5e8886484c2f8919e97113f56b9e4329e5cf2a999c021d6ee45e8b45d"
            ),
            "fr_sequoia-ud-test.conllu": (
                "a650e7a223fe191009ded17cedae740659449be20354bd68205c376de4ddef2d"
            ),
        },
    ),
)

FILES: dict[str, SourceFile] = {file.path: file for file in _PINNED}


def fetch(path: str) -> Path:
    """Returns a local, verified copy of a file of a data set.

    Args:
        path: a key of `FILES`, such as `"multi30k/raw/train.en.gz"`.

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
    if files.offline():
        where = f"in the mirror {mirror}" if mirror else "on this machine"
        raise OfflineError(
            f"The data file {path} is not {where} and ZOO_OFFLINE forbids the network: set "
            "ZOO_DATA_MIRROR to a folder that holds it, or unset ZOO_OFFLINE to download it."
        )
    return _download(file, kept)


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


def _download(file: SourceFile, kept: Path) -> Path:
    """Downloads a file, which is verified before it gets its name."""
    if file.newest_release:
        warnings.warn(
            f"{file.url} serves its newest release, so the download cannot be checked against a "
            "SHA-256, and splits and scores may differ from the published ones.",
            stacklevel=3,
        )
    pin = None if file.newest_release else file.sha256
    try:
        if file.member is not None:
            archive = files.download(file.url, kept.with_name(Path(file.url).name), sha256=None)
            return _unpack(archive, file, kept)
        return files.download(file.url, kept, sha256=pin)
    except OfflineError as error:
        raise OfflineError(
            f"The data file {file.path} could not be downloaded from {file.url} "
            f"({error.__cause__}): check the connection, or set ZOO_DATA_MIRROR to a folder that "
            "holds the file."
        ) from error


def _unpack(archive: Path, file: SourceFile, kept: Path) -> Path:
    """Takes a file out of a downloaded archive, which is then deleted."""
    import tarfile

    try:
        with files.replacing(kept) as part:
            with tarfile.open(archive) as tar, open(part, "wb") as out:
                member = tar.extractfile(str(file.member))
                if member is None:
                    raise KeyError("it is no file")
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
