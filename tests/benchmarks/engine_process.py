"""The process of an `Engine`: reads requests from standard input, answers on standard output."""

from __future__ import annotations

import importlib
import json
import os
import resource
import sys
import time
from pathlib import Path


def main() -> None:
    # Whatever a library prints goes to standard error: standard output is for answers.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    sys.path.insert(0, str(Path(__file__).parent))
    module, name = importlib.import_module(sys.argv[1]), sys.argv[2]
    run, repeats = None, 1
    for line in sys.stdin:
        request = json.loads(line)
        answer: object = None
        if "prepare" in request:
            run = module.prepare(name, request["prepare"])
            run()
            repeats = max(1, round(_TURN / _seconds(run, 1)))
        elif "time" in request:
            answer = _seconds(run, repeats)
        else:
            answer = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


# A turn lasts at least so many seconds: what a process does first after a pause is slow.
_TURN = 0.05


def _seconds(run, repeats: int) -> float:
    """The mean time of some runs."""
    began = time.perf_counter()
    for _ in range(repeats):
        run()
    return (time.perf_counter() - began) / repeats


if __name__ == "__main__":
    main()
