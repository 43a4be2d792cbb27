"""Releases a trained model: measures the file, copies it into the package, writes index and cards.

    python recipes/release.py nmt-attn-en-fr.keras recipes/cards/nmt-attn-en-fr.json
    python recipes/release.py --retire nmt-attn-en-fr@1

The second file says what cannot be measured: name, revision, licence, data sets, training command,
hardware, time, notes. The scores are those of the very file that is released, opened in this
process, which has trained nothing. A released revision is never changed: raise the number instead.
One that a newer one has replaced is retired where the package has to stay small; its file is left
to the repository's history.
"""

from __future__ import annotations

import argparse
import importlib
import json
import shutil
from pathlib import Path

import keras

import zoo
from zoo import cards, catalogue, files
from zoo.builtins import INDEX

LARGEST = 16 * 2**20
ALL_TOGETHER = 48 * 2**20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model", type=Path, nargs="?", help="the .keras file")
    parser.add_argument("card", type=Path, nargs="?", help="JSON with what cannot be measured")
    parser.add_argument("--retire", metavar="NAME@REVISION", help="take a replaced one out")
    args = parser.parse_args()
    if args.retire:
        retire(args.retire)
    elif args.card is None:
        parser.error("name the .keras file and its card")
    else:
        release(args.model, args.card)


def release(file: Path, about: Path) -> None:
    """Measures a model and puts it among the released ones."""
    card = json.loads(about.read_text(encoding="utf-8"))
    index = cards.read_index()
    released = [
        m for m in index["models"] if (m["name"], m["revision"]) == (card["name"], card["revision"])
    ]
    if released:
        raise SystemExit(f"{card['name']}@{card['revision']} is released: raise the revision.")
    size = file.stat().st_size
    total = sum(m["bytes"] for m in index["models"]) + size
    if size > LARGEST or total > ALL_TOGETHER:
        raise SystemExit(f"{file} has {size:,} bytes: too many to be embedded.")

    model = zoo.load(file)
    rows = measured(model, card["task"])
    entry = {
        **card,
        "file": f"{card['name']}-{card['revision']}.keras",
        "sha256": files.sha256_of(file),
        "bytes": size,
        "parameters": model.count_params(),
        "metrics": rows,
    }
    shutil.copyfile(file, INDEX.parent / entry["file"])
    index["models"].append(entry)
    write_index(index)


def retire(name: str) -> None:
    """Takes a revision out of the package, if a newer one is there."""
    index = cards.read_index()
    base, _, revision = name.partition("@")
    mine = [m for m in index["models"] if m["name"] == base]
    old = next((m for m in mine if str(m["revision"]) == revision), None)
    if old is None or old is max(mine, key=lambda m: m["revision"]):
        raise SystemExit(f"{name} is no released revision that a newer one has replaced.")
    index["models"].remove(old)
    write_index(index)
    (INDEX.parent / old["file"]).unlink()


def measured(model: keras.Model, task: str) -> list[dict]:
    """The scores of a model on the test splits of its task, printed as they come."""
    module, _, name = catalogue.about_of(task)["evaluator"].partition(":")
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
