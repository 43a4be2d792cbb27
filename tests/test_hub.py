"""A released model is found where it should be, and only its very bytes are taken."""

import functools
import hashlib
import http.server
import threading
from pathlib import Path

import pytest

from zoo import catalogue, files, hub, plugins
from zoo.errors import (
    ConfigError,
    DamagedFileError,
    MissingFileError,
    OfflineError,
    UnknownNameError,
)
from zoo.registry import Entry, ModelRegistry, Owner

CONTENT = bytes(range(256)) * 8
SHA256 = hashlib.sha256(CONTENT).hexdigest()


class Places:
    """The four places of a model's file, all empty at first."""

    def __init__(self, folder: Path, monkeypatch):
        self.embedded, self.mirror, self.home = (folder / n for n in ("embedded", "mirror", "home"))
        self.embedded.mkdir()
        self.mirror.mkdir()
        self.names = ModelRegistry("model")
        monkeypatch.setattr(hub, "EMBEDDED", self.embedded)
        monkeypatch.setattr(catalogue, "models", self.names)
        monkeypatch.setattr(catalogue, "resolve_artifact", lambda ref, about: None)
        monkeypatch.setenv("ZOO_MIRROR", str(self.mirror))
        monkeypatch.setenv("ZOO_HOME", str(self.home))
        monkeypatch.delenv("ZOO_OFFLINE", raising=False)

    @property
    def cached(self) -> Path:
        return self.home / "models" / SHA256 / "m.keras"

    def release(self, owner=catalogue.ZOO, **about):
        facts = {"revision": 1, "task": "nmt", "file": "m.keras", "sha256": SHA256, **about}
        self.names.add(Entry("model", "m", None, owner, facts))

    def put(self, path: Path, content: bytes = CONTENT) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path


@pytest.fixture
def places(tmp_path, monkeypatch):
    return Places(tmp_path, monkeypatch)


@pytest.fixture
def server(tmp_path):
    """A web server on this machine: its folder, its URL, and the paths that were asked for."""
    folder = tmp_path / "served"
    folder.mkdir()
    asked = []

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            asked.append(self.path)

    handler = functools.partial(Handler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as httpd:
        threading.Thread(target=httpd.serve_forever, daemon=True).start()
        server.folder, server.asked = folder, asked
        server.url = f"http://127.0.0.1:{httpd.server_address[1]}"
        yield server
        httpd.shutdown()


def test_the_embedded_file_comes_first(places):
    places.release()
    places.put(places.mirror / "m.keras")
    embedded = places.put(places.embedded / "m.keras")
    assert hub.locate("m") == embedded
    assert hub.locate("m@1") == embedded


def test_then_what_a_plugin_offers(places, tmp_path, monkeypatch):
    places.release()
    places.put(places.mirror / "m.keras")
    offered = places.put(tmp_path / "offered")
    asked = []
    plugin = plugins.Plugin("p", Owner("p", "1"))
    monkeypatch.setattr(
        catalogue, "resolve_artifact", lambda *question: asked.append(question) or (plugin, offered)
    )
    assert hub.locate("m") == offered
    assert asked[0][0] == "m@1"
    assert asked[0][1]["sha256"] == SHA256
    offered.write_bytes(b"other")
    with pytest.raises(DamagedFileError, match="plugin p 1 must offer another"):
        hub.locate("m")


def test_then_the_mirror_then_the_cache(places):
    places.release()
    cached = places.put(places.cached)
    assert hub.locate("m") == cached
    mirrored = places.put(places.mirror / "m.keras")
    assert hub.locate("m") == mirrored


def test_a_plugins_model_is_not_looked_for_among_ours(places):
    places.release(owner=Owner("p", "1"))
    places.put(places.embedded / "m.keras", b"another model")
    mirrored = places.put(places.mirror / "m.keras")
    assert hub.locate("m") == mirrored


@pytest.mark.parametrize("place", ["embedded", "mirror", "cache"])
@pytest.mark.parametrize("position", [0, 1, 1000, 2047])
def test_a_byte_changed_anywhere_is_refused(places, place, position):
    places.release()
    path = places.cached if place == "cache" else getattr(places, place) / "m.keras"
    changed = bytearray(CONTENT)
    changed[position] ^= 1
    places.put(path, bytes(changed))
    with pytest.raises(DamagedFileError, match="is not the released file of m@1: its SHA-256 is"):
        hub.locate("m")


@pytest.mark.parametrize("content", [b"", CONTENT[:-1], CONTENT + b"x"])
def test_a_file_cut_short_or_too_long_is_refused(places, content):
    places.release()
    places.put(places.embedded / "m.keras", content)
    with pytest.raises(DamagedFileError):
        hub.locate("m")


def test_a_file_that_is_nowhere(places):
    places.release()
    with pytest.raises(MissingFileError, match="m.keras of m@1 was not found"):
        hub.locate("m")


def test_unknown_names(places):
    places.release()
    with pytest.raises(UnknownNameError, match="no model 'n'"):
        hub.locate("n")
    with pytest.raises(UnknownNameError, match="no revision '2'; it has 1"):
        hub.locate("m@2")


def test_a_url_is_asked_once_and_then_the_cache(places, server):
    places.release(url=f"{server.url}/m.keras", bytes=len(CONTENT))
    places.put(server.folder / "m.keras")
    for _ in range(2):
        assert hub.locate("m") == places.cached
    assert places.cached.read_bytes() == CONTENT
    assert len(server.asked) == 1


def test_a_mirror_that_is_a_url_comes_before_the_models_own(places, server, monkeypatch):
    monkeypatch.setenv("ZOO_MIRROR", f"{server.url}/mirror/")
    places.release(url=f"{server.url}/own/m.keras")
    places.put(server.folder / "own" / "m.keras")
    assert hub.locate("m") == places.cached  # the mirror has it not
    assert server.asked[0].startswith("/mirror/")
    places.cached.unlink()
    server.asked.clear()
    places.put(server.folder / "mirror" / "m.keras")
    hub.locate("m")
    assert [path.split("/")[1] for path in server.asked] == ["mirror"]


def test_a_damaged_cache_is_downloaded_again(places, server):
    places.release(url=f"{server.url}/m.keras")
    places.put(server.folder / "m.keras")
    places.put(places.cached, b"damaged")
    assert hub.locate("m").read_bytes() == CONTENT


def test_offline_touches_no_network(places, server, monkeypatch):
    monkeypatch.setenv("ZOO_OFFLINE", "1")
    places.release(url=f"{server.url}/m.keras")
    places.put(server.folder / "m.keras")
    with pytest.raises(OfflineError, match="ZOO_OFFLINE forbids the network"):
        hub.locate("m")
    places.put(places.cached, b"damaged")
    with pytest.raises(DamagedFileError):
        hub.locate("m")
    assert server.asked == []


@pytest.mark.parametrize("content", [b"other", CONTENT + b"more"])
@pytest.mark.parametrize("size", [None, len(CONTENT)])
def test_a_wrong_download_leaves_nothing(places, server, content, size):
    about = {} if size is None else {"bytes": size}
    places.release(url=f"{server.url}/m.keras", **about)
    places.put(server.folder / "m.keras", content)
    with pytest.raises(DamagedFileError, match="the pinned file|sends more than"):
        hub.locate("m")
    assert [path for path in places.home.rglob("*") if path.is_file()] == []


def test_a_server_that_refuses_or_is_not_there(places, server):
    places.release(url=f"{server.url}/m.keras")
    with pytest.raises(OfflineError, match="m.keras answered 404"):
        hub.locate("m")
    with pytest.raises(OfflineError, match="cannot be downloaded .*: check the connection"):
        files.download("http://127.0.0.1:9/x", places.home / "x", sha256=None)


def test_a_download_that_breaks_off_leaves_nothing(places, tmp_path):
    def half(connection):
        connection.recv(1000)
        connection.sendall(b"HTTP/1.0 200 OK\r\nContent-Length: 1000\r\n\r\nhalf")
        connection.close()

    import socket

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=lambda: half(listener.accept()[0]), daemon=True).start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/x"
        with pytest.raises((OfflineError, DamagedFileError)):
            files.download(url, tmp_path / "new" / "x", sha256=SHA256)
    assert list((tmp_path / "new").iterdir()) == []


def test_only_web_addresses_are_downloaded(tmp_path):
    with pytest.raises(ConfigError, match="only http and https"):
        files.download("file:///etc/passwd", tmp_path / "x", sha256=None)


@pytest.mark.parametrize(
    ("value", "meaning"), [("", False), ("0", False), ("false", False), ("1", True), ("yes", True)]
)
def test_offline_is_set_by_the_environment(monkeypatch, value, meaning):
    monkeypatch.setenv("ZOO_OFFLINE", value)
    assert files.offline() is meaning


def test_the_home_of_downloads(monkeypatch, tmp_path):
    monkeypatch.setenv("ZOO_HOME", str(tmp_path))
    assert files.home() == tmp_path
    monkeypatch.delenv("ZOO_HOME")
    assert files.home() == Path.home() / ".cache" / "zoo"


def test_replacing_keeps_the_old_file_when_writing_fails(tmp_path):
    path = tmp_path / "x"
    path.write_text("old")
    with pytest.raises(ZeroDivisionError), files.replacing(path) as part:
        part.write_text("new")
        1 / 0  # noqa: B018
    assert path.read_text() == "old"
    with files.replacing(path) as part:
        part.write_text("new")
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]
    assert path.stat().st_mode & 0o077 == 0o077 & 0o666 & ~files._umask()


def test_replacing_in_a_folder_that_does_not_exist(tmp_path):
    with pytest.raises(MissingFileError, match="does not exist"), files.replacing(tmp_path / "a/b"):
        pass
