"""`zoo new-plugin`: what it writes is a plugin whose tests pass as written."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def zoo(*arguments, **settings):
    command = [sys.executable, "-m", "zoo", *arguments]
    return subprocess.run(command, capture_output=True, text=True, **settings)


@pytest.mark.parametrize(
    "kind, most, tests",
    [("cell", 150, 3), ("attention", 150, 3), ("search", 150, 3), ("dataset", 150, 3)]
    + [("task", 290, 4)],
)
def test_the_tests_of_a_new_plugin_pass_as_written(tmp_path, kind, most, tests):
    done = zoo("new-plugin", kind, "my-gate", "--folder", str(tmp_path))
    assert done.returncode == 0, done.stderr
    plugin = tmp_path / "zoo-my-gate"
    lines = sum(len(path.read_text().splitlines()) for path in plugin.rglob("*.*"))
    assert lines < most  # can be read in a minute or two
    target = tmp_path / "installed"
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"]
    install += ["--no-build-isolation", "--no-index", "--target", str(target), str(plugin)]
    done = subprocess.run(install, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(plugin / "tests")],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(target), str(ROOT)])},
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{tests} passed" in done.stdout


@pytest.mark.parametrize("name", ["My", "my_cell", "2nd", "a--b", "-x", "../up"])
def test_a_name_that_cannot_be_one(tmp_path, name):
    done = zoo("new-plugin", "cell", "--folder", str(tmp_path), "--", name)
    assert done.returncode == 2
    assert done.stderr.startswith(f"Error: {name!r} cannot name a cell")
    assert not list(tmp_path.iterdir())


def test_a_name_that_is_taken_is_refused(tmp_path):
    """Or nobody could use the zoo's own any more."""
    done = zoo("new-plugin", "cell", "gru", "--folder", str(tmp_path))
    assert done.returncode == 2
    assert done.stderr.startswith("Error: There is a cell 'gru' of sequence-zoo ")
    assert done.stderr.count("\n") == 1 and not list(tmp_path.iterdir())


def test_an_input_comes_with_a_task(tmp_path):
    assert zoo("new-plugin", "input", "heights", "--folder", str(tmp_path)).returncode == 0
    assert (tmp_path / "zoo-heights" / "zoo_heights" / "series.py").is_file()
    done = zoo("new-plugin", "input", "nmt", "--folder", str(tmp_path))
    assert done.stderr.startswith("Error: There is a task 'nmt' of sequence-zoo ")


def test_what_it_says_can_be_typed(tmp_path):
    done = zoo(
        "new-plugin", "cell", "mine", cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    assert done.stdout == "Next: pip install ./zoo-mine, then pytest ./zoo-mine/tests\n"
    assert (tmp_path / "zoo-mine" / "pyproject.toml").is_file()


def test_nothing_is_overwritten(tmp_path):
    (tmp_path / "zoo-mine").mkdir()
    done = zoo("new-plugin", "cell", "mine", "--folder", str(tmp_path))
    assert done.returncode == 2
    assert "is there already: take another name or folder." in done.stderr
    done = zoo("new-plugin", "cell", "mine", "--folder", str(tmp_path / "missing"))
    assert done.returncode == 2 and "missing" in done.stderr
