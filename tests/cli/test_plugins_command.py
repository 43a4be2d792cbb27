"""`zoo plugins`, in a process of its own with fake plugins in reach."""

import json
import os
import subprocess
import sys

import pytest
from fake_plugins import registers_cell, write_plugin


@pytest.fixture
def zoo_process(tmp_path):
    """Return a function that runs `zoo` where the plugins of `tmp_path` are installed."""

    def run(*arguments, **env):
        command = [sys.executable, "-m", "zoo", *arguments]
        env = {**os.environ, "PYTHONPATH": str(tmp_path), **env}
        return subprocess.run(command, env=env, capture_output=True, text=True)

    return run


MODEL = f"""
@zoo.hookimpl
def register_models(register):
    register("m", revision=1, task="nmd", file="m.keras", sha256="{"0" * 64}")
"""


def faults_of(done):
    return json.loads(done.stdout)["faults"]


def test_what_is_loaded_blocked_and_failed(tmp_path, zoo_process):
    write_plugin(tmp_path, "fake-good", registers_cell("good"), version="1.2")
    write_plugin(tmp_path, "fake-bad", "import no_such_module")
    write_plugin(tmp_path, "fake-off", registers_cell("off"))
    done = zoo_process("plugins", ZOO_BLOCK_PLUGINS="fake-off")
    rows = {line.split("\t")[0]: line.split("\t")[1:] for line in done.stdout.splitlines()}
    assert rows["fake-good"][:2] == ["1.2", "loaded"]
    assert rows["fake-good"][2].endswith(" ms")
    assert rows["fake-good"][3] == "cell good"
    assert rows["fake-bad"][1] == "failed"
    assert rows["fake-bad"][3].startswith("ModuleNotFoundError: ")
    assert rows["fake-off"][1::2] == ["blocked", "named in ZOO_BLOCK_PLUGINS"]
    assert "Fault: fake-bad 1.0: ModuleNotFoundError" in done.stderr
    assert done.returncode == 0


def test_a_broken_plugin_breaks_no_other_command(tmp_path, zoo_process):
    write_plugin(tmp_path, "fake-bad", "import no_such_module")
    done = zoo_process("list", "--kind", "cell")
    assert done.returncode == 0
    assert "gru" in done.stdout
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("Warning: plugin fake-bad 1.0 is left out: ModuleNotFoundError")


def test_json(tmp_path, zoo_process):
    write_plugin(tmp_path, "fake-good", registers_cell("good"))
    (plugin,) = (
        plugin
        for plugin in json.loads(zoo_process("plugins", "--json").stdout)["plugins"]
        if plugin["distribution"] == "fake-good"
    )
    assert plugin.pop("seconds") > 0
    assert plugin == {
        "plugin": "fake_good",
        "distribution": "fake-good",
        "version": "1.0",
        "status": "loaded",
        "reason": "",
        "hooks": ["register_cells"],
        "entries": ["cell good"],
    }


def test_a_slow_plugin_shows(tmp_path, zoo_process):
    slow = "import time\ntime.sleep(0.2)\n" + registers_cell("slow")
    write_plugin(tmp_path, "fake-slow", slow)
    write_plugin(tmp_path, "fake-good", registers_cell("good"))
    plugins = json.loads(zoo_process("plugins", "--json").stdout)["plugins"]
    seconds = {plugin["distribution"]: plugin["seconds"] for plugin in plugins}
    assert seconds["fake-slow"] > 0.2 > seconds["fake-good"]


def test_only_plugins_with_a_hook(tmp_path, zoo_process):
    write_plugin(tmp_path, "fake-good", registers_cell("good"))
    write_plugin(tmp_path, "fake-dance", COMMAND)
    only = {"ZOO_PLUGINS": "fake-good,fake-dance"}
    done = zoo_process("plugins", "--hook", "register_commands", "--json", **only)
    assert [p["distribution"] for p in json.loads(done.stdout)["plugins"]] == ["fake-dance"]
    done = zoo_process("plugins", "--hook", "register_cell")
    assert done.returncode == 2 and "register_cells" in done.stderr


def test_check_is_quiet_when_all_is_well(tmp_path, zoo_process):
    write_plugin(tmp_path, "fake-good", registers_cell("good"))
    done = zoo_process("plugins", "--check", ZOO_PLUGINS="fake-good")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        (registers_cell("x", "no_such_module:X"), "Cell 'x' of fake-bad 1.0 cannot be imported"),
        (registers_cell("gru"), "cell 'gru' is registered by sequence-zoo"),
        ("import no_such_module", "fake-bad 1.0: ModuleNotFoundError"),
        ("@zoo.hookimpl\ndef register_commands(cli):\n    1 / 0", "ZeroDivisionError"),
        ("import time\ntime.sleep(0.6)\n" + registers_cell("x"), "ms to import, which every"),
        ("import keras\n" + registers_cell("x"), "fake-bad 1.0 imports keras"),
        (MODEL, "Model 'm' of fake-bad 1.0 is of the task 'nmd', which nobody registered; did"),
        ("raise SystemExit(0)", "fake-bad 1.0: SystemExit: 0"),
        ("raise GeneratorExit", "fake-bad 1.0: GeneratorExit"),
        ("raise BaseException('odd')", "fake-bad 1.0: BaseException: odd"),
        (registers_cell("x", "ends_here:X"), "Cell 'x' of fake-bad 1.0 cannot be imported"),
    ],
)
def test_check_finds_faults_and_exits_with_2(tmp_path, zoo_process, source, fault):
    write_plugin(tmp_path, "fake-bad", source)
    (tmp_path / "ends_here.py").write_text("raise SystemExit(0)")
    done = zoo_process("plugins", "--check", "--json", ZOO_PLUGINS="fake-bad")
    assert done.returncode == 2
    (found,) = faults_of(done)
    assert fault in found
    assert done.stderr.endswith("Error: 1 fault in plugins.\n")


COMMAND = """
import click

@zoo.hookimpl
def register_commands(cli):
    @cli.command()
    def dance():
        "Dance a little."
        click.echo("la la")

    @cli.command("list")
    def other_list():
        click.echo("not the zoo's")
"""


def test_a_plugin_adds_a_command_and_replaces_none(tmp_path, zoo_process):
    write_plugin(tmp_path, "fake-dance", COMMAND)
    assert zoo_process("dance").stdout == "la la\n"
    assert "not the zoo's" not in zoo_process("list").stdout
    assert "Dance a little." in zoo_process("--help").stdout


def test_a_command_of_two_plugins_names_both(tmp_path, zoo_process):
    write_plugin(tmp_path, "fake-dance", COMMAND)
    write_plugin(tmp_path, "fake-tango", COMMAND)
    done = zoo_process("dance")
    assert done.returncode == 2
    assert "'dance' is added by fake-dance 1.0 and by fake-tango 1.0" in done.stderr
    assert zoo_process("--help").returncode == 0
