"""`zoo classify` of clips: lines, JSON, a picture, a pipe, and what is refused."""

from __future__ import annotations

import io
import json

import numpy as np
import pytest

import zoo
from zoo.inputs import Clips

av = pytest.importorskip("av")

FRAMES = np.random.default_rng(0).integers(0, 256, (9, 16, 16, 3)).astype("uint8")


def video(frames, container, codec):
    content = io.BytesIO()
    with av.open(content, "w", format=container) as out:
        stream = out.add_stream(codec, rate=15)
        stream.height, stream.width = frames.shape[1:3]
        stream.pix_fmt = "yuv420p" if codec == "mpeg4" else "bgr0"
        for frame in frames:
            out.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")))
        out.mux(stream.encode())
    return content.getvalue()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("clips")
    size = {"size": 4, "units": 4, "blocks": [(3, 1, 2)], "labels": ("nod", "wave", "bow")}
    for name, is_causal in (("forward", True), ("both", False)):
        model = zoo.build("action", input=Clips(8, 8, 1), is_causal=is_causal, **size)
        zoo.save(model, path / f"{name}.keras")
    (path / "a.mkv").write_bytes(video(FRAMES, "matroska", "ffv1"))
    (path / "b.mkv").write_bytes(video(FRAMES[:1], "matroska", "ffv1"))
    (path / "bad.mp4").write_bytes(b"nothing of a video")
    return path


def test_lines_json_and_a_picture(zoo_command, folder, tmp_path):
    pytest.importorskip("matplotlib")
    model, paths = zoo.load(folder / "both.keras"), [folder / "a.mkv", folder / "b.mkv"]
    answers = model.classify(paths)
    picture = tmp_path / "out.png"
    done = zoo_command("classify", folder / "both.keras", *paths, "--plot", picture)
    assert (done.code, done.lines) == (0, [answer.line() for answer in answers])
    assert picture.read_bytes().startswith(b"\x89PNG")
    done = zoo_command("classify", folder / "both.keras", paths[0], "--json")
    (found,) = map(json.loads, done.lines)
    assert found["frames"] == str(paths[0]) and found["label"] == answers[0].label
    np.testing.assert_allclose(found["over_time"], answers[0].over_time, atol=6e-5)


def test_a_clip_that_comes_through_a_pipe_gives_a_line_a_frame(zoo_command, folder):
    content = (folder / "a.mkv").read_bytes()
    done = zoo_command("classify", folder / "forward.keras", "--stream", stdin=content)
    whole = zoo.load(folder / "forward.keras").classify(content)
    rows = [line.split("\t") for line in done.lines]
    assert [row[0] for row in rows] == [str(number) for number in range(1, 10)]
    for (_, label, probability), expected in zip(rows, whole.over_time, strict=True):
        assert float(probability) == pytest.approx(expected.max(), abs=6e-4)
        assert label == ("nod", "wave", "bow")[int(expected.argmax())]
    assert rows[-1][1] == whole.label


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (["forward.keras", "bad.mp4"], "bad.mp4"),
        (["forward.keras", "none.mp4"], "There is no video file"),
        (["forward.keras", "a.mkv", "--plot", "out.nothing"], "nothing"),
        (["both.keras", "--stream"], "sees later frames"),
        (["forward.keras", "a.mkv", "--stream"], "leave out ITEM"),
    ],
)
def test_what_is_refused(zoo_command, folder, monkeypatch, given, sentence):
    monkeypatch.chdir(folder)
    done = zoo_command("classify", *given, stdin=(folder / "a.mkv").read_bytes())
    assert done.code == 2 and sentence in done.err and "Traceback" not in done.err
    assert not (folder / "out.nothing").exists()
