"""Trains a language model on a made-up text of a gigabyte, and measures memory and time of it.

    python tests/e2e/gigabyte.py --megabytes 10 1000 --table tests/e2e/gigabyte.md

For each size a text is written, of made-up words that are as frequent as Zipf's law has it, and
`zoo train lm` is started on it in a process of its own. When the text is prepared, some seconds of
training are waited for; then SIGTERM ends it, which must leave a state to go on from. Memory is
what Linux counts of that process (`/proc/PID/status`), several times a second: its own (RssAnon)
and, besides, files it has mapped and read (RssFile), which the system may drop at any time. It ends
with an error if the largest text took more than `--more` times the own memory of the smallest.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[2]
WORDS, WORDS_OF_A_LINE, BLOCK = 50_000, 12, 120_000
MEGABYTE = 1_000_000


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    add = parser.add_argument
    add("--megabytes", type=int, nargs="+", default=[10, 1000], help="sizes of the texts")
    add("--level", default="char", choices=("char", "word", "subword"))
    add("--seconds", type=float, default=30, help="of training, when the text is prepared")
    add("--units", type=int, default=128, help="of the model")
    add("--more", type=float, default=1.2, help="times the memory of the smallest text")
    add("--seed", type=int, default=1)
    add("--folder", type=Path, help="where texts and runs are for a while; else a temporary one")
    add("--table", type=Path, help="file that the figures are written to")
    return parser.parse_args()


def main() -> None:
    args = arguments()
    rows = []
    for size in args.megabytes:
        with tempfile.TemporaryDirectory(dir=args.folder) as folder:
            text = Path(folder) / "made-up.txt"
            write_text(text, size * MEGABYTE, args.seed)
            rows.append(measured(text, args))
            print(rows[-1], flush=True)
    lines = table(rows, args)
    print("\n".join(lines))
    if args.table:
        args.table.write_text("\n".join(lines) + "\n", encoding="utf-8")
    if rows[-1]["own"] > args.more * rows[0]["own"]:
        sys.exit("Memory grows with the text.")


def write_text(path: Path, size: int, seed: int) -> None:
    """Lines of made-up words, so many bytes."""
    rng = np.random.default_rng(seed)
    letters = np.array(list("etaoinshrdlucmfwypvbgkqjxz"))
    chance = 1 / np.arange(1, len(letters) + 1)
    drawn = rng.choice(letters, (WORDS, 12), p=chance / chance.sum())
    lengths = rng.integers(1, 13, WORDS)
    words = ["".join(word[:length]) for word, length in zip(drawn, lengths, strict=True)]
    shares = np.cumsum(1 / np.arange(1, WORDS + 1))
    written = 0
    with open(path, "w", encoding="ascii") as file:
        while written < size:
            numbers = np.searchsorted(shares, rng.random(BLOCK) * shares[-1]).tolist()
            drawn_words = [words[number] for number in numbers]
            lines = [
                " ".join(drawn_words[begin : begin + WORDS_OF_A_LINE]) + ".\n"
                for begin in range(0, BLOCK, WORDS_OF_A_LINE)
            ]
            written += file.write("".join(lines)[: size - written])


def measured(text: Path, args: argparse.Namespace) -> dict:
    """Prepares a text, trains for some seconds, and ends the training by SIGTERM."""
    run = text.with_suffix(".run")
    command = [sys.executable, "-u", "-m", "zoo", "train", "lm", "--text", str(text)]
    command += ["--level", args.level, "--units", str(args.units), "--seed", str(args.seed)]
    command += ["--epochs", "1000", "--run", str(run), "--out", str(text.with_suffix(".keras"))]
    environment = {"TF_CPP_MIN_LOG_LEVEL": "3", **os.environ}
    environment["PYTHONPATH"] = os.pathsep.join([str(ROOT), environment.get("PYTHONPATH", "")])
    log = text.with_suffix(".log")
    began, prepared, own, mapped = time.perf_counter(), 0.0, 0, 0
    with open(log, "w") as out:
        child = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, env=environment)
    try:
        while child.poll() is None:
            seconds = time.perf_counter() - began
            anonymous, of_files = memory(child.pid)
            own, mapped = max(own, anonymous), max(mapped, of_files)
            if not prepared and "epochs and 0 steps are done" in log.read_text(errors="replace"):
                prepared = seconds
            if prepared and seconds > prepared + args.seconds:
                child.send_signal(signal.SIGTERM)
                child.wait(120)
            time.sleep(0.2)
    finally:
        child.kill()
    if child.returncode != 130:
        sys.exit(f"The training ended with {child.returncode}: {log.read_text(errors='replace')}")
    with np.load(run / "state.npz") as state:
        steps = json.loads(str(state["progress"]))["step"]
    if not steps:
        sys.exit("No step was trained: give it more --seconds.")
    return {
        "megabytes": text.stat().st_size / MEGABYTE,
        "prepared": prepared,
        "steps": steps,
        "own": own,
        "mapped": mapped,
    }


def memory(process: int) -> tuple[int, int]:
    """Resident memory of a process in bytes, its own and that of mapped files."""
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:  # it ended
        return 0, 0
    found = dict(line.split(":", 1) for line in lines if line.startswith("Rss"))
    own, mapped = (int(found.get(name, "0").split()[0]) for name in ("RssAnon", "RssFile"))
    return own * 1024, mapped * 1024


def table(rows: list[dict], args: argparse.Namespace) -> list[str]:
    sizes = " ".join(map(str, args.megabytes))
    lines = [
        f"Written by `python tests/e2e/gigabyte.py --megabytes {sizes} --level {args.level} "
        f"--seconds {args.seconds:g}`, {platform.machine()}, Python {platform.python_version()}; "
        f"{len(os.sched_getaffinity(0))} of {os.cpu_count()} cores.",
        "",
        "| text (MB) | until the first step (s) | then steps | peak of own memory (MB) "
        "| of mapped files (MB) |",
        "|---|---|---|---|---|",
    ]
    for row in rows:
        lines.append(
            f"| {row['megabytes']:,.0f} | {row['prepared']:,.0f} | {row['steps']:,} | "
            f"{row['own'] / MEGABYTE:,.0f} | {row['mapped'] / MEGABYTE:,.0f} |"
        )
    return lines


if __name__ == "__main__":
    main()
