"""`zoo unusual`: CSV in; scores, spans and JSON out."""

from __future__ import annotations

import csv
import io
import json

import numpy as np
import pytest
from small_forecaster import SCALE, walks
from small_watcher import HEIGHT, WIDTH, clip_of, small_watcher

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


# Clips --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    av = pytest.importorskip("av")
    path = tmp_path_factory.mktemp("watched")
    zoo.save(small_watcher(), path / "m.keras", dtype=None)
    with av.open(path / "a.mkv", "w") as container:
        stream = container.add_stream("ffv1", rate=10)  # which loses nothing
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "gray"
        for frame in clip_of(12)[..., 0]:
            packets = stream.encode(av.VideoFrame.from_ndarray(frame, format="gray"))
            container.mux(packets)
        container.mux(stream.encode())
    return path


def test_clips_give_a_line_a_frame_and_a_picture(zoo_command, clips, tmp_path):
    pytest.importorskip("matplotlib")
    picture, clip = tmp_path / "out.png", clips / "a.mkv"
    done = zoo_command("unusual", clips / "m.keras", clip, "--plot", picture)
    found = zoo.load(clips / "m.keras").unusual(clip)
    assert (done.code, done.out) == (0, found.csv()) and len(found) == 12
    assert picture.read_bytes().startswith(b"\x89PNG")
    said = json.loads(zoo_command("unusual", clips / "m.keras", clip, "--json").out)
    np.testing.assert_allclose(said["peaks"], found.peaks, atol=1e-3)


def test_frames_of_a_pipe(zoo_command, clips):
    content = (clips / "a.mkv").read_bytes()
    done = zoo_command("unusual", clips / "m.keras", "--stream", stdin=content)
    found = zoo.load(clips / "m.keras").unusual(clips / "a.mkv")
    assert done.code == 0
    assert done.lines == [f"{n}\t{score:.3f}" for n, score in enumerate(found, 1)]


def test_what_is_for_clips_alone(zoo_command, folder, clips):
    for option, said in ((("--stream",), "--stream reads"), (("--plot", "a.png"), "--plot draws")):
        items = () if "--stream" in option else (folder / "a.csv",)
        done = zoo_command("unusual", folder / "m.keras", *items, *option)
        assert done.code == 2 and f"{said} clips, and" in done.err
    done = zoo_command("unusual", clips / "m.keras", clips / "a.mkv", "--stream")
    assert done.code == 2 and "--stream reads standard input alone" in done.err
