"""Pictures of clips, and clips that come through a pipe: frames above, probabilities below."""

from __future__ import annotations

import io

import numpy as np
import pytest

from zoo.diagnostics.clips import Seen, draw, frames_to_show
from zoo.errors import ConfigError
from zoo.inputs.video_pipe import pipe_frames


def test_frames_are_taken_from_all_of_a_clip():
    frames = np.arange(95, dtype="uint8")[:, None, None, None]
    pieces = [{"source": frames[begin : begin + 30]} for begin in range(0, 95, 30)]
    places, shown = frames_to_show(pieces, 95)
    assert places[0] == 0 and places[-1] == 94 and len(places) == 10
    assert shown.ravel().tolist() == places
    assert frames_to_show(pieces[:1], 1)[0] == [0]


def test_a_picture_is_written(tmp_path):
    pytest.importorskip("matplotlib")
    over_time = np.random.default_rng(0).dirichlet(np.ones(8), 12)
    some = Seen("a_b.mp4", [0, 5, 11], np.zeros((3, 4, 6, 1), "uint8"), over_time, list("abcdefgh"))
    one = Seen("one", [0], np.zeros((1, 4, 6, 3), "uint8"), over_time[:1], list("abcdefgh"))
    draw([some, one], tmp_path / "out.png")
    assert (tmp_path / "out.png").read_bytes().startswith(b"\x89PNG")
    with pytest.raises(ConfigError, match="no clip has a frame"):
        draw([some._replace(over_time=over_time[:0])], tmp_path / "none.png")


def test_a_pipe_gives_frames_one_by_one():
    av = pytest.importorskip("av")
    content = io.BytesIO()
    with av.open(content, "w", format="matroska") as out:
        stream = out.add_stream("mpeg4", rate=15)
        stream.height = stream.width = 32
        stream.pix_fmt = "yuv420p"
        for step in range(5):
            frame = np.full((32, 32, 3), 40 * step, "uint8")
            out.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")))
        out.mux(stream.encode())
    frames = list(pipe_frames(io.BufferedReader(io.BytesIO(content.getvalue()))))
    assert [frame.shape for frame in frames] == [(32, 32, 3)] * 5
    assert [round(int(frame.mean()) / 40) for frame in frames] == [0, 1, 2, 3, 4]
    with pytest.raises(ConfigError, match="standard input is no video"):
        list(pipe_frames(io.BytesIO(b"no video")))
