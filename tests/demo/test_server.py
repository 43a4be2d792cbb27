"""What the page lets in and out: hosts, ports, sizes, and nothing from any other machine."""

import os
import re
import socket

import pytest
from click.testing import CliRunner

from zoo.cli.demo import command
from zoo.demo import limits
from zoo.demo.models import Models
from zoo.demo.part import Part
from zoo.demo.server import bound, is_loopback
from zoo.errors import ConfigError

needs_gradio = pytest.mark.skipif(
    not __import__("importlib").util.find_spec("gradio"),
    reason="Gradio is not installed: pip install '.[demo]'",
)


def client(host="127.0.0.1", base="http://127.0.0.1"):
    from starlette.testclient import TestClient

    from zoo.demo.page import page_of
    from zoo.demo.server import app_of

    names = ("a", "b")
    part = Part(
        "Say <b>",
        "text",
        "text",
        {name: {"task": name, "summary": "<i>", "targets": ["de"]} for name in names},
        {name: [{"verb": "say", "live": True}] for name in names},
        ["Hi"],
    )
    widgets = ("image", "sound", "table", "music", "file", "drawing")
    others = [
        Part(one, "text", one, {"a": {"task": "a"}}, {"a": [{"verb": "say"}]}) for one in widgets
    ]
    models = Models(lambda name: None)
    app = app_of(lambda: page_of([part, *others], {"c": "it is <away>."}, models), host)
    return TestClient(app, base_url=base)


@needs_gradio
def test_nothing_is_asked_of_another_machine():
    found = client().get("/")
    assert found.status_code == 200
    policy = found.headers["content-security-policy"]
    assert policy.startswith("default-src 'self'") and "http" not in policy
    html = found.text
    assert not re.findall(r"(?:src|href)=[\"'](?:https?:)?//", html)
    assert "fonts.googleapis" not in html and "cdnjs" not in html
    assert os.environ["GRADIO_ANALYTICS_ENABLED"] == "False"
    assert '"analytics_enabled":false' in html.replace(" ", "")


@needs_gradio
def test_names_of_models_are_no_html():
    text = client().get("/config").text
    assert "it is <away>" not in text and "it is &lt;away&gt;" in text


@needs_gradio
def test_other_names_of_this_machine_are_refused():
    assert client(base="http://zoo.example").get("/").status_code == 400
    assert client("0.0.0.0", base="http://zoo.example").get("/").status_code == 200


@needs_gradio
def test_a_file_that_is_too_large_is_refused():
    page = client()
    large = {"files": ("x.bin", bytes(limits.BYTES + 1))}
    assert page.post("/gradio_api/upload", files=large).status_code == 413
    small = {"files": ("x.bin", b"1")}
    assert page.post("/gradio_api/upload", files=small).status_code == 200


def test_loopback():
    assert is_loopback("127.0.0.1") and is_loopback("localhost") and is_loopback("::1")
    assert not is_loopback("0.0.0.0") and not is_loopback("192.168.0.1")


def test_a_port_that_is_taken_is_said():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ConfigError, match=f"Port {port} of 127.0.0.1 cannot be opened"):
            bound("127.0.0.1", port)
    with bound("127.0.0.1", 0) as free:
        assert free.getsockname()[0] == "127.0.0.1" and free.getsockname()[1]


def test_a_host_that_is_not_here_is_said():
    with pytest.raises(ConfigError, match=r"Port 0 of 192\.0\.2\.1 cannot be opened"):
        bound("192.0.2.1", 0)


def test_without_gradio_one_sentence_says_what_to_install(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "gradio", None)
    found = CliRunner().invoke(command, ["--port", "0"], standalone_mode=False)
    assert isinstance(found.exception, ConfigError)
    assert str(found.exception) == (
        "The page needs Gradio: install it with pip install 'sequence-zoo[demo]'."
    )
