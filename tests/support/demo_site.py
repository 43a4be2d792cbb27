"""A `zoo demo` that runs in a process of its own."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


class Site:
    """A running `zoo demo`: its `address`, and the folder it runs in."""

    def __init__(self, folder: Path, names):
        env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(folder), str(ROOT)])}
        env |= {"ZOO_OFFLINE": "1", "TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONUNBUFFERED": "1"}
        command = [sys.executable, "-W", "ignore", "-m", "zoo", "demo", *names, "--port", "0"]
        self.log = (folder / "log.txt").open("w+")
        self.process = subprocess.Popen(
            command, env=env, stdout=subprocess.PIPE, stderr=self.log, text=True
        )
        self.said = self.process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+", self.said)
        assert found, f"{self.said} {(folder / 'log.txt').read_text()[-2000:]}"
        self.address = found[0]
        self.folder = folder

    def close(self) -> int:
        self.process.send_signal(signal.SIGINT)
        try:
            return self.process.wait(30)
        finally:
            self.process.kill()
            self.log.close()
