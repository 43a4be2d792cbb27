"""Benchmarks against peers: `python tests/benchmarks [PART ...] [--quick] [--markdown FILE]`.

A part is `verbs`, `recurrence`, `decoding`, `training`, `serving`, `workers` or `startup`; without
any, all are run. Beside peers every engine works in a process of its own and they take turns, run
by run, so that a machine that slows down slows all of them: what is printed are ratios of medians
within one run, no bare time. PyTorch is a peer where it is installed, and left out where it is not.
"""

from __future__ import annotations

import argparse
import platform
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PARTS = ("verbs", "recurrence", "decoding", "training", "serving", "workers", "startup")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--quick", action="store_true", help="fewer shapes and repetitions")
    parser.add_argument("--markdown", type=Path, help="file that takes the tables too")
    args = parser.parse_args()
    for part in args.parts:
        if part not in PARTS:
            parser.error(f"no part {part!r}; there are {', '.join(PARTS)}")
    texts = [machine()]
    print(texts[0], flush=True)
    for part in args.parts or PARTS:
        text = import_module(part).report(quick=args.quick)
        print("\n" + text, flush=True)
        texts.append(text)
    if args.markdown:
        args.markdown.write_text("\n\n".join(texts) + "\n", encoding="utf-8")


def machine() -> str:
    """One line: processor, cores, versions."""
    import os

    names = [
        line.split(":", 1)[1].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    ] or [platform.processor()]
    packages = []
    for package in ("tensorflow", "keras", "onnxruntime", "torch"):
        try:
            packages.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            packages.append(f"without {package}")
    cores = len(os.sched_getaffinity(0))
    return f"{cores} cores of {names[0]}, Python {platform.python_version()}, {', '.join(packages)}"


if __name__ == "__main__":
    main()
