"""The collector of garbage is held while much is made, and only then."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import threading

import pytest

from zoo.garbage import collection_held


@pytest.fixture(autouse=True)
def as_it_was():
    was_on = gc.isenabled()
    yield
    (gc.enable if was_on else gc.disable)()


def test_it_is_held_within_the_block_and_goes_on_after_it():
    gc.enable()
    with collection_held():
        assert not gc.isenabled()
        with collection_held():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()


def test_it_goes_on_after_an_error():
    gc.enable()
    with pytest.raises(ZeroDivisionError), collection_held():
        raise ZeroDivisionError
    assert gc.isenabled()


def test_what_the_user_switched_off_stays_off():
    gc.disable()
    with collection_held():
        pass
    assert not gc.isenabled()


def test_the_last_of_several_threads_lets_it_go_on():
    gc.enable()
    inside, leave = threading.Event(), threading.Event()

    def holds():
        with collection_held():
            inside.set()
            leave.wait(60)

    thread = threading.Thread(target=holds)
    with collection_held():
        thread.start()
        assert inside.wait(60)
    assert not gc.isenabled()
    leave.set()
    thread.join(60)
    assert gc.isenabled()


@pytest.mark.parametrize("log", [{}, {"TF_CPP_MIN_LOG_LEVEL": "2"}], ids=["quiet", "users-log"])
def test_nothing_is_collected_while_a_model_is_opened_in_a_new_process(log):
    script = (
        "import gc, zoo\nfound = []\ngc.callbacks.append(lambda phase, info: found.append(phase))\n"
        "zoo.load('lm-char-hello')\nprint(len(found), gc.isenabled())"
    )
    env = {name: value for name, value in os.environ.items() if name != "TF_CPP_MIN_LOG_LEVEL"}
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, env=env | log, capture_output=True, text=True, check=True)
    count, is_on = done.stdout.split()
    assert int(count) < 100 and is_on == "True"  # it was above 2,000
