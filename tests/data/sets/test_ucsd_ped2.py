"""Clips of a walkway: splits, what is unusual and where, damage."""

from __future__ import annotations

import io
import zipfile

import numpy as np
import pytest
from tiny_datasets import add_ucsd_ped2

from zoo.data import read_watched
from zoo.errors import DamagedFileError


def test_what_is_unusual_is_in_the_test_alone(tiny_mirror):
    add_ucsd_ped2(tiny_mirror)
    parts = {split: read_watched("ucsd_ped2", split) for split in ("train", "validation", "test")}
    assert {split: [one.name for one in some] for split, some in parts.items()} == {
        "train": ["Train001", "Train002"],
        "validation": ["Train003"],
        "test": ["Test001", "Test002"],
    }
    assert [one.clip for one in parts["train"]] == [b"\1", b"\2"]
    assert not any(len(one.is_unusual) for one in parts["train"] + parts["validation"])
    first, second = parts["test"]
    assert first.is_unusual.tolist() == [False, True, False]
    assert second.places.shape == (4, 240, 360) and second.places[2].any()
    assert not second.places[1].any() and not second.places[3].any()
    assert first.is_at(1, (0.75, 0.1)) and not first.is_at(1, (0.25, 0.1))
    assert second.is_at(2, (0.1, 0.95)) and not second.is_at(1, (0.1, 0.95))


def test_labels_that_do_not_fit_are_damage(tiny_mirror):
    add_ucsd_ped2(tiny_mirror)
    content = io.BytesIO()
    masks = io.BytesIO()
    np.savez(masks, mask=np.zeros((2, 240, 45), "uint8"))
    with zipfile.ZipFile(content, "w") as out:
        for name in ("Train/Train001", "Train/Train003", "Test/Test001"):
            out.writestr(f"ucsd_ped2/{name}.mp4", b"1")
        out.writestr("ucsd_ped2/frame_labels.json", '{"Test001": [0, 1, 1]}')
        out.writestr("ucsd_ped2/pixel_masks_packbits.npz", masks.getvalue())
    tiny_mirror.add("ucsd_ped2/ucsd_ped2.zip", content.getvalue())
    with pytest.raises(DamagedFileError, match="labels and masks do not fit"):
        read_watched("ucsd_ped2", "test")
