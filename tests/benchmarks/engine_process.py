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
    run = None
    for line in sys.stdin:
        request = json.loads(line)
        answer: object = None
        if "prepare" in request:
            run = module.prepare(name, request["prepare"])
            for _ in range(2):
                run()
        elif "time" in request:
            began = time.perf_counter()
            run()
            answer = time.perf_counter() - began
        else:
            answer = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
