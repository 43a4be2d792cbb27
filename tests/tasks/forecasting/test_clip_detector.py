"""What is unusual in clips: scores by loops of NumPy, pieces and streams, training, files."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import ops
from small_watcher import HEIGHT, WIDTH, clip_of, small_watcher

import zoo
from zoo.cells import ConvLSTMCell
from zoo.data import watch_batches
from zoo.errors import ConfigError
from zoo.inputs import Clips
from zoo.inputs.clips import centred
from zoo.layers import Bidirectional, ClipGrids, Recurrent
from zoo.tasks.forecasting.clip_detector import ClipDetector
from zoo.tasks.forecasting.evaluate_watch import averaged
from zoo.tasks.forecasting.watch import learn_usual
from zoo.tasks.forecasting.watched_bptt import WatchedBPTT
from zoo.tasks.unusual import Unusual


def said_of(model, clip):
    """What is expected after each frame: `[time, ahead, height, width]`."""
    inputs = {"source": clip[None], "lengths": np.array([len(clip)], "int32")}
    said = ops.convert_to_numpy(model.predict_on_batch(inputs))[0]
    return said.reshape(len(clip), model.ahead, HEIGHT, WIDTH)


def answer_of(model, clip):
    """Means over the last frames, and over a neighbourhood too, place by place."""
    said, seen = said_of(model, clip), centred(clip[..., 0].astype("float64"))
    size, (rows, columns) = model.grids.reduction, model.grid
    errors = np.zeros((len(clip), rows, columns))
    for frame in range(model.judged + 2, len(clip)):
        for row, column in np.ndindex(rows, columns):
            area = slice(row * size, (row + 1) * size), slice(column * size, (column + 1) * size)
            off = [seen[frame][area] - said[frame - 1 - k, k][area] for k in range(model.judged)]
            errors[frame, row, column] = np.mean(np.abs(off) ** model.power)
    half, scores, where = model.around // 2, np.zeros(len(clip)), np.zeros_like(errors)
    for frame in range(model.judged + 2, len(clip)):
        last = errors[max(frame - model.window + 1, model.judged + 2) : frame + 1].mean(0)
        scores[frame] = last.mean() / model.bound
        for row, column in np.ndindex(rows, columns):
            beside = last[
                max(row - half, 0) : row + half + 1, max(column - half, 0) : column + half + 1
            ]
            where[frame, row, column] = beside.sum() / model.around**2 / model.place_bound
    return scores, where


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"ahead": 1, "power": 1},
        {"ahead": 3, "judged": 3, "around": 1, "window": 1},
        {"layers": 2, "judged": 2},
    ],
)
def test_scores_are_those_of_a_loop(config):
    model, clip = small_watcher(**config), clip_of(9)
    model.bound, model.place_bound = 0.7, 1.4
    found, (scores, where) = model.unusual(clip), answer_of(model, clip)
    np.testing.assert_allclose(found.where, where, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(found, scores, rtol=1e-4, atol=1e-5)
    assert found[: model.first] == [0.0] * model.first and found[model.first] > 0


def test_a_long_clip_a_batch_and_a_stream_give_the_same():
    model, clip = small_watcher(judged=2), clip_of(75)
    whole, places = answer_of(model, clip)
    np.testing.assert_allclose(model.unusual(clip), whole, rtol=1e-4, atol=1e-5)
    stream = model.stream()
    pushed = [stream.push(frame) for frame in clip]
    np.testing.assert_allclose(np.concatenate(pushed), whole, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(np.concatenate([one.where for one in pushed]), places, rtol=1e-4)
    assert all(len(one) == 1 for one in pushed)
    both = np.stack([clip, np.pad(clip[:20], [(0, 55), *[(0, 0)] * 3])])
    scores, where = (ops.convert_to_numpy(x) for x in model.scores(both, np.array([75, 20])))
    np.testing.assert_allclose(scores[0], whole, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(where[1, :20], places[:20], rtol=1e-4, atol=1e-5)
    assert not np.any(scores[1, 20:]) and not np.any(where[1, 20:])


def test_frames_of_any_size_and_lists():
    model = small_watcher()
    large, empty = clip_of(7, height=20, width=33), clip_of(0)
    one, none = model.unusual([large, empty])
    (source,) = (one["source"] for one in model.input.prepare([large]))
    np.testing.assert_allclose(one, model.unusual(source), rtol=1e-5)
    assert len(none) == 0 and none.where.shape == (0, 4, 6)
    with pytest.raises(ConfigError, match="A frame is an array uint8, not a list"):
        model.stream().push([1])
    with pytest.raises(ConfigError, match="unusual"):
        model.unusual(3)


def test_what_comes_later_changes_nothing():
    model, clip = small_watcher(), clip_of(12)
    other = clip.copy()
    other[8:] = 0
    np.testing.assert_allclose(model.unusual(other)[:8], model.unusual(clip)[:8], rtol=1e-5)


def test_a_new_model_says_that_nothing_changes():
    model = zoo.build("watch", units=3, size=5, blocks=[(3, 3, 2)], ahead=2, input=Clips(8, 12, 1))
    clip = clip_of(5)
    said = said_of(model, clip)
    seen = centred(clip[..., 0].astype("float32"))
    np.testing.assert_allclose(said, np.repeat(seen[:, None], 2, axis=1), atol=1e-5)


def test_of_usual_clips_one_frame_in_a_hundred_is_unusual():
    model = small_watcher()
    model.bound, model.place_bound = 3.0, 0.2
    clips = [clip_of(200, seed) for seed in range(3)]
    learn_usual(model, clips)
    found = [model.unusual(clip) for clip in clips]
    scores = np.concatenate([one[model.first :] for one in found])
    peaks = np.concatenate([one.where[model.first :].max((1, 2)) for one in found])
    assert 0.005 < (scores > 1).mean() < 0.015 and 0.005 < (peaks > 1).mean() < 0.015


def test_averages_of_errors_are_those_of_the_model():
    model, clip = small_watcher(judged=2), clip_of(15)
    model.window = 1
    errors = np.array(model.unusual(clip))
    for window in (1, 4, 20):
        model.window = window
        found = averaged(errors, window, model.first)
        np.testing.assert_allclose(found, model.unusual(clip), rtol=1e-4, atol=1e-5)


def test_training_carries_the_state_from_batch_to_batch():
    model = small_watcher()
    frames = [clip_of(26)]
    how = {"rows": 1, "time": 6, "ahead": 2, "flip": False}
    batches = list(watch_batches(frames, **how).as_numpy_iterator())
    trained = WatchedBPTT(model, rows=1)
    said = [ops.convert_to_numpy(trained(inputs)) for inputs, _, _ in batches]
    whole = np.concatenate([inputs["source"] for inputs, _, _ in batches], axis=1)
    expected = model({"source": whole, "lengths": np.array([whole.shape[1]], "int32")})
    np.testing.assert_allclose(np.concatenate(said, axis=1), expected, atol=1e-5)
    again = ops.convert_to_numpy(trained(batches[0][0]))  # which begins anew
    np.testing.assert_allclose(again, said[0], atol=1e-5)
    trained.compile(keras.optimizers.Adam(1e-2), "mean_squared_error")
    done = trained.fit(watch_batches(frames, **how), epochs=3, verbose=0)
    assert done.history["loss"][-1] < done.history["loss"][0]


def test_a_file_keeps_what_is_usual(tmp_path):
    model, clip = small_watcher(power=1, around=5, window=2, judged=2), clip_of(9)
    model.bound, model.place_bound = 0.3, 0.4
    zoo.save(model, tmp_path / "it.keras", dtype=None)
    again = zoo.load(tmp_path / "it.keras", ClipDetector)
    assert (again.power, again.around, again.window, again.judged) == (1, 5, 2, 2)
    assert (again.bound, again.place_bound) == (0.3, 0.4)
    np.testing.assert_allclose(again.unusual(clip), model.unusual(clip), rtol=1e-5)


def test_what_is_refused():
    with pytest.raises(ConfigError, match="cannot be cut into places of 2 x 2"):
        small_watcher(input=Clips(7, 12, 1))
    with pytest.raises(ConfigError, match="around is odd"):
        small_watcher(around=2)
    with pytest.raises(ConfigError, match="Of 2 frames ahead no 3 can be judged by"):
        small_watcher(judged=3)
    with pytest.raises(ConfigError, match="power is 1 or 2"):
        small_watcher(power=3)
    both = Bidirectional(Recurrent(ConvLSTMCell(3)), Recurrent(ConvLSTMCell(3), go_backwards=True))
    with pytest.raises(ConfigError, match="the recurrence reads forward"):
        ClipDetector(ClipGrids([(3, 3, 2)]), both, Clips(8, 12, 1))
    with pytest.raises(ConfigError, match="at least one convolution"):
        ClipGrids([])


def test_places_of_what_is_unusual():
    where = np.zeros((2, 4, 6), "float32")
    where[1, 2, 5] = 1.5
    found = Unusual([0.0, 1.5], where=where)
    assert found.peaks == [(0.125, 1 / 12), (0.625, 11 / 12)]
    assert found.to_json()["peaks"][1] == [0.625, 0.917]
    assert Unusual([1.0]).peaks == []
