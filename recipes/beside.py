"""Measures models that are not released, and puts their scores into the card of one that is.

    python recipes/beside.py nmt-attn-en-fr recipes/cards/multi30k-alone.json multi30k.keras

The second file says what cannot be measured: title, training command, hardware, time, notes.
Several models are measured as one ensemble. A row of the same title is replaced.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from release import measured, write_index

import zoo
from zoo import cards


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("name", help="the released model, newest revision")
    parser.add_argument("about", type=Path, help="JSON with what cannot be measured")
    parser.add_argument("models", nargs="+", help=".keras files; several are an ensemble")
    args = parser.parse_args()
    for folder in cards.folders():
        index = folder.read()
        released = [entry for entry in index["models"] if entry["name"] == args.name]
        if released:
            break
    else:
        raise SystemExit(f"{args.name} is not released: see zoo list.")
    newest = max(released, key=lambda entry: entry["revision"])
    model = zoo.load(args.models[0]) if len(args.models) == 1 else zoo.ensemble(args.models)
    about = json.loads(args.about.read_text(encoding="utf-8"))
    row = {**about, "metrics": measured(model, newest)}
    others = [o for o in newest.get("beside", []) if o["title"] != row["title"]]
    newest["beside"] = [*others, row]
    write_index(index, folder)


if __name__ == "__main__":
    main()
