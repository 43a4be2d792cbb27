"""Files of the data sets: mirror first, then what is kept, then the network; always verified."""

import hashlib
import http.server
import importlib
import io
import json
import pkgutil
import tarfile
import threading

import pytest

from zoo.data import sets, sources
from zoo.errors import DamagedFileError, MissingFileError, OfflineError

TRAIN = "multi30k/raw/train.en.gz"
TATOEBA = "tatoeba/fra-eng.zip"


@pytest.fixture
def server(tmp_path):
    """A web server on this machine; gives (address, folder it serves, paths asked for)."""
    folder, asked = tmp_path / "web", []
    folder.mkdir()

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *args):
            super().__init__(*args, directory=str(folder))

        def log_message(self, format, *args):
            asked.append(self.path)

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}", folder, asked
        running.shutdown()


@pytest.fixture
def published(server, tmp_path, monkeypatch):
    """One pinned and one unpinned file on the server, no mirror, the network allowed."""
    address, folder, _ = server
    for name in ("pinned", "newest"):
        (folder / name).write_bytes(name.encode())
    digest = hashlib.sha256(b"pinned").hexdigest()
    table = {
        "pinned": sources.SourceFile("pinned", f"{address}/pinned", digest),
        "newest": sources.SourceFile("newest", f"{address}/newest", "0" * 64, newest_release=True),
    }
    monkeypatch.setattr(sources, "FILES", table)
    monkeypatch.setenv("ZOO_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("ZOO_DATA_MIRROR", raising=False)
    monkeypatch.delenv("ZOO_OFFLINE", raising=False)
    return folder


def one_sentence(error) -> str:
    """The text of an error, which must be one line that says what to do."""
    text = str(error.value)
    assert "\n" not in text and text.endswith(".") and ": " in text
    return text


def test_the_mirror_comes_first(tiny_mirror):
    assert sources.fetch(TRAIN) == tiny_mirror.folder / TRAIN


def test_a_changed_byte_is_refused(tiny_mirror):
    file = tiny_mirror.folder / TRAIN
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    with pytest.raises(DamagedFileError) as error:
        sources.fetch(TRAIN)
    assert str(file) in one_sentence(error)


def test_a_file_cut_short_is_refused(tiny_mirror):
    file = tiny_mirror.folder / TATOEBA
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(DamagedFileError) as error:
        sources.fetch(TATOEBA)
    assert str(file) in one_sentence(error)


def test_a_folder_in_place_of_a_file_is_refused(tiny_mirror):
    (tiny_mirror.folder / TRAIN).unlink()
    (tiny_mirror.folder / TRAIN).mkdir()
    with pytest.raises(DamagedFileError) as error:
        sources.fetch(TRAIN)
    assert TRAIN in one_sentence(error)


def test_a_missing_file_offline_says_what_to_set(tiny_mirror):
    (tiny_mirror.folder / TRAIN).unlink()
    with pytest.raises(OfflineError) as error:
        sources.fetch(TRAIN)
    sentence = one_sentence(error)
    assert TRAIN in sentence and "ZOO_OFFLINE" in sentence and "ZOO_DATA_MIRROR" in sentence


def test_a_mirror_that_is_no_folder(tiny_mirror, monkeypatch):
    monkeypatch.setenv("ZOO_DATA_MIRROR", "/no/such/mirror")
    with pytest.raises(MissingFileError) as error:
        sources.fetch(TRAIN)
    assert "/no/such/mirror" in one_sentence(error)


def test_a_download_is_verified_and_kept(published, server):
    first = sources.fetch("pinned")
    assert first.read_bytes() == b"pinned"
    assert sources.fetch("pinned") == first
    assert len(server[2]) == 1
    assert [path.name for path in first.parent.iterdir()] == ["pinned"]


def test_a_damaged_kept_file_is_downloaded_again(published):
    sources.fetch("pinned").write_bytes(b"pinne")
    assert sources.fetch("pinned").read_bytes() == b"pinned"


def test_a_wrong_download_leaves_nothing(published, tmp_path):
    (published / "pinned").write_bytes(b"another page")
    with pytest.raises(DamagedFileError) as error:
        sources.fetch("pinned")
    assert "/pinned" in one_sentence(error)
    assert not list((tmp_path / "home" / "downloads").iterdir())


def test_a_failed_download_leaves_nothing(published, tmp_path):
    (published / "pinned").unlink()
    with pytest.raises(OfflineError) as error:
        sources.fetch("pinned")
    assert "404" in one_sentence(error) and "ZOO_DATA_MIRROR" in str(error.value)
    assert not list((tmp_path / "home" / "downloads").iterdir())


def test_the_newest_release_comes_with_a_sentence(published):
    with pytest.warns(UserWarning, match="serves its newest release"):
        assert sources.fetch("newest").read_bytes() == b"newest"


def test_a_member_of_an_archive(published, monkeypatch):
    def archive(content):
        with tarfile.open(published / "all.tgz", "w:gz") as tar:
            member = tarfile.TarInfo("./data/words.txt")
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))

    url = sources.FILES["pinned"].url.replace("/pinned", "/all.tgz")
    digest = hashlib.sha256(b"some words").hexdigest()
    file = sources.SourceFile("set/words.txt", url, digest, member="./data/words.txt")
    monkeypatch.setitem(sources.FILES, file.path, file)
    archive(b"other words")
    with pytest.raises(DamagedFileError) as error:
        sources.fetch(file.path)
    assert "./data/words.txt" in one_sentence(error)
    (published / "all.tgz").write_bytes(b"a page")
    with pytest.raises(DamagedFileError, match="no archive with"):
        sources.fetch(file.path)
    archive(b"some words")
    found = sources.fetch(file.path)
    assert found.read_bytes() == b"some words"
    assert [path.name for path in found.parent.iterdir()] == ["words.txt"]


def test_the_mirrors_tatoeba_is_pinned_all_the_same(published, tmp_path, monkeypatch):
    mirror = tmp_path / "other"
    mirror.mkdir()
    (mirror / "newest").write_bytes(b"any release")
    monkeypatch.setenv("ZOO_DATA_MIRROR", str(mirror))
    with pytest.raises(DamagedFileError):
        sources.fetch("newest")


def test_pins_are_those_of_the_mirror(data_mirror):
    for module in pkgutil.iter_modules(sets.__path__):
        importlib.import_module(f"zoo.data.sets.{module.name}")
    manifest = json.loads((data_mirror / "MANIFEST.json").read_text())
    listed = {entry["path"]: entry for entry in manifest["files"]}
    assert len(sources.FILES) > 40
    for path, file in sources.FILES.items():
        assert file.sha256 == listed[path]["sha256"]
        # What was converted has no URL of its own.
        assert file.url in (listed[path]["urls"] or [None])
        # What the URL serves has other bytes than the mirror's file.
        other = ("repacked", "the URL serves the newest one")
        assert file.newest_release == any(words in listed[path]["note"] for words in other)
