"""Engines in processes of their own that take turns, and tables of their ratios."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

HERE = Path(__file__).parent


class Engine:
    """A process that runs one module's workload when asked, and says how long it took.

    The module has `prepare(name, case) -> run`, where `run()` does the work once and returns when
    it is done. Between its turns the process waits for a line, using no processor time.
    """

    def __init__(self, module: str, name: str):
        self.name = name
        environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "KERAS_BACKEND": "tensorflow"}
        self._process = subprocess.Popen(
            [sys.executable, str(HERE / "engine_process.py"), module, name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )

    def prepare(self, case: dict) -> None:
        """Builds the case and runs it twice, untimed."""
        self._ask(prepare=case)

    def time(self) -> float:
        """Seconds of one run: the mean of as many as fill a twentieth of a second."""
        return self._ask(time=True)

    def peak_memory(self) -> float:
        """MiB of memory at most so far."""
        return self._ask(memory=True)

    def _ask(self, **request):
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"The engine {self.name} died on {request}.")
        return json.loads(line)

    def close(self) -> None:
        self._process.stdin.close()
        self._process.wait()


def available(names: Sequence[str]) -> list[str]:
    """The engines that can run here: `torch` only where it is installed."""
    return [name for name in names if name != "torch" or find_spec("torch")]


def medians(engines: Sequence[Engine], case: dict, repeats: int) -> dict[str, float]:
    """Median seconds of each engine, the engines taking turns."""
    for engine in engines:
        engine.prepare(case)
    times: dict[str, list[float]] = {engine.name: [] for engine in engines}
    for _ in range(repeats):
        for engine in engines:
            times[engine.name].append(engine.time())
    return {name: statistics.median(values) for name, values in times.items()}


def table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A Markdown table; numbers with two places, missing ones as a dash."""

    def cell(value):
        if value is None:
            return "-"
        return f"{value:.2f}" if isinstance(value, float) else str(value)

    lines = [list(header), ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(map(cell, line)) + " |" for line in lines)
