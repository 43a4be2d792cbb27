"""`zoo track`: boxes with gaps in, boxes out, as CSV, JSON, a stream and a picture."""

from __future__ import annotations

import csv
import io
import json

import numpy as np
import pytest

import zoo
from zoo.tasks.tagging.track import build_track

STEPS = np.arange(30.0)[:, None]
TRACK = np.hstack([50 + 2 * STEPS, 90 - STEPS, 40 + 0 * STEPS, 80 + STEPS])
TRACK[10:14] = np.nan


@pytest.fixture(scope="module")
def models():
    return {how: build_track(units=4, is_causal=how == "causal") for how in ("causal", "both")}


@pytest.fixture(scope="module")
def folder(models, tmp_path_factory):
    path = tmp_path_factory.mktemp("track")
    for how, model in models.items():
        zoo.save(model, path / f"{how}.keras")
    (path / "a.csv").write_text("\n".join(["x,y,width,height", *lines()]))
    (path / "bad.csv").write_text("x,y,width,height\n1,2,3,-4\n")
    return path


def lines():
    return [",".join("" if np.isnan(x) else f"{x:g}" for x in row) for row in TRACK]


def numbers(text):
    return [[float(cell or "nan") for cell in row] for row in csv.reader(io.StringIO(text))]


def test_lines_of_csv(zoo_command, folder, models):
    done = zoo_command("track", folder / "both.keras", folder / "a.csv")
    assert (done.code, done.err) == (0, "")
    head, rest = done.out.split("\n", 1)
    assert head.startswith("x,y,width,height,x_deviation")
    answer = models["both"].track(TRACK)
    np.testing.assert_allclose(numbers(rest), np.hstack([answer, answer.deviations]), rtol=1e-4)


def test_json_and_a_file_that_cannot_be_read(zoo_command, folder, models):
    done = zoo_command(
        "track", folder / "both.keras", folder / "bad.csv", folder / "a.csv", "--json"
    )
    assert done.code == 2
    assert "Error: Item 1 has no box at step 0 (1, 2, 3, -4): width and height are" in done.err
    said = json.loads(done.lines[-1])
    np.testing.assert_allclose(said["boxes"], models["both"].track(TRACK), rtol=1e-4)


def test_a_stream(zoo_command, folder, models):
    text = "\n".join(["x,y,width,height", *lines()]) + "\n"
    done = zoo_command("track", folder / "causal.keras", "--stream", stdin=text.encode())
    assert (done.code, done.err) == (0, "")
    found = numbers(done.out.split("\n", 1)[1])
    answer = models["causal"].track(TRACK)
    np.testing.assert_allclose(np.array(found)[:, :4], answer, rtol=1e-4)
    done = zoo_command("track", folder / "causal.keras", "--stream", "--json", stdin=b"\n1,2,3,4\n")
    first, second = map(json.loads, done.lines)
    assert first == {"frame": 1, "boxes": None, "deviations": None} and second["frame"] == 2
    done = zoo_command("track", folder / "both.keras", "--stream", stdin=text.encode())
    assert done.code == 2 and "reads backwards" in done.err
    done = zoo_command("track", folder / "causal.keras", "--stream", folder / "a.csv")
    assert done.code == 2 and "leave out ITEM" in done.err


def test_a_picture(zoo_command, folder):
    pytest.importorskip("matplotlib")
    picture = folder / "out.png"
    arguments = (folder / "a.csv", "--truth", folder / "a.csv", "--plot", picture)
    done = zoo_command("track", folder / "causal.keras", *arguments)
    assert done.code == 0 and picture.stat().st_size > 1000
