"""Counts how many of 60 short opinions models of sentiment and ratings get right, as a table.

    python tests/e2e/opinions.py sentiment-bilstm-imdb sentiment-bilstm-sst2 rating-bilstm-sst5

`opinions.tsv` has a text a line and whether it is positive or negative, which was written before
any model was asked. A rating counts by which of its two sides has more of the probability. What a
model thinks of a text without words stands in the last row.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import Any

import zoo

_NEGATION = re.compile(r"\b(?:not|no|never|nothing|nobody|hardly|\w+n['’]t)\b", re.IGNORECASE)


def opinions() -> list[tuple[str, str]]:
    """The texts and what each is, "positive" or "negative"."""
    text = Path(__file__).with_name("opinions.tsv").read_text(encoding="utf-8")
    return [(text, label) for text, label in (line.split("\t") for line in text.splitlines())]


def sides(model: Any, texts: list[str]) -> list[float]:
    """What part of the probability of the two sides is on the positive one, of each text."""
    found = []
    for answer in model.classify(texts):
        on = {"positive": 0.0, "negative": 0.0, "neutral": 0.0}
        for label, probability in answer.probabilities.items():
            on[label.split()[-1]] += probability  # of "very negative" too
        found.append(on["positive"] / (on["positive"] + on["negative"]))
    return found


def counted(model: Any) -> dict[str, str]:
    """The rows of the table for one model."""
    given = opinions()
    shares = sides(model, [text for text, _ in given])
    right = {
        text: (share > 0.5) == (label == "positive")
        for (text, label), share in zip(given, shares, strict=True)
    }
    labels = dict(given)
    groups = {
        "all": list(labels),
        "positive": [text for text in labels if labels[text] == "positive"],
        "negative": [text for text in labels if labels[text] == "negative"],
        "with a negation": [text for text in labels if _NEGATION.search(text)],
        "without": [text for text in labels if not _NEGATION.search(text)],
    }
    rows = {name: f"{sum(map(right.get, texts))} of {len(texts)}" for name, texts in groups.items()}
    (blank,) = sides(model, [""])
    return rows | {"a text without words": f"{blank:.2f} positive"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("models", nargs="+", help="released names, or paths of .keras files")
    parser.add_argument("--wrong", action="store_true", help="list what was wrong too")
    args = parser.parse_args()
    columns = {}
    for name in args.models:
        model = zoo.load(name)
        columns[name] = counted(model)
        given = opinions()
        shares = sides(model, [text for text, _ in given]) if args.wrong else []
        for (text, label), share in zip(given, shares, strict=False):
            if (share > 0.5) != (label == "positive"):
                print(f"WRONG  {name}  {text}  ->  {share:.2f} positive")
    print("| texts | " + " | ".join(columns) + " |")
    print("|---|" + "---|" * len(columns))
    for row in next(iter(columns.values())):
        print(f"| {row} | " + " | ".join(column[row] for column in columns.values()) + " |")


if __name__ == "__main__":
    main()
