"""A server that sends without end, drop by drop or nonsense ends with a sentence, in its time.

All servers are on this machine, and each stops by itself.
"""

import contextlib
import socket
import threading
import time

import pytest

from zoo import downloading, files, hub
from zoo.data import sources
from zoo.errors import ConfigError, DamagedFileError, OfflineError, ZooError

END = 20  # seconds, after which a server stops by itself


@contextlib.contextmanager
def server(answer):
    """The URL of a server; `answer(send, is_over)` says what each connection gets."""
    over = threading.Event()
    until = time.monotonic() + END

    def is_over():
        return over.is_set() or time.monotonic() > until

    def serve(connection):
        with connection, contextlib.suppress(OSError):
            connection.settimeout(END)
            connection.recv(65536)
            answer(connection.sendall, is_over)

    def accept(listener):
        listener.settimeout(END)
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=accept, args=(listener,), daemon=True).start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/file"
        finally:
            over.set()


def endless(send, is_over):
    send(b"HTTP/1.1 200 OK\r\n\r\n")
    for _ in range(4096):  # 256 MB at the most
        if is_over():
            return
        send(bytes(1 << 16))


def endless_chunks(send, is_over):
    send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    for _ in range(4096):
        if is_over():
            return
        send(b"10000\r\n" + bytes(1 << 16) + b"\r\n")


def drop_by_drop(send, is_over):
    send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    while not is_over():
        send(b"a")
        time.sleep(0.05)


def headers_drop_by_drop(send, is_over):
    send(b"HTTP/1.1 200 OK\r\nX: ")
    while not is_over():
        send(b"a")
        time.sleep(0.05)


def nonsense(send, is_over):
    send(b"\x1b[2J\x00\xff\r\n\r\n")


def reason_of_escapes(send, is_over):
    send(b"HTTP/1.1 404 \x1b[2J\x9b31m\r\n\r\n")


@pytest.mark.parametrize("answer", [endless, endless_chunks])
@pytest.mark.parametrize("size", [10, 1 << 21])
def test_no_more_is_read_than_the_file_has(tmp_path, answer, size, monkeypatch):
    largest = []
    with server(answer) as url, pytest.raises(DamagedFileError, match=f"more than the {size:,} b"):
        monkeypatch.setattr(files.os, "chmod", None, raising=False)
        unlink = files.Path.unlink

        def seen(path, **settings):
            largest.append(path.stat().st_size)
            unlink(path, **settings)

        monkeypatch.setattr(files.Path, "unlink", seen)
        files.download(url, tmp_path / "x", sha256=None, size=size)
    assert largest and max(largest) <= size
    assert list(tmp_path.iterdir()) == []


def test_a_file_of_unknown_size_ends_too(tmp_path, monkeypatch):
    monkeypatch.setattr(downloading, "LARGEST", 1 << 20)
    with server(endless) as url, pytest.raises(DamagedFileError, match="more than the 1,048,576"):
        files.download(url, tmp_path / "x", sha256=None)


def test_a_file_of_a_data_set_ends_too(tmp_path, monkeypatch):
    monkeypatch.setenv("ZOO_HOME", str(tmp_path))
    monkeypatch.delenv("ZOO_DATA_MIRROR", raising=False)
    monkeypatch.delenv("ZOO_OFFLINE", raising=False)
    with server(endless) as url:
        for settings in ({}, {"newest_release": True}, {"member": "x"}):
            file = sources.SourceFile("x", url, "0" * 64, most_bytes=1 << 20, **settings)
            monkeypatch.setattr(sources, "FILES", {"x": file})
            with pytest.raises(DamagedFileError, match="sends more than"):
                sources.fetch("x")


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("answer", [drop_by_drop, headers_drop_by_drop])
def test_a_server_has_as_long_as_a_slow_line(tmp_path, answer, monkeypatch):
    monkeypatch.setattr(downloading, "PATIENCE", 1)
    begin = time.monotonic()
    with server(answer) as url, pytest.raises(OfflineError, match="took longer than 1 seconds"):
        files.download(url, tmp_path / "x", sha256=None, size=1000)
    assert time.monotonic() - begin < 5
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("answer", [nonsense, reason_of_escapes])
def test_what_a_server_says_is_printed_without_escapes(tmp_path, answer):
    with server(answer) as url, pytest.raises(OfflineError) as error:
        files.download(url, tmp_path / "x", sha256=None)
    assert str(error.value).isprintable()


@pytest.mark.parametrize(
    "url", ["http://[::1", "http://", "http://a b/", "http://\x1b/", "http://1:x/"]
)
def test_what_is_no_url_is_said(tmp_path, url):
    with pytest.raises(ZooError) as error:
        files.download(url, tmp_path / "x", sha256=None)
    assert str(error.value).isprintable() and str(error.value).endswith(".")


@pytest.mark.parametrize("mirror", ["http://[::1", "https://", "/no/such/folder"])
def test_a_mirror_that_is_none_is_said(tmp_path, monkeypatch, mirror):
    from zoo import catalogue
    from zoo.registry import Entry, ModelRegistry

    names = ModelRegistry("model")
    about = {"revision": 1, "task": "nmt", "file": "m.keras", "sha256": "0" * 64}
    names.add(Entry("model", "m", None, catalogue.ZOO, {**about, "url": "http://127.0.0.1:9/m"}))
    monkeypatch.setattr(catalogue, "models", names)
    monkeypatch.setattr(catalogue, "resolve_artifact", lambda ref, about: None)
    monkeypatch.setattr(hub, "EMBEDDED", tmp_path)
    monkeypatch.setenv("ZOO_HOME", str(tmp_path))
    monkeypatch.setenv("ZOO_MIRROR", mirror)
    monkeypatch.delenv("ZOO_OFFLINE", raising=False)
    with pytest.raises(ConfigError, match="ZOO_MIRROR is .*, which is no (URL|folder): give"):
        hub.locate("m")
