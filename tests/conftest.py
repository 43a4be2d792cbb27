"""Fixtures that rooms share: a tiny mirror of the data sets, and the real one where it is."""

from __future__ import annotations

import gzip
import hashlib
import importlib
import os
import pkgutil
import signal
import sys
import zipfile
from pathlib import Path

import pytest

# A shell may start a job in the background with Ctrl-C ignored, which its processes would inherit.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

_COUNTS = {"train": 12, "val": 4, "test_2016_flickr": 4, "test_2017_flickr": 3}
_COUNTS["test_2017_mscoco"] = 2
_PERSONS = [
    ("A man", "Un homme", "Ein Mann", "Muž"),
    ("A woman", "Une femme", "Eine Frau", "Žena"),
    ("A child", "Un enfant", "Ein Kind", "Dítě"),
    ("A dog", "Un chien", "Ein Hund", "Pes"),
    ("A tall girl", "Une grande fille", "Ein großes Mädchen", "Vysoká dívka"),
]
_DOINGS = [
    ("rides a bicycle", "fait du vélo", "fährt Rad", "jede na kole"),
    ("runs on the beach", "court sur la plage", "läuft am Strand", "běží po pláži"),
    ("looks at the water", "regarde l'eau", "schaut aufs Wasser", "se dívá na vodu"),
    ("sleeps under a tree", "dort sous un arbre", "schläft unter einem Baum", "spí pod stromem"),
    ("eats an apple", "mange une pomme", "isst einen Apfel", "jí jablko"),
]
_THINGS = [
    ("house", "maison"), ("car", "voiture"), ("street", "rue"), ("table", "table"),
    ("chair", "chaise"), ("door", "porte"), ("window", "fenêtre"), ("lamp", "lampe"),
    ("train station", "gare"), ("bicycle path", "piste cyclable"),
]  # fmt: skip
_KINDS = [
    ("red", "rouge"), ("blue", "bleue"), ("small", "petite"), ("big", "grande"), ("old", "vieille"),
    ("new", "neuve"), ("green", "verte"), ("white", "blanche"), ("black", "noire"),
    ("clean", "propre"),
]  # fmt: skip
_PLACES = [("here", "ici"), ("there", "là-bas"), ("in town", "en ville")]


# Linux lets a process map 65,530 pieces of memory; a function compiled by XLA takes several.
_MOST_MAPPED = 15_000


def pytest_runtest_teardown() -> None:
    """Forgets what JAX compiled before a process holds more of it than Linux lets it."""
    jax, maps = sys.modules.get("jax"), Path("/proc/self/maps")
    if jax and maps.exists() and maps.read_bytes().count(b"\n") > _MOST_MAPPED:
        jax.clear_caches()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds what the fuzzers of `tests/trust` take."""
    parser.addoption("--long", action="store_true", help="fuzz for hours, and not for a minute")


class TinyMirror:
    """A mirror of a few made-up sentences, written into a folder and pinned in `zoo.data`.

    Attributes:
        folder: the mirror, `ZOO_DATA_MIRROR` while a test runs.
        home: `ZOO_HOME` while a test runs.
        descriptions: `{split of Multi30k: [(en, fr, de, cs)]}`.
        everyday: the (English, French) pairs of Tatoeba.
        leaks: pairs put into Tatoeba that may be in no training split.
    """

    def __init__(self, folder: Path, home: Path):
        self.folder, self.home = folder, home
        sentences = iter(
            tuple(f"{person} {doing}." for person, doing in zip(who, what, strict=True))
            for who in _PERSONS
            for what in _DOINGS
        )
        self.descriptions = {
            split: [next(sentences) for _ in range(count)] for split, count in _COUNTS.items()
        }
        self.everyday = [
            (f"Where is the {kind} {thing} {place}?", f"Où est la {genre} {chose} {lieu}\u202f?")
            for kind, genre in _KINDS
            for thing, chose in _THINGS
            for place, lieu in _PLACES
        ]
        # Another translation of some, and the pairs that must be kept out of training.
        self.everyday += [(english, f"Dites, {french}") for english, french in self.everyday[::3]]
        english = self.descriptions["val"][0][0]
        french = self.descriptions["test_2017_flickr"][1][1]
        self.leaks = [
            (english, "Rien à voir."),
            (english.upper().rstrip("."), "Encore autre chose."),
            ("Nothing of the kind.", f"«\u00a0{french.upper()}\u00a0»"),
        ]
        self.everyday += self.leaks

    def write(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Writes all files and makes `zoo.data` take them for the real ones."""
        from zoo.data import sets, sources
        from zoo.metrics import moses_tokenise

        files = {}
        for split, rows in self.descriptions.items():
            languages = ("en", "fr", "de", "cs") if "2017" not in split else ("en", "fr", "de")
            for number, language in enumerate(languages):
                lines = [row[number] for row in rows]
                text = "\n".join(lines).encode() + b"\n"
                files[f"multi30k/raw/{split}.{language}.gz"] = gzip.compress(text, mtime=0)
                if split.startswith("test"):
                    words = "\n".join(moses_tokenise(lines, language)) + "\n"
                    files[f"multi30k/tok/{split}.lc.norm.tok.{language}"] = words.encode()
        for path, content in files.items():
            self._put(path, content)
        archive = self.folder / "tatoeba/fra-eng.zip"
        archive.parent.mkdir(parents=True)
        with zipfile.ZipFile(archive, "w") as out:
            out.writestr("fra.txt", "\n".join("\t".join(pair) for pair in self.everyday) + "\n")
        pinned = {
            str(path.relative_to(self.folder)): path.read_bytes()
            for path in self.folder.rglob("*")
            if path.is_file()
        }
        table = {
            path: sources.SourceFile(
                path,
                f"https://zoo.invalid/{path}",
                hashlib.sha256(content).hexdigest(),
                newest_release=path.startswith("tatoeba"),
            )
            for path, content in pinned.items()
        }
        for module in pkgutil.iter_modules(sets.__path__):  # their pins go into the real table
            importlib.import_module(f"zoo.data.sets.{module.name}")
        monkeypatch.setattr(sources, "FILES", table)
        monkeypatch.setenv("ZOO_DATA_MIRROR", str(self.folder))
        monkeypatch.setenv("ZOO_HOME", str(self.home))

    def add(self, path: str, content: bytes) -> None:
        """Puts one more file into the mirror, pinned as it is."""
        from zoo.data import sources

        self._put(path, content)
        digest = hashlib.sha256(content).hexdigest()
        sources.FILES[path] = sources.SourceFile(path, f"https://zoo.invalid/{path}", digest)

    def _put(self, path: str, content: bytes) -> None:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)


@pytest.fixture
def tiny_mirror(tmp_path, monkeypatch) -> TinyMirror:
    """Data sets of a few sentences, in place of the real ones, and no network."""
    mirror = TinyMirror(tmp_path / "mirror", tmp_path / "home")
    mirror.write(monkeypatch)
    monkeypatch.setenv("ZOO_OFFLINE", "1")
    return mirror


@pytest.fixture(scope="session")
def data_mirror() -> Path:
    """The folder of the real data, which `ZOO_DATA_MIRROR` names; skips where there is none."""
    folder = os.environ.get("ZOO_DATA_MIRROR")
    if not folder:
        pytest.skip("ZOO_DATA_MIRROR is not set, so the real data sets are not here")
    return Path(folder)


@pytest.fixture(scope="session")
def trained_proto() -> bytes:
    """A SentencePiece model of 150 pieces, trained on the sentences of the tiny mirror."""
    from zoo.inputs import train_sentencepiece

    mirror = TinyMirror(Path("unused"), Path("unused"))
    text = [side for pair in mirror.everyday for side in pair]
    text += [side for rows in mirror.descriptions.values() for row in rows for side in row[:2]]
    return train_sentencepiece(text, 150)
