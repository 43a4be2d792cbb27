"""Kills trainings at random moments, and compares what comes of them with trainings left alone.

    python tests/e2e/kills.py --kills 100 --table tests/e2e/kills.md

One recipe of each topology is trained on made-up data to its end. Then the same training begins in
another folder, gets SIGKILL at a random moment, is started again by the same command and killed
again, a few times over, until it may end; and so on until all kills are spent. The state is saved
after every step, so that many kills come while a file is written. All arrays of the finished model
must be those of the training left alone, bit for bit.

A training is a fork of this process, in which everything is imported and nothing was computed yet.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import runpy
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests/support")]
TAKEN = 5  # kills of one training, before it is left alone

RATES = "--warmup 5 --average 2 --decay 1 --learning-rate 0.02"
RECIPES = {
    "tagging": f"pos_bilstm --units 8 --embedding-size 6 --filters 3 --batch-tokens 32 {RATES}",
    "classification": f"sentiment_bilstm --units 8 --embedding-size 6 --batch-tokens 32 {RATES}",
    "sequence to sequence": (
        "nmt_attn_en_fr --data multi30k --units 8 --embedding-size 6 --batch-tokens 256 "
        f"--vocabulary-size 150 --moving-average 0.9 {RATES}"
    ),
    "language modelling": (f"lm_char --units 16 --embedding-size 8 --rows 4 --time 16 {RATES}"),
    "forecasting": (
        "forecast_etth1 --units 8 --context 72 --future 48 --fraction 0.2 --rows 16 --dropout 0 "
        f"{RATES}"
    ),
    "transcription": (
        "asr_an4_ctc --units 8 --layers 1 --joins 2 --speeds 1 --batch-tokens 512 --dropout 0 "
        f"{RATES}"
    ),
}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--kills", type=int, default=100, help="of all recipes together")
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--table", type=Path, help="file that the figures are written to")
    return parser.parse_args()


def main() -> None:
    args = arguments()
    rng = random.Random(args.seed)
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        data(Path(folder), patch)
        rows = [
            row_of(name, recipe, args.kills // len(RECIPES), args.epochs, rng, Path(folder))
            for name, recipe in RECIPES.items()
        ]
    lines = table(rows, args)
    print("\n".join(lines))
    if args.table:
        args.table.write_text("\n".join(lines) + "\n", encoding="utf-8")
    if any(row["different"] for row in rows):
        sys.exit("A training that was killed came to another end.")


def data(folder: Path, patch: pytest.MonkeyPatch) -> None:
    """Data sets of a few made-up sentences, prepared, and the state saved after every step."""
    from conftest import TinyMirror
    from tiny_datasets import add_an4, add_ett, add_sst, add_tiny_shakespeare, add_ud

    from zoo.data.sets import ett

    mirror = TinyMirror(folder / "mirror", folder / "home")
    mirror.write(patch)
    for add in (add_an4, add_sst, add_tiny_shakespeare, add_ud):
        add(mirror)
    patch.setattr(ett, "_MONTHS", {"train": 2, "validation": 1, "test": 1})
    add_ett(mirror, hours=4 * 720)
    patch.setenv("ZOO_DATA_MIRROR", str(mirror.folder))
    patch.setenv("ZOO_HOME", str(mirror.home))
    patch.setenv("TF_CPP_MIN_LOG_LEVEL", "3")
    import tensorflow_text  # noqa: F401  imported once, for all forks

    import zoo.experiments.recipe  # noqa: F401
    from zoo.training.callbacks import SaveState

    patch.setattr(SaveState.__init__, "__defaults__", (0.0,))  # minutes between two writings


def row_of(
    name: str, recipe: str, kills: int, epochs: int, rng: random.Random, folder: Path
) -> dict:
    """Trains once undisturbed, and then with kills until they are spent."""
    command = [*recipe.split(), "--epochs", str(epochs)]
    place = folder / name.replace(" ", "-")
    seconds = time.perf_counter()
    finish(start(command, place / "alone"))
    seconds = time.perf_counter() - seconds  # preparing the data included
    expected = arrays(place / "alone")
    row = {"name": name, "recipe": command[0], "kills": 0, "runs": 0, "different": 0, "parts": 0}
    while row["kills"] < kills:
        killed = place / f"killed-{row['runs']}"
        for _ in range(min(TAKEN, kills - row["kills"])):
            child = start(command, killed)
            time.sleep(rng.uniform(0.0, 0.6 * seconds))
            if os.waitpid(child, os.WNOHANG) != (0, 0):  # it came to its end first
                seconds *= 0.8
                break
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            row["kills"] += 1
            row["parts"] += bool(list(killed.rglob("*.part")))
        finish(start(command, killed))
        found = arrays(killed)
        same = found.keys() == expected.keys() and all(
            np.array_equal(found[key], expected[key]) for key in expected
        )
        row["runs"] += 1
        row["different"] += not same
        print(f"{name}: {row['kills']} kills, {row['runs']} runs, {row['different']} different")
        shutil.rmtree(killed)
    return row


def start(command: list[str], place: Path) -> int:
    """Forks a process that trains; returns its number."""
    place.mkdir(parents=True, exist_ok=True)
    sys.stdout.flush()
    child = os.fork()
    if child:
        return child
    log = os.open(place / "printed.txt", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 1)
    os.dup2(log, 2)
    import keras

    keras.config.disable_traceback_filtering()
    recipe = ROOT / f"recipes/{command[0]}.py"
    where = ["--run", str(place / "run"), "--out", str(place / "out.keras")]
    sys.argv = [str(recipe), *command[1:], *where]
    code = 1
    try:
        runpy.run_path(str(recipe), run_name="__main__")
        code = 0
    except SystemExit as end:
        code = 0 if end.code in (None, 0) else 1
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def finish(child: int) -> None:
    """Waits for a training, which must come to a good end."""
    _, status = os.waitpid(child, 0)
    if status:
        sys.exit(f"A training ended with the status {status}.")


def arrays(place: Path) -> dict[str, np.ndarray]:
    """All arrays of the finished model, and of the state that the run ended with."""
    import io
    import zipfile

    import h5py

    found = {}
    with zipfile.ZipFile(place / "out.keras") as archive:
        weights = io.BytesIO(archive.read("model.weights.h5"))
    with h5py.File(weights) as file:
        file.visititems(
            lambda name, item: (
                found.update({name: item[()]}) if isinstance(item, h5py.Dataset) else None
            )
        )
    with np.load(place / "run/state.npz") as state:
        found |= {f"state/{key}": state[key] for key in state.files}
    return found


def table(rows: list[dict], args: argparse.Namespace) -> list[str]:
    head = (
        f"Written by `python tests/e2e/kills.py --kills {args.kills} --epochs {args.epochs} "
        f"--seed {args.seed}`, {os.cpu_count()} cores, {platform.machine()}, Python "
        f"{platform.python_version()}."
    )
    lines = [head, "", "| topology | recipe | SIGKILLs | while a file was written | trainings |"]
    lines[-1] += " other than undisturbed |"
    lines.append("|---|---|---|---|---|---|")
    for row in rows:
        lines.append(
            f"| {row['name']} | `{row['recipe']}.py` | {row['kills']} | {row['parts']} | "
            f"{row['runs']} | {row['different']} |"
        )
    return lines


if __name__ == "__main__":
    main()
