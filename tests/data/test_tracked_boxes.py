"""Tracks of boxes: the files, noise and gaps, parts as they might have been, batches."""

from __future__ import annotations

import numpy as np
import pytest
from tiny_datasets import add_boxes

from zoo.data import box_batches, read_tracks
from zoo.data.boxes import (
    LEVELS,
    Disturbance,
    disturbed,
    simulated_boxes,
    trials,
    varied_boxes,
)
from zoo.data.sets.tracked_boxes import FOLDS, read_boxes
from zoo.errors import ConfigError, DamagedFileError
from zoo.inputs.boxes import centred

STEPS = np.arange(400.0)[:, None]
BOXES = np.hstack([3 * STEPS, 100 - STEPS, 20 + 0 * STEPS, 40 + 0 * STEPS])
BOXES[:, 1] = 60 * np.sin(STEPS[:, 0] / 30)


def middles(boxes):
    return boxes[:, :2] + boxes[:, 2:] / 2


def test_both_forms_of_files(tiny_mirror):
    add_boxes(tiny_mirror)
    found = read_boxes()
    assert found["Bike"][1].tolist() == [103, 82, 30, 60]
    assert found["car"][0].tolist()[2:] == [37, 60] and len(found) == 10


def test_what_is_missing_is_said(tiny_mirror):
    add_boxes(tiny_mirror, frames=0)
    with pytest.raises(DamagedFileError, match="no archive of tracked boxes"):
        read_boxes()


def test_a_video_is_in_one_split(tiny_mirror):
    add_boxes(tiny_mirror)
    tested = []
    for number in range(1, 6):
        names = {
            split: set(read_tracks(f"tracked_boxes/fold{number}", split).recordings)
            for split in ("train", "validation", "test")
        }
        videos = [{name.partition(".")[0] for name in some} for some in names.values()]
        assert sum(map(len, videos)) == len(set.union(*videos)) == 9
        tested += names["test"]
    assert sorted(tested) == sorted(name for fold in FOLDS for name in fold)


def test_the_real_tracks(data_mirror):
    found = read_boxes()
    assert sum(map(len, found.values())) == 6018
    assert found["jogging.1"][0].tolist() == [111, 98, 25, 101]
    assert found["Drone1"][2].tolist() == [570, 306, 95, 232]


def test_noise_is_as_large_as_it_says():
    boxes = np.repeat([[100.0, 50, 20, 80]], 4000, axis=0)
    found = disturbed(boxes, Disturbance(0.05, dropped=0, every=np.inf), np.random.default_rng(0))
    off = centred(found)[:, :4] - centred(boxes)[:, :4]
    deviations = off.std(axis=0) / (20, 80, 1, 1)
    np.testing.assert_allclose(deviations, 0.05, rtol=0.05)
    np.testing.assert_allclose(off.mean(axis=0) / (20, 80, 1, 1), 0, atol=0.003)


def test_gaps_are_as_long_as_they_say():
    how = Disturbance(0.0, dropped=0, every=200, shortest=4, longest=6)
    boxes = np.tile(BOXES, (20, 1))
    is_missing = np.isnan(disturbed(boxes, how, np.random.default_rng(0))).any(axis=1)
    changes = np.flatnonzero(np.diff(np.concatenate([[0], is_missing.astype(int), [0]])))
    lengths = changes[1::2] - changes[::2]
    assert set(lengths[:-1]) >= {4, 5, 6} and lengths.min() == 4
    assert 0.4 < len(lengths) / (len(boxes) / 200) < 1.5
    alone = disturbed(boxes, Disturbance(0.0, 0.1, np.inf), np.random.default_rng(0))
    assert np.isnan(alone).any(axis=1).mean() == pytest.approx(0.1, abs=0.02)
    assert not np.isnan(alone[:2]).any()


def test_trials_are_the_same_every_time(tiny_mirror):
    add_boxes(tiny_mirror)
    found, again = (trials("tracked_boxes/fold4", "test", draws=2) for _ in range(2))
    assert len(found) == 3 * len(LEVELS) * 2
    for (name, level, seen, recorded), other in zip(found, again, strict=True):
        assert (name, level) == other[:2]
        np.testing.assert_array_equal(seen, other[2])
        off = np.nanstd((middles(seen) - middles(recorded)) / recorded[:, 2:])
        assert off == pytest.approx(level, rel=0.3)
    # Where a track stands in a split changes nothing.
    other = trials("tracked_boxes/fold3", "validation", draws=2)
    np.testing.assert_array_equal(found[0][2], other[0][2])
    assert not np.array_equal(found[0][2], found[1][2], equal_nan=True)


def test_varied_parts_are_parts():
    for seed in range(20):
        part = varied_boxes(BOXES, 100, np.random.default_rng(seed))
        assert part.shape == (100, 4) and np.isfinite(part).all()
        assert np.median(np.sqrt(part[:, 2:].prod(1))) == pytest.approx(1, rel=0.6)
        speeds = np.abs(np.diff(middles(part), axis=0))
        assert (speeds.std(axis=0) / speeds.mean(axis=0)).min() < 1e-6  # one axis goes evenly
    assert len(varied_boxes(BOXES[:9], 100, np.random.default_rng(0))) < 40


def test_simulated_tracks_move_and_stay_boxes():
    found = np.stack([simulated_boxes(64, np.random.default_rng(seed)) for seed in range(50)])
    assert found.shape == (50, 64, 4) and (found[..., 2:] > 0.05).all()
    steps = np.abs(np.diff(found[..., :2] + found[..., 2:] / 2, axis=1))
    assert 1e-3 < np.median(steps) < 0.1


def test_batches_hold_what_was_and_what_is_seen():
    how = {"rows": 4, "window": 50, "simulated": 0.5}
    batches = list(box_batches([BOXES, BOXES[:30]], steps=3, **how).as_numpy_iterator())
    assert len(batches) == 3
    for inputs, targets, weights in batches:
        boxes, lengths = inputs["boxes"], inputs["lengths"]
        assert boxes.shape == (4, 50, 5) and targets.shape == (4, 50, 4)
        np.testing.assert_array_equal(weights.sum(1), lengths)
        seen = boxes[..., 4] > 0
        assert (seen <= (weights > 0)).all() and 0.4 < seen[weights > 0].mean() < 1
        off = np.abs(boxes[..., :4] - targets)[seen]
        assert 0 < np.median(off) < 0.15
    later = list(box_batches([BOXES, BOXES[:30]], steps=3, start=2, **how).as_numpy_iterator())
    np.testing.assert_array_equal(later[0][0]["boxes"], batches[2][0]["boxes"])
    other = next(iter(box_batches([BOXES], steps=1, epoch=1, **how).as_numpy_iterator()))
    assert not np.array_equal(other[0]["boxes"], batches[0][0]["boxes"])
    with pytest.raises(ConfigError, match="3 batches, so it cannot start at number 4"):
        box_batches([BOXES], steps=3, start=4)


def test_tracks_of_other_things_are_refused(tiny_mirror):
    from tiny_datasets import add_spindoe

    add_spindoe(tiny_mirror)
    with pytest.raises(ConfigError, match="spindoe has tracks of x, y, z, and no boxes"):
        trials("spindoe", "test")
