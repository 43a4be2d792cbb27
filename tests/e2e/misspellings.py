"""Counts how many of 100 common misspellings a speller repairs, and how many of 40 names it leaves.

    python tests/e2e/misspellings.py spell-char-en spell-char-en@1

`misspellings.tsv` has a misspelling a line and the words that are accepted, `names.txt` a name a
line; both were written before any model was asked.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import zoo

HERE = Path(__file__).parent


def misspellings() -> list[tuple[str, list[str]]]:
    """The misspellings and what is accepted for each."""
    text = HERE.joinpath("misspellings.tsv").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines()]
    return [(misspelt, accepted.split("|")) for misspelt, accepted in rows]


def names() -> list[str]:
    """The names."""
    return HERE.joinpath("names.txt").read_text(encoding="utf-8").split()


def asked(model: Any) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """What a model makes wrong of the misspellings and of the names: what was given, and that."""
    given = misspellings()
    found = model.repair([misspelt for misspelt, _ in given])
    wrong = [(m, one) for (m, right), one in zip(given, found, strict=True) if one not in right]
    kept = model.repair(names())
    return wrong, [(name, one) for name, one in zip(names(), kept, strict=True) if one != name]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("models", nargs="+", help="released names, or paths of .keras files")
    for name in parser.parse_args().models:
        wrong, changed = asked(zoo.load(name))
        for what, found in wrong + changed:
            print(f"WRONG  {what}  ->  {found}")
        right, left = len(misspellings()) - len(wrong), len(names()) - len(changed)
        print(
            f"{name}: {right} of {len(misspellings())} misspellings repaired, "
            f"{left} of {len(names())} names left as they are"
        )


if __name__ == "__main__":
    main()
