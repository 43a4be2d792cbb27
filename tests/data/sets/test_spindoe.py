"""SpinDOE: whole steps from wavering times, splits by names, and the real paths."""

from __future__ import annotations

import numpy as np
from tiny_datasets import add_spindoe

from zoo.data import read_tracks
from zoo.data.sets import spindoe


def test_steps_are_whole_and_long_gaps_part_a_path(tiny_mirror):
    add_spindoe(tiny_mirror)
    paths = spindoe.read_paths()
    tracks = read_tracks("spindoe", "train")
    assert tracks.columns == ("x", "y", "z")
    name = tracks.recordings[0]
    assert spindoe.split_of(name) == "train" and tracks.recordings[1] == name
    # The times waver by 2 ms; step 5 is missing, and steps 40 to 49.
    np.testing.assert_allclose(tracks.values[:5], paths[name][:5, 1:], rtol=1e-6)
    between = (paths[name][4, 1:] + paths[name][5, 1:]) / 2
    np.testing.assert_allclose(tracks.values[5], between, rtol=1e-5)
    assert not tracks.is_recorded[5] and tracks.is_recorded[:40].sum() == 39
    assert (tracks.ends[0], tracks.numbers[1]) == (40, 50)


def test_a_path_is_in_one_split(tiny_mirror):
    add_spindoe(tiny_mirror)
    names = [set(read_tracks("spindoe", s).recordings) for s in ("train", "validation", "test")]
    assert not names[0] & names[1] and not names[1] & names[2] and not names[0] & names[2]
    assert len(set.union(*names)) == len(spindoe.read_paths())


def test_the_real_paths(data_mirror):
    paths = spindoe.read_paths()
    assert len(paths) == 232
    shares = {
        split: sum(spindoe.split_of(name) == split for name in paths)
        for split in ("train", "validation", "test")
    }
    assert shares["train"] > 160 and min(shares.values()) > 10
