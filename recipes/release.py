"""Releases a trained model: measures and copies the file, writes index, cards, `zoo/released.py`.

    python recipes/release.py nmt-attn-en-fr.keras recipes/cards/nmt-attn-en-fr.json
    python recipes/release.py caption.keras card.json --into plugins/zoo-models-vision
    python recipes/release.py --retire nmt-attn-en-fr@1
    python recipes/release.py pos-bilstm-fr.keras card.json --retire pos-bilstm-fr@2

The second file says what cannot be measured: name, revision, licence, data sets, training command,
hardware, time, of how many seeds its scores are ("one", or "three, 95.5 to 95.6 on the validation
split"), notes. The scores are those of the very file that is released, opened in this
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
from zoo.builtins import MODELS
from zoo.cli import released
from zoo.cli.evaluate import is_between_languages
from zoo.model_folder import ModelFolder

# Bytes of a file, and of all files of a folder: a wheel must stay below 100 MB.
CORE_LIMITS = (16 * 2**20, 48 * 2**20)
DISTRIBUTION_LIMITS = (16 * 2**20, 64 * 2**20)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model", type=Path, nargs="?", help="the .keras file")
    parser.add_argument("card", type=Path, nargs="?", help="JSON with what cannot be measured")
    parser.add_argument("--retire", metavar="NAME@REVISION", help="take a replaced one out")
    parser.add_argument("--into", type=Path, help="a distribution of models, not the core")
    args = parser.parse_args()
    folder = MODELS if args.into is None else folder_of(args.into)
    if args.card is not None:
        release(args.model, args.card, folder, args.retire)
    elif not args.retire:
        parser.error("name the .keras file and its card")
    if args.retire:
        retire(args.retire, folder)


def folder_of(distribution: Path) -> ModelFolder:
    """The folder of models of a distribution such as plugins/zoo-models-vision."""
    found = sorted(distribution.glob("*/weights/index.json"))
    if not found:
        raise SystemExit(f"{distribution} has no weights/index.json: it is no distribution.")
    return ModelFolder(found[0].parent.resolve())


def release(file: Path, about: Path, folder: ModelFolder, retired: str | None = None) -> None:
    """Measures a model and puts it among the released ones, which one will leave."""
    card = json.loads(about.read_text(encoding="utf-8"))
    index = folder.read()
    name = f"{card['name']}@{card['revision']}"
    if any(f"{m['name']}@{m['revision']}" == name for m in index["models"]):
        raise SystemExit(f"{name} is released: raise the revision.")
    size = file.stat().st_size
    staying = [m for m in index["models"] if f"{m['name']}@{m['revision']}" != retired]
    total = sum(m["bytes"] for m in staying) + size
    largest, together = CORE_LIMITS if folder is MODELS else DISTRIBUTION_LIMITS
    if size > largest or total > together:
        raise SystemExit(f"{file} has {size:,} bytes: too many to be embedded.")

    model = zoo.load(file)
    rows = measured(model, card)
    entry = {
        **card,
        "file": f"{card['name']}-{card['revision']}.keras",
        "sha256": files.sha256_of(file),
        "bytes": size,
        "parameters": model.count_params(),
        "metrics": rows,
    }
    shutil.copyfile(file, folder.path / entry["file"])
    index["models"].append(entry)
    write_index(index, folder)


def retire(name: str, folder: ModelFolder) -> None:
    """Takes a revision out of the package, if a newer one is there."""
    index = folder.read()
    base, _, revision = name.partition("@")
    mine = [m for m in index["models"] if m["name"] == base]
    old = next((m for m in mine if str(m["revision"]) == revision), None)
    if old is None or old is max(mine, key=lambda m: m["revision"]):
        raise SystemExit(f"{name} is no released revision that a newer one has replaced.")
    index["models"].remove(old)
    write_index(index, folder)
    (folder.path / old["file"]).unlink()


def measured(model: keras.Model, card: dict) -> list[dict]:
    """The scores of a model on the test splits of its task, printed as they come."""
    module, _, name = catalogue.about_of(card["task"])["evaluator"].partition(":")
    evaluator = getattr(importlib.import_module(module), name)
    between = {}
    if is_between_languages(card["task"], evaluator) and not card.get("targets"):
        between = dict(zip(("source", "target"), card["languages"], strict=True))
    rows = evaluator(model, **between)
    for row in rows:
        value = f"{row['value']:.{row.get('digits', 2)}f}"
        print(f"{row['dataset']} {row['split']} {row['metric']} {value}", flush=True)
    return rows


def write_index(index: dict, folder: ModelFolder) -> None:
    """Writes the index of a folder, and what is made from all of them."""
    write(folder.index, json.dumps(index, indent=1, ensure_ascii=False) + "\n")
    text = cards.render(cards.read_index(), cards.read_comparisons(), cards.read_table())
    root = MODELS.path.parents[1]
    write(root / "MODEL_CARDS.md", text)
    write(root / "zoo/released.py", released.render())


def write(path: Path, text: str) -> None:
    """Writes a text file, whole or not at all."""
    with files.replacing(path) as part:
        part.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
