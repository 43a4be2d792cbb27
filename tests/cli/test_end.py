"""The end of the command's process: at once, and with everything done."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

BEGIN = """
import atexit, sys, threading, time
from zoo import cli

class Object:
    def __del__(self):
        print("taken apart")

kept = Object()

def main():
    print("answer")
    atexit.register(print, "exit function")
    threading.Thread(target=lambda: (time.sleep(0.3), print("thread"))).start()
    {end}

cli.main = main
cli.run()
"""


def run(script):
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)


def buffered():
    return {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}


@pytest.mark.parametrize(
    ("end", "code", "said"),
    [
        ("sys.exit()", 0, ""),
        ("sys.exit(3)", 3, ""),
        ("sys.exit('why')", 1, "why\n"),
        ("raise ZeroDivisionError", 1, "ZeroDivisionError\n"),
    ],
)
def test_all_is_done_and_nothing_is_taken_apart(end, code, said):
    done = run(BEGIN.format(end=end))
    assert done.stdout.splitlines() == ["answer", "thread", "exit function"]
    assert done.returncode == code
    assert done.stderr.endswith(said) and bool(done.stderr) == bool(said)


def test_output_that_cannot_be_written_is_an_error():
    with open("/dev/full", "w") as full:
        script = BEGIN.format(end="sys.exit(0)")
        done = subprocess.run([sys.executable, "-c", script], stdout=full, env=buffered())
    assert done.returncode == 120


@pytest.mark.parametrize(("arguments", "code"), [(["list"], 0), (["show", "no-such"], 2)])
def test_the_command_is_run_so(arguments, code):
    with_module = run(f"import sys; sys.argv = ['zoo', *{arguments}]; import zoo.__main__")
    assert with_module.returncode == code
    assert bool(with_module.stdout) == (code == 0) and bool(with_module.stderr) == (code != 0)


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_what_is_printed_where_nothing_is_open_goes_nowhere(closed):
    command = f"{sys.executable} -m zoo list {closed}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert ("nmt-attn-en-fr" in done.stdout) == (closed == "2>&-")
