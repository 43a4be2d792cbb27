"""`import zoo` and `zoo list` are at once there, and import nothing that is slow."""

import os
import subprocess
import sys
import time

import pytest
from fake_plugins import registers_cell, write_plugin

LIST = "import sys; sys.argv = ['zoo', 'list']\nfrom zoo.cli import main\n"
SLOW = ("tensorflow", "keras", "tensorflow_text", "jax", "numpy", "h5py", "rich", "sacrebleu")
LIMIT = 0.3  # seconds


def run(script, **env):
    command = [sys.executable, "-c", script]
    return subprocess.run(command, env={**os.environ, **env}, capture_output=True, text=True)


@pytest.mark.parametrize(
    "script",
    [
        "import zoo",
        "import zoo; zoo.list_models('*'); zoo.list_cells(); zoo.describe('gru'); zoo.hookimpl",
        LIST + "try: main()\nexcept SystemExit: pass",
        "import zoo.saving, zoo.hub, zoo.building, zoo.cards",
    ],
    ids=["import", "list", "command", "modules"],
)
def test_nothing_slow_is_imported(script):
    done = run(f"{script}\nimport sys; print([n for n in {SLOW} if n in sys.modules])")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "[]"


def test_import_zoo_does_not_look_for_plugins():
    done = run("import zoo, sys; print('pluggy' in sys.modules, 'zoo.plugins' in sys.modules)")
    assert done.stdout == "False False\n"


def least_seconds(script, bytecode, **env):
    """The least time of a process that runs the script, Python's own start included.

    The least, for other tests run beside this one. Bytecode is kept, as it is for users, where the
    tests' own process may have been told to write none.
    """
    env |= {"PYTHONPYCACHEPREFIX": str(bytecode), "PYTHONDONTWRITEBYTECODE": ""}

    def seconds():
        start = time.perf_counter()
        assert run(script, **env).returncode == 0
        return time.perf_counter() - start

    seconds()  # byte-compiles
    return min(seconds() for _ in range(9))


@pytest.mark.parametrize("script", ["import zoo", LIST + "main()"], ids=["import", "list"])
def test_start_up_time(script, tmp_path):
    assert least_seconds(script, tmp_path) < LIMIT


def test_start_up_time_with_twenty_plugins(tmp_path):
    for number in range(20):
        write_plugin(tmp_path, f"fake-{number}", registers_cell(f"cell-{number}"))
    script = "import zoo; assert 'cell-19' in zoo.list_cells()\n" + LIST + "main()"
    assert least_seconds(script, tmp_path / "bytecode", PYTHONPATH=str(tmp_path)) < LIMIT
