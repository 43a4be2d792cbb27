"""Says which tests were skipped, and fails if one ran in no run although all it needs is there.

    python .ci/skipped.py yes|no REPORT.xml ...

The reports are pytest's, in JUnit's format. A test that one backend skips and another runs was run.
"""

import sys
import xml.etree.ElementTree as ElementTree

NO_BROWSER = "No browser is installed"


def main(required: str, *reports: str) -> int:
    """Print the skipped tests of all reports; return the exit code."""
    reasons, ran = {}, set()
    for report in reports:
        for case in ElementTree.parse(report).iter("testcase"):
            name = f"{case.get('classname')}::{case.get('name')}"
            skipped = case.find("skipped")
            if skipped is None:
                ran.add(name)
            else:
                reasons[name] = " ".join((skipped.get("message") or "").split())
    never = {name: reason for name, reason in reasons.items() if name not in ran}
    # A browser is no Python package: the machine has it or not.
    pardoned = {name for name, reason in never.items() if NO_BROWSER in reason}
    print(f"{len(ran) + len(never)} tests, {len(reasons)} skipped in a run, {len(never)} in all.")
    for name, reason in sorted(reasons.items()):
        print(f"  {'never ran' if name in never else 'ran elsewhere'}: {name}: {reason}")
    if set(never) - pardoned and required == "yes":
        print("These must run, since jax and the mirror of the data sets are there.")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
