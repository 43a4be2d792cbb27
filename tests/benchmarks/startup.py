"""What a user waits for at a cold start, as ratios to `import tensorflow`."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

from engines import table

BASE = "import tensorflow"
COMMANDS = {
    "`import zoo`": [sys.executable, "-c", "import zoo"],
    "`zoo list`": [sys.executable, "-m", "zoo", "list"],
    '`zoo translate nmt-attn-en-fr "..."`, beam 5': [
        sys.executable,
        *("-m", "zoo", "translate", "nmt-attn-en-fr", "A man is riding a bicycle."),
    ],
}


def report(quick: bool = False) -> str:
    """Median seconds of new processes that take turns."""
    commands = {"`python -c 'import tensorflow'`": [sys.executable, "-c", BASE], **COMMANDS}
    times: dict[str, list[float]] = {what: [] for what in commands}
    for turn in range(4 if quick else 8):
        for what, command in commands.items():
            began = time.perf_counter()
            subprocess.run(command, check=True, capture_output=True)
            if turn:  # the first one reads from the disk
                times[what].append(time.perf_counter() - began)
    medians = {what: statistics.median(values) for what, values in times.items()}
    base = next(iter(medians.values()))
    rows = [[what, f"{value:.2f} s", value / base] for what, value in medians.items()]
    return "### Start-up\n\n" + table(["from a cold shell", "time", "ratio"], rows)
