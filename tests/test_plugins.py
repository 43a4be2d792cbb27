"""Broken plugins are reported and left out, and everything else goes on."""

import re
import sys
import warnings

import pytest
from fake_plugins import registers_cell, write_plugin

from zoo import builtins
from zoo.catalogue import REGISTRIES, ZOO
from zoo.errors import DuplicateNameError, PluginWarning
from zoo.plugins import PluginHost
from zoo.registry import ModelRegistry, Registry

GOOD = registers_cell("good", summary="works")


@pytest.fixture
def site(tmp_path, monkeypatch):
    """An empty folder on the path, for plugins; the modules are forgotten afterwards."""
    monkeypatch.delenv("ZOO_PLUGINS", raising=False)
    monkeypatch.delenv("ZOO_BLOCK_PLUGINS", raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    before = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - before:
        if name.startswith("fake_"):
            del sys.modules[name]


class Loaded:
    """What a fresh host makes of the plugins in reach."""

    def __init__(self):
        self.names = {kind: Registry(kind) for kind in REGISTRIES}
        self.names["model"] = ModelRegistry("model")
        self.host = PluginHost(self.names, own=(ZOO, builtins))
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            found = self.host.load()
        self.warnings = [str(w.message) for w in caught if w.category is PluginWarning]
        self.plugins = {plugin.owner.name: plugin for plugin in found}
        self.cells = self.names["cell"]


def test_the_zoo_registers_its_own_parts_through_the_same_hooks(site):
    loaded = Loaded()
    assert loaded.plugins["sequence-zoo"].owner == ZOO
    assert loaded.cells.entry("gru").owner == ZOO
    assert "cell gru" in loaded.plugins["sequence-zoo"].entries


def test_a_plugin_adds_its_names_and_is_the_owner(site):
    write_plugin(site, "fake-good", GOOD, version="3.1")
    loaded = Loaded()
    entry = loaded.cells.entry("good")
    assert str(entry.owner) == "fake-good 3.1"
    assert entry.about == {"summary": "works"}
    plugin = loaded.plugins["fake-good"]
    assert (plugin.status, plugin.hooks) == ("loaded", ["register_cells"])
    assert plugin.entries == ["cell good"]
    assert 0 < plugin.seconds < 5
    assert plugin.describe()["distribution"] == "fake-good"
    assert not loaded.warnings


BROKEN = {
    "import error": ("import no_such_module\n" + GOOD, "ModuleNotFoundError: .*no_such_module"),
    "syntax error": ("def", "SyntaxError"),
    "exit on import": ("import sys\nsys.exit(3)", "SystemExit: 3"),
    "hook that raises": (
        GOOD + "\n@zoo.hookimpl\ndef register_tasks(register):\n    1 / 0\n",
        "ZeroDivisionError",
    ),
    "unknown hook": (
        GOOD + "\n@zoo.hookimpl\ndef register_cell(register):\n    pass\n",
        "'register_cell' is not a hook .* did you mean 'register_cells'",
    ),
    "wrong signature": (
        "@zoo.hookimpl\ndef register_cells(add):\n    pass\n",
        "Argument.*add.* can not be found in the hookspec",
    ),
    "newer hooks": (
        "ZOO_HOOKS = 99\n" + GOOD,
        "wants version 99 of the hooks, and zoo .* has version 3: update sequence-zoo",
    ),
    "no hook": ("def register_cells(register):\n    pass\n", "no function marked @zoo.hookimpl"),
    "factory that is no string": (
        "@zoo.hookimpl\ndef register_cells(register):\n    register('x', dict)\n",
        "must be a string like 'package.module:Name'",
    ),
    "one name twice": (
        registers_cell("x").rstrip() + "\n    register('x', 'json:JSONDecoder')\n",
        "registers cell 'x' twice",
    ),
    "model without checksum": (
        "@zoo.hookimpl\ndef register_models(register):\n"
        "    register('m', revision=1, task='nmt', file='m.keras')\n",
        "Model 'm' must say sha256=",
    ),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_a_broken_plugin_is_reported_and_left_out_whole(site, fault):
    source, reason = BROKEN[fault]
    write_plugin(site, "fake-broken", source)
    write_plugin(site, "fake-fine", registers_cell("fine"))
    loaded = Loaded()
    broken = loaded.plugins["fake-broken"]
    assert broken.status == "failed"
    assert re.search(reason, broken.reason)
    assert broken.entries == []
    fake = [entry.name for entry in loaded.cells.entries() if "fake" in entry.owner.name]
    assert fake == ["fine"]
    assert len(loaded.warnings) == 1
    assert loaded.warnings[0].startswith("plugin fake-broken 1.0 is left out: ")
    assert "\n" not in broken.reason


def test_two_plugins_with_one_name_spoil_only_that_name(site):
    write_plugin(site, "fake-one", registers_cell("same"))
    write_plugin(site, "fake-two", registers_cell("same").rstrip() + "\n    register('own', 'a:b')")
    cells = Loaded().cells
    with pytest.raises(DuplicateNameError, match="fake-one 1.0 and by fake-two 1.0"):
        cells.get("same")
    assert cells.entry("own").owner.name == "fake-two"


def test_a_plugin_cannot_silently_replace_a_part_of_the_zoo(site):
    write_plugin(site, "fake-gru", registers_cell("gru"))
    with pytest.raises(DuplicateNameError, match="sequence-zoo .* and by fake-gru"):
        Loaded().cells.get("gru")


@pytest.mark.parametrize(
    ("variable", "value", "status"),
    [
        ("ZOO_PLUGINS", "", "blocked"),
        ("ZOO_PLUGINS", "other", "blocked"),
        ("ZOO_PLUGINS", "other, fake-good", "loaded"),
        ("ZOO_PLUGINS", "Fake_Good", "loaded"),
        ("ZOO_BLOCK_PLUGINS", "", "loaded"),
        ("ZOO_BLOCK_PLUGINS", "other", "loaded"),
        ("ZOO_BLOCK_PLUGINS", "fake_good,other", "blocked"),
    ],
)
def test_allowing_and_blocking(site, monkeypatch, variable, value, status):
    write_plugin(site, "fake-good", GOOD)
    monkeypatch.setenv(variable, value)
    loaded = Loaded()
    assert loaded.plugins["fake-good"].status == status
    assert ("good" in loaded.cells) is (status == "loaded")
    if status == "blocked":
        assert variable in loaded.plugins["fake-good"].reason
        assert "fake_good" not in sys.modules  # not even imported


def test_what_a_plugin_prints_does_not_reach_stdout(site, capsys):
    write_plugin(site, "fake-good", "print('hello')\n" + GOOD)
    Loaded()
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == "hello\n"


def test_a_plugin_may_use_the_registry_while_it_is_imported(site):
    write_plugin(site, "fake-good", "zoo.list_cells()\n" + GOOD)
    assert Loaded().plugins["fake-good"].status == "loaded"


COMMAND = """
import click

@zoo.hookimpl
def register_commands(cli):
    @cli.command()
    def dance():
        click.echo("la la")
"""


def test_commands_of_plugins_and_who_adds_them(site, monkeypatch):
    monkeypatch.setenv("ZOO_PLUGINS", "fake-dance,fake-tango,fake-fall")
    write_plugin(site, "fake-dance", COMMAND)
    write_plugin(site, "fake-tango", COMMAND)
    write_plugin(
        site, "fake-fall", "@zoo.hookimpl\ndef register_commands(cli):\n    raise ValueError('no')"
    )
    loaded = Loaded()
    with pytest.warns(PluginWarning, match="fake-fall 1.0 is left out: ValueError: no"):
        commands = loaded.host.commands()
    assert list(commands) == ["dance"]
    assert [owner.name for owner, _ in commands["dance"]] == ["fake-dance", "fake-tango"]


def test_a_plugin_that_was_left_out_adds_no_command(site, monkeypatch):
    monkeypatch.setenv("ZOO_PLUGINS", "fake-dance")
    write_plugin(site, "fake-dance", COMMAND + BROKEN["hook that raises"][0])
    loaded = Loaded()
    assert loaded.plugins["fake-dance"].status == "failed"
    assert loaded.host.commands() == {}


def test_the_first_plugin_that_has_a_file_is_asked_and_a_broken_one_is_skipped(site):
    answer = "@zoo.hookimpl\ndef resolve_artifact(ref, about):\n    "
    write_plugin(site, "fake-a", answer + "raise OSError('disk')")
    write_plugin(site, "fake-b", answer + "return None")
    write_plugin(site, "fake-c", answer + "return '/tmp/' + ref + about['file']")
    host = Loaded().host
    with pytest.warns(PluginWarning, match="fake-a 1.0 is left out: OSError: disk"):
        plugin, path = host.resolve_artifact("m@1", {"file": "x"})
    assert plugin.owner.name == "fake-c"
    assert str(path) == "/tmp/m@1x"
