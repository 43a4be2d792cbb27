"""Counts how many of 60 phrases that anybody would try first a translator gets right.

    python tests/e2e/everyday.py nmt-attn-en-fr

`everyday.tsv` has a phrase a line and the translations that are accepted, which were written before
any model was asked. Case, punctuation and spaces do not count.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import zoo
from zoo.inputs.folding import folded


def phrases() -> list[tuple[str, list[str]]]:
    """The phrases and what is accepted for each."""
    text = Path(__file__).with_name("everyday.tsv").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines()]
    return [(phrase, accepted.split("|")) for phrase, accepted in rows]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model", help="released name, or path of a .keras file")
    parser.add_argument("--beam", type=int, default=5)
    args = parser.parse_args()
    asked = phrases()
    answers = zoo.load(args.model).translate([phrase for phrase, _ in asked], beam_size=args.beam)
    right = 0
    for (phrase, accepted), answer in zip(asked, answers, strict=True):
        is_right = folded(answer) in {folded(text) for text in accepted}
        right += is_right
        print(f"{'right' if is_right else 'WRONG':6}{phrase}  ->  {answer}")
    print(f"{right} of {len(asked)} right")


if __name__ == "__main__":
    main()
