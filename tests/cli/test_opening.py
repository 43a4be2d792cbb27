"""What a command shows while it opens a model: a spinner, on a terminal alone."""

from __future__ import annotations

import os
import pty
import subprocess
import sys

SCRIPT = """
import os, time
from zoo.backend.quiet import _stderr_held
from zoo.cli.opening import opening
with opening("nmt-attn-en-fr"), _stderr_held():
    os.write(2, b"noise")
    time.sleep(0.5)
"""


def test_a_spinner_turns_on_a_terminal_and_leaves_nothing():
    ours, its = pty.openpty()
    env = {**os.environ, "TERM": "xterm", "COLUMNS": "60"}
    done = subprocess.run([sys.executable, "-c", SCRIPT], stderr=its, env=env)
    os.close(its)
    shown = b""
    try:
        while block := os.read(ours, 65536):
            shown += block
    except OSError:  # the other end is closed
        pass
    assert done.returncode == 0
    assert "Opening nmt-attn-en-fr" in shown.decode() and b"noise" not in shown
    assert shown.endswith(b"\x1b[2K") or b"\x1b[2K" in shown[-40:]  # the line is wiped


def test_elsewhere_nothing_is_shown():
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
