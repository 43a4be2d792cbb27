"""The recipe of the table: what its drawn tasks ask, and a table of tiny models, resumed."""

from __future__ import annotations

import argparse
import json
import runpy
import sys

import numpy as np
import pytest
from recipe_process import ROOT, run_recipe
from tiny_datasets import add_jsb_chorales, add_mnist, add_ptb

from zoo.errors import ConfigError
from zoo.experiments.tcn_table import PAPER, is_close, markdown


@pytest.fixture
def recipe(monkeypatch):
    monkeypatch.setattr(sys, "path", [str(ROOT / "recipes"), *sys.path])
    return runpy.run_path(str(ROOT / "recipes/tcn_table.py"))


def first_batch(task):
    run = argparse.Namespace(seed=1)
    return next(task.epochs(run).batches(0, 0).as_numpy_iterator())


def test_the_sum_is_that_of_the_marked_numbers(recipe):
    args = argparse.Namespace(adding_steps=20, batches=2)
    inputs, labels = first_batch(recipe["adding"](args))
    assert inputs.shape == (32, 20, 2) and labels.shape == (32, 1)
    for (numbers, marks), label in zip(inputs.transpose(0, 2, 1), labels, strict=True):
        first, second = np.flatnonzero(marks)
        assert first < 10 <= second and set(marks.tolist()) == {0, 1}
        assert abs(numbers[first] + numbers[second] - label[0]) < 1e-6
    mean = float(((labels - 1) ** 2).mean())
    assert 0.08 < mean < 0.3  # 1/6 for whoever says 1


def test_the_symbols_are_wanted_after_the_delimiter(recipe):
    args = argparse.Namespace(copy_steps=15, batches=2)
    inputs, labels = first_batch(recipe["copy"](args))
    tokens = inputs["tokens"]
    assert tokens.shape == labels.shape == (32, 35)
    assert ((tokens[:, :10] >= 2) & (tokens[:, :10] <= 9)).all()
    assert (tokens[:, 24] == 10).all() and (tokens == 10).sum() == 32
    assert (tokens[:, 10:24] == 1).all() and (tokens[:, 25:] == 1).all()
    np.testing.assert_array_equal(labels[:, -10:], tokens[:, :10])
    assert (labels[:, :-10] == 1).all()


def test_recurrent_models_have_the_parameters_that_are_allowed(recipe):
    args = argparse.Namespace(adding_steps=20, copy_steps=15, batches=2)
    for name in ("adding", "copy"):
        task = recipe[name](args)
        units = recipe["width"](task, "gru", 5000)
        assert recipe["count"](task, "gru", units) <= 5000
        assert recipe["count"](task, "gru", units + 1) > 5000


def test_a_table_of_all_tasks_is_made_cell_by_cell(tiny_mirror, tmp_path, monkeypatch):
    for add in (add_jsb_chorales, add_mnist, add_ptb):
        add(tiny_mirror)
    monkeypatch.setattr(sys, "path", [str(ROOT / "recipes"), *sys.path])
    small = "--part 0.01 --parameters 600 --adding-steps 6 --copy-steps 4 --batches 2"
    where = ["--run", tmp_path / "runs", "--table", tmp_path / "table.json"]
    tasks = ["--tasks", "adding,copy,jsb", "--cells", "gru"]
    first = run_recipe("tcn_table", *small.split(), *where, *tasks)
    rows = json.loads((tmp_path / "table.json").read_text())["rows"]
    assert [(row["task"], row["cell"]) for row in rows] == [
        ("adding", "gru"), ("copy", "gru"), ("jsb", "gru"),
    ]  # fmt: skip
    assert all(np.isfinite(row["value"]) for row in rows)
    assert "adding, gru:" in first.stdout
    more = ["--tasks", "jsb", "--cells", "gru,gru+initial+deep+residual,tcn"]
    run_recipe("tcn_table", *small.split(), *where, *more)
    rows = json.loads((tmp_path / "table.json").read_text())["rows"]
    assert [row["cell"] for row in rows] == ["gru"] * 3 + ["gru+initial+deep+residual", "tcn"]
    with pytest.raises(ConfigError, match=r"There is no \+wide: add one of initial, deep"):
        run_recipe("tcn_table", *small.split(), *where, "--tasks", "jsb", "--cells", "gru+wide")
    again = run_recipe("tcn_table", *small.split(), *where, *tasks)
    assert again.stdout == ""
    text = markdown(rows)
    assert "| Copy memory, 1,000 steps, nats | 16,000 | not run (0.02) |" in text


def kept_elsewhere(recipe, folder, value):
    """Weights for the sum of numbers that say one value always; the task, and the way to them."""
    task = recipe["adding"](argparse.Namespace(adding_steps=6, batches=2))
    model = task.build(**recipe["body_of_cell"](task, "gru", recipe["width"](task, "gru", 600)))
    model.output_layer.set_weights([0 * model.output_layer.kernel, np.full(1, value)])
    model.save_weights(folder / "adding-gru.weights.h5")
    how = "--tasks adding --parameters 600 --adding-steps 6 --batches 1".split()
    how += ["--run", folder / "runs", "--table", folder / "table.json", "--init-from", folder]
    return task, how


def test_weights_from_elsewhere_are_scored(recipe, tmp_path):
    """A model whose sum is 1 whatever it reads is wrong by the variance of the sums."""
    task, how = kept_elsewhere(recipe, tmp_path, 1.0)
    run_recipe("tcn_table", *how, "--part", "0", "--cells", "gru")
    [row] = json.loads((tmp_path / "table.json").read_text())["rows"]
    assert row["epochs"] == 0 and abs(row["value"] - 1 / 6) < 0.03
    _, sums = first_batch(task)
    assert abs(float(((sums - 1) ** 2).mean()) - row["value"]) < 0.1
    with pytest.raises(ConfigError, match="and there is no adding-lstm.weights.h5"):
        run_recipe("tcn_table", *how, "--part", "0", "--cells", "lstm")
    assert not (tmp_path / "runs").exists()


def test_a_run_begins_with_weights_from_elsewhere(recipe, tmp_path):
    _, how = kept_elsewhere(recipe, tmp_path, 50.0)
    run_recipe("tcn_table", *how, "--part", "0.01", "--cells", "gru")
    [row] = json.loads((tmp_path / "table.json").read_text())["rows"]
    assert row["epochs"] == 1 and row["value"] == pytest.approx(49**2, rel=0.05)


def test_nats_of_sure_logits_are_finite(recipe):
    """Logits of 2,000 have no exponential in float64."""
    task = recipe["copy"](argparse.Namespace(copy_steps=15, batches=2))

    class Sure:
        def predict(self, inputs, **how):
            wanted = np.ones(inputs["tokens"].shape, int)
            wanted[:, -10:] = inputs["tokens"][:, :10]
            return 2000 * np.eye(11, dtype="float32")[wanted]

    assert task.test(Sure()) == 0
    assert task.score(Sure()) == 0


def test_a_figure_is_close_within_5_per_cent_or_better():
    def close(task, cell, value):
        return is_close({"task": task, "cell": cell, "value": value})

    assert close("jsb", "tcn", 8.10 * 1.049) and close("jsb", "tcn", 7.0)
    assert close("jsb", "tcn", 8.10 * 1.051) is False
    assert close("mnist", "lstm", 87.2 * 0.951) and close("mnist", "lstm", 99.0)
    assert close("mnist", "lstm", 87.2 * 0.949) is False
    assert close("mnist", "indrnn", 50.0) is None


def test_stars_and_notes_say_what_is_worse():
    row = {"task": "jsb", "cell": "gru", "value": 9.5, "parameters": 1, "note": "Too few epochs."}
    other = {"task": "jsb", "cell": "indrnn", "value": 8.0, "parameters": 1, "trained": "a GPU"}
    text = markdown([row, other])
    assert "9.50* (8.43)" in text and "JSB chorales, nats, gru: Too few epochs." in text
    assert "| lstm | tcn | indrnn |" in text and "| 8.00 |" in text
    assert "| not run (1.31) |  |" in text  # nobody published the added column
    assert "Trained on a GPU: jsb indrnn; others on one core." in text
    text = markdown([row | {"trained": "a desk"}, other])
    assert "Trained on a desk: jsb gru; on a GPU: jsb indrnn; others on one core." in text
    assert len(PAPER) == 7
