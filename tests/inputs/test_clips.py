"""Clips: files of video, arrays, what is refused, pieces, and the same within a graph."""

from __future__ import annotations

import io

import numpy as np
import pytest

from zoo.errors import ConfigError, MissingFileError
from zoo.inputs import Clips, FlowClips
from zoo.inputs.flow_clips import drawn_flow
from zoo.inputs.video_files import clip_pieces

av = pytest.importorskip("av")


def video(frames, container="mp4", codec="mpeg4"):
    """The bytes of a file of video."""
    content = io.BytesIO()
    with av.open(content, "w", format=container) as out:
        stream = out.add_stream(codec, rate=15)
        stream.height, stream.width = frames.shape[1:3]
        stream.pix_fmt, stream.bit_rate = "yuv420p", 4_000_000
        for frame in frames:
            out.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")))
        out.mux(stream.encode())
    return content.getvalue()


def moving(time=20, height=32, width=48):
    """A bright square that goes to the right, two pixels a frame."""
    frames = np.full((time, height, width, 3), 40, "uint8")
    for step, frame in enumerate(frames):
        frame[8:20, 2 * step : 2 * step + 12] = 200
    return frames


def test_a_file_its_bytes_and_its_frames_are_the_same(tmp_path):
    frames = moving()
    content = video(frames)
    (tmp_path / "clip.mp4").write_bytes(content)
    clips = Clips(32, 48)
    by_path, by_bytes, by_array = clips.prepare(
        [clips.read(tmp_path / "clip.mp4"), content, frames]
    )
    np.testing.assert_array_equal(by_path["source"], by_bytes["source"])
    assert by_array["source"].shape == by_bytes["source"].shape == (20, 32, 48, 3)
    assert np.abs(by_array["source"].astype(int) - by_bytes["source"]).mean() < 6  # it is lossy
    assert int(by_path["lengths"]) == 20


def test_grey_and_colour_become_what_the_model_reads():
    colour = np.zeros((2, 4, 4, 3), "uint8")
    colour[..., 0], colour[..., 1], colour[..., 2] = 100, 50, 200
    grey = Clips(4, 4, 1).prepare([colour])[0]["source"]
    assert grey.shape == (2, 4, 4, 1)
    assert set(grey.ravel()) == {round(0.299 * 100 + 0.587 * 50 + 0.114 * 200)}
    again = Clips(4, 4, 3).prepare([grey[..., 0]])[0]["source"]
    np.testing.assert_array_equal(again, np.repeat(grey, 3, axis=-1))


def test_a_clip_is_read_in_pieces():
    """However long it is, a window of it is in memory: a generator over views of the array."""
    long = np.broadcast_to(np.zeros((1, 4, 4, 3), "uint8"), (100_000, 4, 4, 3))
    pieces = Clips(2, 2).pieces(long)
    assert next(pieces)["source"].shape == (64, 2, 2, 3)
    content = video(moving(20))
    assert [len(piece) for piece in clip_pieces(content, 8)] == [8, 8, 4]


def test_large_frames_are_held_a_few_at_a_time():
    """Of 8K one, of 1,000 x 2,000 pixels eight."""
    content = video(np.zeros((3, 4320, 7680, 3), "uint8"))
    assert [len(piece) for piece in clip_pieces(content, 64)] == [1, 1, 1]
    (prepared,) = Clips(16, 16).prepare([content])
    assert prepared["source"].shape == (3, 16, 16, 3)


def only_sound():
    content = io.BytesIO()
    with av.open(content, "w", format="wav") as out:
        stream = out.add_stream("pcm_s16le", rate=8000, layout="mono")
        samples = np.zeros((1, 800), "int16")
        frame = av.AudioFrame.from_ndarray(samples, format="s16", layout="mono")
        frame.sample_rate = 8000
        out.mux(stream.encode(frame))
        out.mux(stream.encode())
    return content.getvalue()


def cut_off():
    noise = np.random.default_rng(0).integers(0, 256, (30, 64, 64, 3)).astype("uint8")
    content = video(noise, "mpegts", "mpeg2video")
    return content[: len(content) // 2]


def test_a_file_that_ends_in_a_frame_is_refused_or_gives_what_it_has():
    """A container without an index at its end holds whole frames up to where it is cut."""
    (prepared,) = Clips(8, 8).prepare([cut_off()])
    assert 0 < len(prepared["source"]) < 30
    whole = video(moving(30))
    with pytest.raises(ConfigError, match=r"a clip of [\d,]+ bytes is no video that can be read"):
        Clips().prepare([whole[: len(whole) // 2]])  # the index of an mp4 stands at its end


@pytest.mark.parametrize(
    ("item", "sentence"),
    [
        (b"", "is no video that can be read"),
        (b"no video at all" * 40, "is no video that can be read"),
        (only_sound(), "has no frames: it has no video in it"),
        (np.zeros((3, 4, 4, 3), "float32"), "An array of a clip is uint8"),
        (np.zeros((3, 4, 4, 2), "uint8"), "An array of a clip is uint8"),
        (np.zeros((4, 4), "uint8"), "An array of a clip is uint8"),
        (np.zeros((3, 0, 4), "uint8"), "An array of a clip is uint8"),
        (np.broadcast_to(np.uint8(0), (1, 9000, 9000)), "81,000,000|are the most"),
    ],
)
def test_what_is_no_clip_gets_one_sentence(item, sentence):
    with pytest.raises(ConfigError, match=sentence) as refused:
        Clips().prepare([item])
    assert "\n" not in str(refused.value)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(MissingFileError, match=r"There is no video file '.*none\.mp4'"):
        Clips.read(str(tmp_path / "none.mp4"))
    with pytest.raises(MissingFileError):
        Clips().prepare([str(tmp_path / "none.mp4")])


def test_other_channels_are_refused():
    with pytest.raises(ConfigError, match="1 or 3 channels"):
        Clips(8, 8, 2)


@pytest.mark.parametrize("clips", [Clips(8, 12), Clips(8, 12, 1), FlowClips(16, 24)])
def test_a_graph_sees_what_python_sees(clips):
    tf = pytest.importorskip("tensorflow")
    items = [*clips.samples]
    raw = {
        name: tf.constant(np.stack(values).astype(clips.raw[name].dtype))
        for name, values in clips.raw_of(items).items()
    }
    found = clips.in_graph(raw)
    for number, prepared in enumerate(clips.prepare(items)):
        count = len(prepared["source"])
        for name in set(clips.arrays) - {"lengths"}:
            np.testing.assert_array_equal(found[name][number, :count], prepared[name])
            assert not np.any(found[name][number, count:])
    np.testing.assert_array_equal(found["lengths"], [6, 3, 0])


def test_a_graph_makes_frames_smaller():
    tf = pytest.importorskip("tensorflow")
    frames = np.random.default_rng(0).integers(0, 256, (2, 5, 40, 30, 3)).astype("uint8")
    clips = Clips(8, 12)
    raw = {"clip": tf.constant(frames), "lengths": tf.constant([5, 2])}
    found = clips.in_graph(raw)["source"].numpy()
    whole, part = clips.prepare([frames[0], frames[1, :2]])
    np.testing.assert_array_equal(found[0], whole["source"])
    np.testing.assert_array_equal(found[1, :2], part["source"])
    assert not found[1, 2:].any()


def test_flow_says_where_things_go():
    """A square that goes two pixels to the right a frame; nothing moves before the second one."""
    pytest.importorskip("cv2")
    noise = np.random.default_rng(0).integers(0, 256, (40, 64)).astype("uint8")
    frames = np.stack([np.roll(noise, 2 * step, axis=1) for step in range(4)])
    (prepared,) = FlowClips(40, 64).prepare([frames])
    flow = prepared["flow"]
    assert flow.shape == (4, 40, 64, 3) and (flow[0] == [127, 127, 0]).all()
    right, down, speed = np.median(flow[1:, 8:-8, 8:-8].reshape(-1, 3), axis=0)
    assert (abs(right - 159) <= 2, abs(down - 127) <= 2, abs(speed - 64) <= 2) == (True,) * 3


def test_flow_goes_on_over_pieces():
    pytest.importorskip("cv2")
    frames = moving(70, 16, 200)
    clips = FlowClips(16, 200)
    (whole,) = clips.prepare([frames])
    read = clips.reader()
    one_by_one = np.concatenate([read(frame[None])["flow"] for frame in frames])
    np.testing.assert_array_equal(whole["flow"], one_by_one)


def test_drawn_flow_stays_within_bytes():
    drawn = drawn_flow(np.array([[[100.0, -100.0], [0.5, 0.0]]]))
    assert drawn.tolist() == [[[255, 0, 255], [135, 127, 16]]]
