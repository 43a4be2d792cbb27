"""`zoo forecast`: CSV in, CSV out, dates that go on, JSON, a picture."""

from __future__ import annotations

import csv
import io
import json

import numpy as np
import pytest
from small_forecaster import SCALE, small_forecaster, walks

import zoo

PAST = SCALE.unscaled(walks(1, 20)[0])


@pytest.fixture(scope="module")
def model():
    return small_forecaster(context=12)


@pytest.fixture(scope="module")
def folder(model, tmp_path_factory):
    path = tmp_path_factory.mktemp("forecast")
    zoo.save(model, path / "m.keras")
    rows = enumerate(PAST.tolist(), 1)
    lines = [f"2020-01-{day:02},{heat},{load}" for day, (load, heat) in rows]
    (path / "a.csv").write_text("\n".join(["date,heat,load", *lines]))
    (path / "bad.csv").write_text("date,heat,load\n2020-01-01,1,\n")
    return path


def test_lines_of_csv(zoo_command, folder, model):
    done = zoo_command("forecast", folder / "m.keras", folder / "a.csv", "--steps", 4)
    assert (done.code, done.err) == (0, "")
    head, *rows = csv.reader(io.StringIO(done.out))
    assert head == ["date", "load", "heat"]
    assert [row[0] for row in rows] == [f"2020-01-{day} 00:00:00" for day in (21, 22, 23, 24)]
    found = np.array([row[1:] for row in rows], float)
    np.testing.assert_allclose(found, model.forecast(PAST, 4), rtol=1e-4)


def test_json_with_bounds_and_draws(zoo_command, folder, model):
    arguments = ("--steps", 2, "--samples", 3, "--seed", 1, "--interval", 0.5, "--json")
    done = zoo_command("forecast", folder / "m.keras", folder / "a.csv", *arguments)
    said = json.loads(done.out)
    expected = model.forecast(PAST, 2, samples=3, seed=1, interval=0.5)
    np.testing.assert_allclose(said["low"], expected.low, rtol=1e-4)
    np.testing.assert_allclose(said["samples"], expected.samples, rtol=1e-4)
    assert said["file"].endswith("a.csv") and said["interval"] == 0.5


def test_a_picture_and_a_file_that_cannot_be_read(zoo_command, folder):
    pytest.importorskip("matplotlib")
    files = (folder / "bad.csv", folder / "a.csv")
    picture = folder / "out.png"
    done = zoo_command("forecast", folder / "m.keras", *files, "--plot", picture)
    assert done.code == 2
    assert done.err == (
        "Error: Item 1 has no number in column 'load' at step 0 (2020-01-01 00:00:00): fill it, "
        "such as with the one before it.\n"
    )
    assert len(done.lines) == 97  # the other one is answered


def test_no_file(zoo_command, folder):
    done = zoo_command("forecast", folder / "m.keras")
    assert done.code == 2 and "Give the files to read, one series each." in done.err
