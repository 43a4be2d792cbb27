"""Ctrl-C at a command: exit code 130, no traceback and no abort, wherever it comes."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import tiny_model

from zoo.cli import interrupts

SUPPORT = Path(tiny_model.__file__).parent
ROOT = Path(__file__).parents[2]

# The class of the model of these tests is imported late, as the zoo's own are.
RUN = """
from zoo.cli import main

def load(ref):
    import tiny_model
    from zoo import saving
    return saving.load(ref)

import zoo
zoo.load = load
main()
"""


def start(*arguments):
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (SUPPORT, ROOT)))}
    env.pop("TF_CPP_MIN_LOG_LEVEL", None)
    return subprocess.Popen(
        [sys.executable, "-c", RUN, *arguments],
        env=env,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def ends_quietly(running):
    os.killpg(running.pid, signal.SIGINT)
    _, err = running.communicate(timeout=60)
    assert (running.returncode, err.strip()) == (130, b"")


def test_while_a_command_waits_for_lines(tiny_file):
    running = start("translate", str(tiny_file))
    running.stdin.write(b"ab\n")
    running.stdin.flush()
    assert running.stdout.readline() == b"ba\n"
    ends_quietly(running)


@pytest.mark.parametrize("seconds", [0.5, 1.5, 3])
def test_while_a_command_starts(seconds):
    running = start("evaluate", "pos-bilstm-ewt")
    time.sleep(seconds)
    ends_quietly(running)


def test_while_cells_are_compared(tmp_path):
    """The process of a cell gets it too, and says nothing either."""
    running = start("compare", "--task", "pos", "--data", "ewt", "--cells", "gru,lstm")
    while b"gru: 1 of 2" not in running.stderr.readline():
        assert running.poll() is None
    time.sleep(2)
    os.killpg(running.pid, signal.SIGINT)
    _, err = running.communicate(timeout=60)
    assert running.returncode == 130
    assert b"Traceback" not in err and b"KeyboardInterrupt" not in err


def interrupt_soon():
    threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT)).start()
    time.sleep(5)


def test_what_libraries_make_of_an_interrupt_is_130_all_the_same():
    with pytest.raises(SystemExit) as ended, interrupts.ending_with_130():
        try:
            interrupt_soon()
        except KeyboardInterrupt as error:
            raise ImportError("cannot import") from error
    assert ended.value.code == 130
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_an_interrupt_that_python_drops_comes_again(capsys):
    class Slow:
        def __del__(self):
            interrupt_soon()

    def drops():
        Slow()
        gc.collect()
        time.sleep(5)

    with pytest.raises(SystemExit) as ended, interrupts.ending_with_130():
        drops()
    assert ended.value.code == 130 and capsys.readouterr().err == ""


def test_whoever_handles_interrupts_goes_on_handling_them():
    mine = lambda *_: None  # noqa: E731
    signal.signal(signal.SIGINT, mine)
    try:
        with interrupts.ending_with_130():
            assert signal.getsignal(signal.SIGINT) is mine
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
