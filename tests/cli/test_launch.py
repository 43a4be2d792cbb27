"""`zoo launch`: processes that train together, one of them killed, and all of them stopped.

The processes of most tests only sleep, say something or end, which takes no TensorFlow; the last
test trains in them.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import workers as support
from click.testing import CliRunner

from zoo.cli.app import cli
from zoo.cli.launch import program_of
from zoo.errors import ConfigError, Interrupted, LostWorkerError, MissingFileError
from zoo.experiments import launching
from zoo.experiments.launching import launch

LAUNCHED = str(Path(support.__file__).with_name("launched.py"))

# What the process of each worker does, by its number and by how often all were started. None goes
# on before all have counted: one that was ended earlier would count one start too few.
HEAD = """
import json, os, pathlib, signal, sys, time
config = json.loads(os.environ["TF_CONFIG"])
index, workers = config["task"]["index"], len(config["cluster"]["worker"])
def starts_of(worker):
    place = pathlib.Path(sys.argv[1]) / f"starts-{worker}"
    return len(place.read_text()) if place.exists() else 0
starts = starts_of(index) + 1
place = pathlib.Path(sys.argv[1]) / f"starts-{index}"
place.write_text("." * starts)
while min(map(starts_of, range(workers))) < starts: time.sleep(0.01)
"""


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(launching, "_PATIENCE", 1.0)


def run(folder, body, workers=2, restarts=3):
    said = []
    program = [sys.executable, "-c", HEAD + body, str(folder)]
    try:
        return launch(program, workers, restarts, said.append), said
    except (ConfigError, Interrupted, LostWorkerError) as error:
        return error, said


def starts(folder, index):
    return len((folder / f"starts-{index}").read_text())


def test_each_has_its_place_and_the_end_of_the_chief_is_the_end(tmp_path):
    body = "place.with_name(f'config-{index}').write_text(os.environ['TF_CONFIG'])\n"
    body += "time.sleep(0 if index else 0.5)"
    assert run(tmp_path, body, workers=3) == (0, [])
    said = [json.loads((tmp_path / f"config-{index}").read_text()) for index in range(3)]
    assert [one["task"]["index"] for one in said] == [0, 1, 2]
    assert said[0]["cluster"] == said[1]["cluster"] == said[2]["cluster"]
    assert len(set(said[0]["cluster"]["worker"])) == 3


def test_all_start_again_when_one_is_killed(tmp_path):
    body = "if index == 1 and starts == 1: os.kill(os.getpid(), signal.SIGKILL)\n"
    body += "time.sleep(30 if starts == 1 else 0)"
    began = time.monotonic()
    code, said = run(tmp_path, body)
    assert code == 0 and time.monotonic() - began < 10  # the other was ended, not waited for
    assert (starts(tmp_path, 0), starts(tmp_path, 1)) == (2, 2)
    assert said == [
        "Worker 1 was killed by SIGKILL: all start again from the last saved state, restart 1 of 3."
    ]


def test_a_worker_that_lost_another_is_started_again(tmp_path):
    assert run(tmp_path, "sys.exit(0 if starts == 2 else 75)")[0] == 0


def test_restarts_are_bounded(tmp_path):
    error, said = run(tmp_path, "os.kill(os.getpid(), signal.SIGKILL)", workers=1, restarts=2)
    assert isinstance(error, LostWorkerError) and len(said) == 2 and starts(tmp_path, 0) == 3
    assert str(error) == (
        "Worker 0 was killed by SIGKILL after 2 restarts: the same command goes on from the last "
        "saved state."
    )


def test_a_mistake_is_not_tried_again(tmp_path):
    """All processes find it; what the chief says is on the terminal already."""
    assert run(tmp_path, "sys.exit(2)") == (2, [])
    assert starts(tmp_path, 0) == 1


def test_what_another_than_the_chief_says_is_shown(tmp_path):
    body = "if index: sys.exit('Error: The disk is full.')\ntime.sleep(30)"
    error, said = run(tmp_path, body)
    assert str(error) == "Worker 1 ended with exit code 1: The disk is full."


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_is_passed_on_to_all(tmp_path, number):
    body = f"""
def stop(*_):
    place.with_name(f"stopped-{{index}}").touch()
    sys.exit(130)
signal.signal(signal.SIGTERM, stop)
place.with_name(f"ready-{{index}}").touch()
if index == 0:
    while not place.with_name("ready-1").exists(): time.sleep(0.01)
    os.kill(os.getppid(), {int(number)})
time.sleep(30)
"""
    before = signal.getsignal(number)
    assert run(tmp_path, body) == (130, [])
    assert (tmp_path / "stopped-0").exists() and (tmp_path / "stopped-1").exists()
    assert signal.getsignal(number) is before


def test_outside_of_the_epochs_a_signal_is_one_sentence(tmp_path):
    body = f"if index == 0: os.kill(os.getppid(), {int(signal.SIGTERM)})\ntime.sleep(30)"
    error, _ = run(tmp_path, body)
    assert isinstance(error, Interrupted) and "the same command goes on" in str(error)


def fails(*arguments):
    """The one line of an error of `zoo launch`, with exit code 2."""
    found = subprocess.run(
        [sys.executable, "-m", "zoo", "launch", *arguments],
        capture_output=True,
        text=True,
        env=support.environment(),
    )
    assert found.returncode == 2 and found.stdout == "" and found.stderr.count("\n") == 1
    return found.stderr


def test_bad_input_is_one_sentence(tmp_path):
    recipe = str(support.ROOT / "recipes/pos_bilstm.py")
    assert "0 is not in the range x>=1" in fails("--workers", "0", recipe)
    assert "There is no recipe 'recipes/none.py': give the path" in fails("recipes/none.py")
    without = str(support.ROOT / "recipes/lm_char_hello.py")
    assert "lm_char_hello.py has no --strategy, so several" in fails(without)
    assert "--strategy one would have each train its own" in fails(recipe, "--strategy", "one")
    with pytest.raises(ConfigError, match="workers is at least 1 and restarts at least 0, not 0"):
        launch(["true"], 0)


def test_the_strategy_is_added_where_it_is_not_given(tmp_path):
    recipe = str(support.ROOT / "recipes/pos_bilstm.py")
    added = ["--strategy", "multiworker"]
    assert program_of(recipe, ("--epochs", "1"))[1:] == [recipe, "--epochs", "1", *added]
    assert program_of(recipe, ("--strategy=auto",))[1:] == [recipe, "--strategy=auto"]
    assert program_of("train", ("nmt",))[1:] == ["-m", "zoo", "train", "nmt", *added]
    own = tmp_path / "own.py"
    own.write_text("with distribution_scope('auto'): ...")
    assert program_of(str(own), ())[1:] == [str(own)]
    with pytest.raises(MissingFileError):
        program_of(str(tmp_path), ())


def test_options_of_the_program_are_its_own():
    found = CliRunner().invoke(cli, ["launch", "recipes/none.py", "--workers", "0"])
    assert isinstance(found.exception, MissingFileError)  # not: 0 workers


def until(is_true, running):
    while not is_true():
        assert running.poll() is None, running.communicate()
        time.sleep(0.05)


def test_killed_stopped_and_ended_alone_it_is_the_run_of_one_process(tmp_path):
    """A worker is killed, all start again and are stopped, and one process does the rest."""
    folder = tmp_path / "run"
    arguments = ["-m", "zoo", "launch", "--workers", "2", LAUNCHED, "--run", str(folder)]
    running = subprocess.Popen(
        [sys.executable, *arguments],
        env=support.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        until((folder / "epoch-001.npz").exists, running)
        first = (tmp_path / "worker-1").read_text()
        os.kill(int(first), signal.SIGKILL)
        until(lambda: (tmp_path / "worker-1").read_text() not in ("", first), running)
        running.send_signal(signal.SIGTERM)
        out, err = running.communicate(timeout=60)
    finally:
        running.kill()
        running.wait()
    assert running.returncode == 130
    # What TensorFlow logs, and the bar, aside.
    restarted, stopped = [line for line in err.splitlines() if line.startswith(("Work", "Error"))]
    assert restarted.startswith("Worker 1 was killed by SIGKILL: all start again from the last")
    assert stopped.startswith("Error: Stopped after ") and "the same command goes on" in stopped
    assert "Traceback" not in err

    whole = support.train("one", str(tmp_path / "whole"))
    rest = support.train("one", str(folder))
    assert support.weights(rest.model) == pytest.approx(support.weights(whole.model), abs=1e-5)
    assert rest.scores == whole.scores
