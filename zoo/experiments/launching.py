"""Several processes of this machine that train one model: started, watched, started again.

What they say to each other is TensorFlow's matter; here is when they begin and end.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import IO

from zoo.errors import ConfigError, Interrupted, LostWorkerError
from zoo.training.cluster import VARIABLE, Cluster, free_ports

_EVERY = 0.1  # seconds between two looks at the processes
_PATIENCE = 15.0  # seconds that others have to end by themselves after the chief, or a mistake
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def launch(
    program: Sequence[str],
    workers: int,
    restarts: int = 3,
    say: Callable[[str], None] = _say,
) -> int:
    """Runs a program in several processes until the training is done.

    The first, the chief, writes to this terminal; of the others the last line is shown if they
    fail. When one is killed, the others are ended, and all start again, which goes on from the
    state that the chief saved last. Ctrl-C and SIGTERM are passed on to all, which save the state.

    Args:
        program: a command line, such as that of a recipe with `--strategy multiworker`.
        workers: number of processes.
        restarts: how often all are started again.
        say: is given a line when they are.

    Returns:
        The exit code: 0, or that of the process that ended otherwise.

    Raises:
        ConfigError: for no workers, or when a worker that shows nothing made a mistake.
        Interrupted: on Ctrl-C or SIGTERM, where the chief has not said so itself.
        LostWorkerError: when a worker is killed more often than `restarts`.
    """
    if workers < 1 or restarts < 0:
        raise ConfigError(
            f"workers is at least 1 and restarts at least 0, not {workers} and {restarts}."
        )
    with _asked_to_stop() as stop:
        for number in range(restarts + 1):
            with _started(program, workers) as processes:
                ended = _watched(processes, stop)
                if ended is None:
                    return _stopped(processes)
                index, code = ended
                if code >= 0 and code != LostWorkerError.exit_code:
                    return _ended(processes, index, code)
            why = f"Worker {index} {_of(code)}"
            if number < restarts:
                say(
                    f"{why}: all start again from the last saved state, restart {number + 1} of "
                    f"{restarts}."
                )
    raise LostWorkerError(
        f"{why} after {restarts} restarts: the same command goes on from the last saved state."
    )


class _Worker:
    """A process of a training."""

    def __init__(self, program: Sequence[str], cluster: Cluster, log: IO[bytes] | None):
        self.log = log
        # A session of its own, so that Ctrl-C comes to the launcher alone, which passes it on.
        self.process = subprocess.Popen(
            program,
            env={**os.environ, VARIABLE: cluster.text()},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )

    @property
    def code(self) -> int | None:
        """Its exit code, None while it runs, that of a signal below 0."""
        return self.process.poll()

    def last_line(self) -> str:
        """The last line that it wrote, where it is not seen otherwise."""
        if self.log is None:
            return ""
        self.log.seek(0)
        lines = self.log.read().decode(errors="replace").split("\n")
        return next((line.strip() for line in reversed(lines) if line.strip()), "")


@contextlib.contextmanager
def _started(program: Sequence[str], count: int) -> Iterator[list[_Worker]]:
    """The processes, none of which outlives the block."""
    addresses = tuple(f"127.0.0.1:{port}" for port in free_ports(count))
    workers: list[_Worker] = []
    with contextlib.ExitStack() as stack:
        try:
            for index in range(count):
                log = stack.enter_context(tempfile.TemporaryFile()) if index else None
                workers.append(_Worker(program, Cluster(addresses, index), log))
            yield workers
        finally:
            for worker in workers:
                if worker.code is None:
                    worker.process.kill()
                worker.process.wait()


@contextlib.contextmanager
def _asked_to_stop() -> Iterator[threading.Event]:
    """What is set by Ctrl-C and SIGTERM within the block, in the main thread."""
    stop = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return

    def asked(*_: object) -> None:
        if stop.is_set():
            raise KeyboardInterrupt  # for the second time: at once
        stop.set()

    before = {number: signal.signal(number, asked) for number in _SIGNALS}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _watched(workers: list[_Worker], stop: threading.Event) -> tuple[int, int] | None:
    """The first worker that fails, and its exit code, or the chief and 0; None when asked to stop.

    A worker that is done waits for nobody, and the chief has the model to finish.
    """
    while not stop.is_set():
        codes = [worker.code for worker in workers]
        for index, code in enumerate(codes):
            if code:
                return index, code
        if codes[0] == 0:
            return 0, 0
        time.sleep(_EVERY)
    return None


def _stopped(workers: list[_Worker]) -> int:
    """Passes a signal on, and waits until the state is saved."""
    for worker in workers:
        if worker.code is None:
            worker.process.terminate()
    chief = workers[0].process.wait()
    _wait(workers, _PATIENCE)
    if chief == Interrupted.exit_code:  # and it has said so
        return chief
    raise Interrupted(
        "Stopped outside of the epochs, so that there was nothing to save: the same command goes "
        "on from the last saved state."
    )


def _ended(workers: list[_Worker], index: int, code: int) -> int:
    """What comes of a worker that ended by itself: what it said is shown once."""
    if index == 0:
        if code in (0, Interrupted.exit_code):
            _wait(workers, _PATIENCE)
        return code
    _wait(workers[:1], _PATIENCE)  # the chief makes the same mistake, and its words are seen
    if workers[0].code:
        return workers[0].code
    said = workers[index].last_line().removeprefix("Error: ")
    raise ConfigError(f"Worker {index} {_of(code)}: {said or 'it said nothing'}")


def _wait(workers: list[_Worker], seconds: float) -> None:
    """Waits for processes to end by themselves."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and any(worker.code is None for worker in workers):
        time.sleep(_EVERY)


def _of(code: int) -> str:
    if code >= 0:
        return f"ended with exit code {code}"
    return f"was killed by {signal.Signals(-code).name}"
