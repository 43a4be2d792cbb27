"""ETH and UCY: tracks without gaps from small recordings, and the real ones where they are."""

from __future__ import annotations

import io
import zipfile

import numpy as np
import pytest
from tiny_datasets import add_eth_ucy, pedestrians

from zoo.data import read_tracks
from zoo.data.sets import eth_ucy
from zoo.errors import DamagedFileError


def test_a_track_ends_where_a_frame_is_missing(tiny_mirror):
    add_eth_ucy(tiny_mirror)
    tracks = read_tracks("eth_ucy/hotel", "test")
    assert tracks.columns == ("x", "y") and set(tracks.recordings) == {"hotel_test"}
    assert tracks.is_recorded.all()
    rows = np.array([line.split() for line in pedestrians("hotel_test").splitlines()], float)
    # Of every pedestrian frame 100 is missing, the eleventh step of the first.
    own = rows[(rows[:, 1] == 1) & (rows[:, 0] < 100)]
    np.testing.assert_allclose(tracks.values[tracks.begins[0] : tracks.ends[0]], own[:, 2:])
    assert tracks.numbers[:2].tolist() == [0, 11]
    assert len(tracks.values) == len(rows)


def test_an_archive_as_it_is_downloaded(tiny_mirror):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as out:
        for split in ("train", "val", "test"):
            out.writestr(f"it-1/datasets/univ/{split}/one.txt", pedestrians(split))
    tiny_mirror.add("eth_ucy/eth_ucy.tar.xz", content.getvalue())
    found = eth_ucy.read_recordings("univ")
    assert {split: list(some) for split, some in found.items()} == {
        split: ["one"] for split in ("train", "validation", "test")
    }
    with pytest.raises(DamagedFileError, match="has not all splits of zara1"):
        eth_ucy.read_recordings("zara1")


def test_the_real_files(data_mirror):
    """As many windows as Gupta et al. 2018 and all after them test on."""
    counts = {"eth": 181, "hotel": 1053, "univ": 24334, "zara1": 2253, "zara2": 5833}
    for fold in ("eth", "zara1"):
        tracks = read_tracks(f"eth_ucy/{fold}", "test")
        assert tracks.in_company(8, 12).sum() == counts[fold]
