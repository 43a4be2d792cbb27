"""Trackers of boxes: one and many, gaps, what does not change them, streams, graphs."""

from __future__ import annotations

import json

import keras
import numpy as np
import pytest

from zoo.cells import GRUCell
from zoo.errors import ConfigError
from zoo.layers import FrameEncoder, KalmanBank, Recurrent
from zoo.tasks import BoxTracker
from zoo.tasks.tagging.track import build_track

RNG = np.random.default_rng(1)
STEPS = np.arange(40.0)[:, None]
TRACK = np.hstack([50 + 2 * STEPS, 90 - STEPS, 40 + 0 * STEPS, 80 + STEPS]) + RNG.normal(
    size=(40, 4)
)
TRACK[12:20] = TRACK[30] = np.nan


def small(is_causal, seed=0, **settings):
    """A tracker whose weights vary, without any training."""
    how = {"units": 8, "dropout": 0.0, "filters": ((1e-3, 1.0), (1e-2, 0.9), (0.3, 1.0))}
    model = build_track(is_causal=is_causal, **{**how, **settings})
    rng = np.random.default_rng(seed)
    for weight in model.trainable_weights:
        weight.assign(rng.normal(size=weight.shape) * 0.3)
    return model


@pytest.mark.parametrize("is_causal", [True, False])
def test_a_list_gives_what_its_tracks_give(is_causal):
    model = small(is_causal)
    tracks = [TRACK, TRACK[:7], TRACK[:0], TRACK[5:30]]
    for one, other in zip(model.track(tracks), map(model.track, tracks), strict=True):
        assert len(one) == len(other)
        np.testing.assert_allclose(np.array(one), np.array(other), rtol=1e-4)
        np.testing.assert_allclose(np.array(one.deviations), np.array(other.deviations), rtol=1e-4)


@pytest.mark.parametrize("is_causal", [True, False])
def test_place_and_size_change_nothing(is_causal):
    model = small(is_causal)
    mine, other = model.track(TRACK), model.track(TRACK * 4 + (64, -32, 0, 0))
    np.testing.assert_allclose(np.array(other), np.array(mine) * 4 + (64, -32, 0, 0), atol=0.02)
    np.testing.assert_allclose(other.deviations, np.array(mine.deviations) * 4, rtol=1e-3)


def test_untrained_it_says_what_the_first_filter_says_for_the_most():
    model = build_track(units=8, dropout=0.0, is_causal=True, filters=((0.01, 1.0), (0.1, 1.0)))
    model.head.set_weights([0 * w for w in model.head.get_weights()])
    read = model.input.prepare([TRACK])[0]["boxes"][None]
    levels = keras.ops.convert_to_numpy(model.bank(read[..., :4], read[..., 4])[0].level)
    said = model({"boxes": read, "lengths": np.array([40], "int32")})
    weights = np.exp([0, 3.0]) / np.exp([0, 3.0]).sum()
    said = keras.ops.convert_to_numpy(said)[..., 0]
    np.testing.assert_allclose(said, levels @ weights, rtol=1e-5)


def test_before_the_first_box_nothing_is_known_until_it_comes():
    late = TRACK.copy()
    late[:4] = np.nan
    online, offline = (np.array(small(is_causal).track(late)) for is_causal in (True, False))
    np.testing.assert_array_equal(np.isnan(online).all(axis=1), np.arange(40) < 4)
    assert np.isfinite(offline).all()
    nothing = small(False).track(np.full((3, 4), np.nan))
    assert np.isnan(np.array(nothing)).all() and np.array(nothing).shape == (3, 4)


def test_only_a_causal_model_knows_nothing_of_later_boxes():
    other = TRACK.copy()
    other[25:] += 9
    for is_causal in (True, False):
        model = small(is_causal)
        mine, its = (np.array(model.track(one))[:25] for one in (TRACK, other))
        assert np.allclose(mine, its, rtol=1e-5) == is_causal


def test_a_stream_ends_with_what_the_whole_gives():
    model = small(True)
    late = np.vstack([np.full((2, 4), np.nan), TRACK])
    whole, stream = model.track(late), model.stream()
    for frame, box in enumerate(late[:30]):
        known = stream.push(None if np.isnan(box).any() else box)
        assert len(known) == frame + 1
        np.testing.assert_allclose(known[-1], whole[frame], rtol=1e-5)
    stream.push(late[30:])
    found = stream.end()
    np.testing.assert_allclose(np.array(found), np.array(whole), rtol=1e-5)
    np.testing.assert_allclose(np.array(found.deviations), np.array(whole.deviations), rtol=1e-4)
    fresh = model.stream().push(TRACK[0])
    np.testing.assert_allclose(fresh, model.track(TRACK[:1]), rtol=1e-5)


def test_what_cannot_be_a_stream_or_a_box():
    with pytest.raises(ConfigError, match="reads backwards and needs all frames"):
        small(False).stream()
    stream = small(True).stream()
    with pytest.raises(ConfigError, match=r"a box of x, y, .* not of the shape \[3\]"):
        stream.push([1, 2, 3])
    with pytest.raises(ConfigError, match="width and height are above 0"):
        stream.push([1, 2, 0, 3])
    with pytest.raises(ConfigError, match="no column 'x'|has the shape"):
        small(True).track(TRACK[:, :3])


def test_answers_as_tables_and_json():
    pandas = pytest.importorskip("pandas")
    dates = pandas.date_range("2020-01-01", periods=6)
    frame = pandas.DataFrame(TRACK[10:16], columns=["x", "y", "width", "height"], index=dates)
    found = small(True).track(frame)
    table = found.to_frame()
    assert table.index.equals(dates) and list(table)[:4] == list(frame)
    np.testing.assert_allclose(table.to_numpy()[:, :4], np.array(found))
    said = json.loads(json.dumps(found.to_json()))
    assert said["boxes"][5] == found[5] and said["dates"][0] == "2020-01-01 00:00:00"
    head, first, *_ = found.csv().splitlines()
    assert head.split(",")[:3] == ["date", "x", "y"] and len(first.split(",")) == 9
    late = small(True).track(TRACK[12:22])
    assert late.to_json()["boxes"][0] is None and late.csv().splitlines()[1] == ",,,,,,,"


def test_what_is_no_tracker():
    joined = FrameEncoder([Recurrent(GRUCell(4))], [2])
    with pytest.raises(ConfigError, match="a box for every frame"):
        BoxTracker(KalmanBank([0.1]), joined)
    with pytest.raises(ConfigError, match="units is halved"):
        build_track(units=7)
    with pytest.raises(ConfigError, match="A KalmanBank has ratios"):
        build_track(filters=())


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="a SavedModel is TensorFlow's")
@pytest.mark.parametrize("is_causal", [True, False])
def test_an_exported_one_answers_as_track(tmp_path, is_causal):
    import tensorflow as tf

    model = small(is_causal)
    version = model.export_saved_model(tmp_path / "served")
    serve = tf.saved_model.load(str(version)).signatures["serving_default"]
    items = [TRACK, TRACK[12:21], TRACK[:0], np.full((3, 4), np.nan)]
    raw = {key: tf.constant(np.stack(rows)) for key, rows in model.input.raw_of(items).items()}
    found = {key: value.numpy() for key, value in serve(**raw).items()}
    for row, answer in enumerate(model.track(items)):
        count = len(answer)
        expected = np.nan_to_num(np.array(answer).reshape(count, 4))
        np.testing.assert_allclose(found["boxes"][row, :count], expected, rtol=1e-3)
        beside = np.nan_to_num(np.array(answer.deviations).reshape(count, 4))
        np.testing.assert_allclose(found["deviations"][row, :count], beside, rtol=1e-2)
        assert not found["boxes"][row, count:].any()
