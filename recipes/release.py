"""Releases a trained model: measures the file, copies it into the package, writes index and cards.

    python recipes/release.py nmt-attn-en-fr.keras recipes/cards/nmt-attn-en-fr.json

The second file says what cannot be measured: name, revision, licence, data sets, training command,
hardware, time, notes. The scores are those of the very file that is released, opened in this
process, which has trained nothing. A released revision is never changed: raise the number instead.
"""

from __future__ import annotations

import argparse
import importlib
import json
import shutil
from pathlib import Path

import keras

import zoo
from zoo import cards, files, registry
from zoo.builtins import INDEX

LARGEST = 16 * 2**20
ALL_TOGETHER = 48 * 2**20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model", type=Path, help="the .keras file")
    parser.add_argument("card", type=Path, help="JSON with what cannot be measured")
    args = parser.parse_args()
    card = json.loads(args.card.read_text(encoding="utf-8"))
    index = cards.read_index()
    released = [
        m for m in index["models"] if (m["name"], m["revision"]) == (card["name"], card["revision"])
    ]
    if released:
        raise SystemExit(f"{card['name']}@{card['revision']} is released: raise the revision.")
    size = args.model.stat().st_size
    total = sum(m["bytes"] for m in index["models"]) + size
    if size > LARGEST or total > ALL_TOGETHER:
        raise SystemExit(f"{args.model} has {size:,} bytes: too many to be embedded.")

    model = zoo.load(args.model)
    rows = measured(model, card["task"])
    entry = {
        **card,
        "file": f"{card['name']}-{card['revision']}.keras",
        "sha256": files.sha256_of(args.model),
        "bytes": size,
        "parameters": model.count_params(),
        "metrics": rows,
    }
    shutil.copyfile(args.model, INDEX.parent / entry["file"])
    index["models"].append(entry)
    write_index(index)


def measured(model: keras.Model, task: str) -> list[dict]:
    """The scores of a model on the test splits of its task, printed as they come."""
    module, _, name = registry.tasks.entry(task).about["evaluator"].partition(":")
    rows = getattr(importlib.import_module(module), name)(model)
    for row in rows:
        value = f"{row['value']:.{row.get('digits', 2)}f}"
        print(f"{row['dataset']} {row['split']} {row['metric']} {value}", flush=True)
    return rows


def write_index(index: dict) -> None:
    """Writes the index and the cards that are made from it."""
    write(INDEX, json.dumps(index, indent=1, ensure_ascii=False) + "\n")
    write(INDEX.parents[2] / "MODEL_CARDS.md", cards.render(index, cards.read_comparisons()))


def write(path: Path, text: str) -> None:
    """Writes a text file, whole or not at all."""
    with files.replacing(path) as part:
        part.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
