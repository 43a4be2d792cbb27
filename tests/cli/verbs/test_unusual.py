"""`zoo unusual`: CSV in; scores, spans and JSON out."""

from __future__ import annotations

import csv
import io
import json

import numpy as np
import pytest
from small_forecaster import SCALE, walks

import zoo

SERIES = SCALE.unscaled(walks(1, 12)[0])


@pytest.fixture(scope="module")
def model():
    model = zoo.build("anomaly", units=6, input=SCALE)
    model.bounds = [1e-9, 1e-8, np.e * 1e-8]
    averages = 1e-8 * np.exp(np.sort(model.unusual(SERIES)[1:]))
    model.bounds = [1e-9, 1e-8, float(averages[-4:-2].mean())]  # so that three steps lie beyond
    return model


@pytest.fixture(scope="module")
def folder(model, tmp_path_factory):
    path = tmp_path_factory.mktemp("unusual")
    zoo.save(model, path / "m.keras", dtype=None)
    lines = [f"2020-01-{day:02},{a},{b}" for day, (a, b) in enumerate(SERIES.tolist(), 1)]
    (path / "a.csv").write_text("\n".join(["date,load,heat", *lines]))
    return path


def test_a_line_of_csv_for_each_step(zoo_command, folder, model):
    done = zoo_command("unusual", folder / "m.keras", folder / "a.csv")
    assert (done.code, done.err) == (0, "")
    head, *rows = csv.reader(io.StringIO(done.out))
    assert head == ["date", "score", "unusual"] and rows[1][0] == "2020-01-02 00:00:00"
    scores = model.unusual(SERIES)
    np.testing.assert_allclose([float(row[1]) for row in rows], scores, rtol=1e-2, atol=1e-3)
    assert [row[2] == "1" for row in rows] == scores.flags and sum(scores.flags) > 0


def test_spans_and_json(zoo_command, folder, model):
    spans = model.unusual(SERIES).spans
    done = zoo_command("unusual", folder / "m.keras", folder / "a.csv", "--spans")
    dates = [f"2020-01-{day:02} 00:00:00" for day in range(1, 13)]
    assert done.out.splitlines() == [f"{dates[a]},{dates[b - 1]}" for a, b in spans]
    said = json.loads(zoo_command("unusual", folder / "m.keras", folder / "a.csv", "--json").out)
    assert said["spans"] == [list(one) for one in spans] and said["file"].endswith("a.csv")


def test_a_model_of_another_verb(zoo_command):
    done = zoo_command("unusual", "forecast-etth1", "a.csv")
    assert done.code == 2 and "is a model for 'forecast': use `zoo forecast`" in done.err
