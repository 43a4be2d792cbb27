"""Batches of clips that go on, and what is planted in them."""

from __future__ import annotations

import numpy as np
import pytest

from zoo.data import plant_in_clips, watch_batches, watch_steps
from zoo.errors import ConfigError

HOW = {"rows": 2, "time": 5, "ahead": 2}


def clips():
    """Frames whose pixels say clip and place."""
    return [
        np.stack([np.full((3, 4, 1), 40 * clip + frame, "uint8") for frame in range(time)])
        for clip, time in enumerate((23, 31, 19))
    ]


def batches_of(**config):
    return list(watch_batches(clips(), **{**HOW, **config}).as_numpy_iterator())


def test_rows_go_on_where_they_ended():
    batches = batches_of(seed=3)
    assert len(batches) == watch_steps(clips(), **HOW)
    for row in range(2):
        last = None
        for inputs, labels, weights in batches:
            source = inputs["source"][row, :, 0, 0, 0].astype(int)
            assert (np.diff(source) == 1).all()
            assert inputs["begins"][row] == (last is None or source[0] != last + 1)
            assert weights[row].tolist() == ([0, 0] if inputs["begins"][row] else [1, 1]) + [1] * 3
            values = labels[row].reshape(5, 2, 12) * 32 + 127.5
            np.testing.assert_allclose(values[:, 0, 0], source + 1)
            np.testing.assert_allclose(values[:, 1, 5], source + 2)
            last = source[-1]
    assert {tuple(inputs["lengths"]) for inputs, _, _ in batches} == {(5, 5)}


def test_an_epoch_can_be_gone_on_with_and_differs_from_the_next():
    whole, rest = batches_of(seed=1), batches_of(seed=1, start=2)
    for one, other in zip(whole[2:], rest, strict=True):
        np.testing.assert_array_equal(one[0]["source"], other[0]["source"])
        np.testing.assert_array_equal(one[0]["begins"], other[0]["begins"])
    other = batches_of(seed=1, epoch=1)
    assert any((a[0]["source"] != b[0]["source"]).any() for a, b in zip(whole, other, strict=True))


def test_half_of_the_clips_are_turned():
    ramp = [np.tile(np.arange(4, dtype="uint8")[None, None, :, None], (20, 3, 1, 1))] * 6
    sides = set()
    for epoch in range(4):
        for inputs, _, _ in watch_batches(ramp, **HOW, epoch=epoch).as_numpy_iterator():
            sides |= {tuple(row[0, 0, :, 0]) for row in inputs["source"]}
    assert sides == {(0, 1, 2, 3), (3, 2, 1, 0)}


def test_too_little_is_refused():
    with pytest.raises(ConfigError, match="wants longer clips"):
        watch_steps([np.zeros((4, 2, 2, 1))], **HOW)
    with pytest.raises(ConfigError, match="above 0"):
        watch_steps(clips(), rows=0, time=5, ahead=2)
    with pytest.raises(ConfigError, match="cannot start at number 99"):
        batches_of(start=99)
    with pytest.raises(ConfigError, match="two clips or more"):
        plant_in_clips(clips(), seed=0)


def walkway(seed: int) -> np.ndarray:
    """A dark square that walks over a bright ground."""
    clip = np.full((80, 30, 60, 1), 180, "uint8")
    clip += np.random.default_rng(seed).integers(0, 3, clip.shape).astype("uint8")
    for frame in range(80):
        clip[frame, 14:19, frame // 2 : frame // 2 + 3] = 60
    return clip


def test_haste_shows_the_same_frames_sooner():
    (haste, _, other, _) = plant_in_clips([walkway(0), walkway(1)], seed=2)
    for planted, clip in ((haste, walkway(0)), (other, walkway(1))):
        begin = int(planted.is_fault.argmax())
        assert planted.kind == "haste" and begin >= 24 and planted.is_fault[begin:].all()
        places = [int(np.flatnonzero((clip == one).all((1, 2, 3)))[0]) for one in planted.clip]
        assert places[:begin] == list(range(begin)) and places[-1] == len(clip) - 1
        steps = np.diff(places[begin - 1 :])
        assert 1.3 < steps.mean() < 2.1 and set(steps) <= {1, 2, 3}


def test_a_thing_crosses_where_others_walk_and_is_marked():
    clips = [walkway(0), walkway(1)]
    for seed in range(5):
        for planted, clip in zip(plant_in_clips(clips, seed)[1::2], clips, strict=True):
            changed = (planted.clip != clip).any(-1)
            assert planted.kind == "thing" and not changed[:24].any() and changed.any()
            apart = np.abs(planted.clip.astype(int) - clip)[..., 0]
            assert (apart[~planted.places] <= 70).all()  # its soft edge alone
            rows = np.flatnonzero(planted.places.any((0, 2)))
            assert rows.min() >= 5 and rows.max() <= 28
            middles = [np.flatnonzero(one.any(0)).mean() for one in planted.places if one.any()]
            moves = np.diff(middles)
            assert abs(moves.sum()) > 5 and (np.sign(moves.sum()) * moves > -0.51).all()
    again = plant_in_clips(clips, 4)[1]
    np.testing.assert_array_equal(again.clip, plant_in_clips(clips, 4)[1].clip)
