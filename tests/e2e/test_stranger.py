"""A plugin brings a topology, an input of floats, a task and a data set; no file of `zoo/` changes.

Everything that the zoo's own tasks can do works: contract, training, a file in a new process, the
verb in Python and on the command line, evaluation and export.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from fake_plugins import write_plugin

SOURCES = Path(__file__).parents[1] / "support" / "stranger"

TRAIN = """
import sys, keras, numpy as np, zoo
from zoo.data import load_examples

model = zoo.build("tide", cell="gru")
rows = list(load_examples("waves", "train").as_numpy_iterator())
longest = max(len(row["past"]) for row in rows)
values = np.stack([np.pad(row["past"], (0, longest - len(row["past"]))) for row in rows])
inputs = {
    "values": values[..., None],
    "lengths": np.array([len(row["past"]) for row in rows], "int32"),
}
labels = np.array([[row["next"]] for row in rows])
model.compile(keras.optimizers.Adam(0.02), "mse", run_eagerly=False, jit_compile=False)
losses = model.fit(inputs, labels, batch_size=16, epochs=30, verbose=0).history["loss"]
assert losses[-1] < 0.2 * losses[0], losses
zoo.save(model, sys.argv[1])
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A folder with the plugin installed, a model that it trained, and a file of numbers."""
    folder = tmp_path_factory.mktemp("site")
    write_plugin(folder, "stranger", (SOURCES / "stranger.py").read_text())
    for path in SOURCES.glob("stranger_*.py"):
        (folder / path.name).write_text(path.read_text())
    (folder / "series.json").write_text("[0.0, 0.3, 0.6, 0.8, 0.95]")
    run(folder, "-c", TRAIN, folder / "tide.keras")
    return folder


def run(site, *arguments, code=0) -> str:
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(site), str(Path.cwd())])}
    env["ZOO_HOME"] = str(site / "home")
    env.pop("TF_CPP_MIN_LOG_LEVEL", None)  # as a user has it
    command = [sys.executable, "-W", "ignore", *map(str, arguments)]
    done = subprocess.run(command, env=env, capture_output=True, text=True, cwd=Path.cwd())
    assert done.returncode == code, done.stderr[-3000:]
    return done.stdout if code == 0 else done.stderr


def zoo_command(site, *arguments, code=0) -> str:
    return run(site, "-m", "zoo", *arguments, code=code)


def test_the_contract_of_the_task(site):
    run(site, "-c", "import zoo.testing; zoo.testing.check_task('tide', cell='lstm')")


def test_the_contract_of_the_model(site):
    script = "import sys, zoo.testing; zoo.testing.check_model(sys.argv[1])"
    run(site, "-c", script, site / "tide.keras")


def test_it_is_listed_and_shown(site):
    assert "tide\tstranger" in zoo_command(site, "list", "--kind", "task")
    shown = json.loads(zoo_command(site, "show", "tide", "--json"))
    assert (shown["verb"], shown["reads"]) == ("foretell", "series")


def test_its_verb_is_a_command(site):
    model = site / "tide.keras"
    out = zoo_command(site, "foretell", model, site / "series.json", "--json")
    answer = json.loads(out)
    assert answer["series"].endswith("series.json") and 0.5 < answer["answer"] < 1.5
    error = zoo_command(site, "foretell", model, site / "none.json", code=2)
    assert error.startswith("Error: There is no file") and "Traceback" not in error


def test_it_is_evaluated(site):
    (row,) = json.loads(zoo_command(site, "evaluate", site / "tide.keras", "--json"))
    assert row["metric"] == "mse" and row["value"] < 0.2


def test_it_is_exported_and_the_export_checked(site):
    model = site / "tide.keras"
    version = zoo_command(site, "export", model, site / "served").strip()
    assert zoo_command(site, "export", "--check", site / "served") == (
        "serving_default: as exported\n"
    )
    assert "answers as" in zoo_command(site, "export", model, "--check", version)


def test_without_the_plugin_it_is_named(site, tmp_path):
    moved = tmp_path / "tide.keras"
    moved.write_bytes((site / "tide.keras").read_bytes())
    error = zoo_command(tmp_path, "foretell", moved, "1", code=2)
    assert "no command 'foretell'" in error
    error = zoo_command(tmp_path, "evaluate", moved, code=2)
    assert "needs the plugin 'stranger'" in error
