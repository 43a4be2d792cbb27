"""Skeletons: files in the forms that there are, the order of joints, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from zoo.errors import ConfigError, MissingFileError
from zoo.inputs import Skeletons
from zoo.inputs.skeletons import JOINTS, MSR_PLACES

JOINTS_OF = np.random.default_rng(0).normal(size=(3, 20, 3)).astype("float32")


def written(path, rows):
    path.write_text("\n".join(" ".join(f"{x:.9g}" for x in row) for row in rows) + "\n")
    return path


def test_one_skeleton_in_every_form(tmp_path):
    flat = JOINTS_OF.reshape(3, 60)
    other = np.zeros((3, 20, 4))
    other[:, MSR_PLACES, :3] = JOINTS_OF
    np.save(tmp_path / "a.npy", JOINTS_OF)
    forms = [
        JOINTS_OF,
        flat,
        flat.astype("float64"),
        tmp_path / "a.npy",
        written(tmp_path / "a.txt", flat),
        str(written(tmp_path / "b.txt", [[7, *row] for row in flat])),
        written(tmp_path / "c.txt", JOINTS_OF.reshape(-1, 3)),
        written(tmp_path / "d.txt", other.reshape(-1, 4)),
    ]
    (tmp_path / "e.csv").write_text("\n".join(",".join(map(str, row)) for row in flat))
    for item in Skeletons().prepare([*forms, tmp_path / "e.csv"]):
        np.testing.assert_allclose(item["skeleton"], JOINTS_OF, rtol=1e-6)
        assert item["skeleton"].dtype == np.float32 and item["lengths"] == 3


def test_every_joint_has_a_place():
    assert sorted(MSR_PLACES) == list(range(20)) and len(set(JOINTS)) == 20


def test_what_cannot_be_read_is_one_sentence(tmp_path):
    nan = JOINTS_OF.copy()
    nan[1, 3, 2] = np.nan
    (tmp_path / "text.txt").write_text("one two")
    (tmp_path / "ragged.txt").write_text("1 2 3\n1 2")
    (tmp_path / "bad.npy").write_bytes(b"no array")
    written(tmp_path / "wide.txt", np.ones((4, 7)))
    cases = {
        "Item 1 has nan as a coordinate of the head in frame 1": nan,
        r"Item 1 has the type float32 and the shape \[3, 19, 3\]": JOINTS_OF[:, 1:],
        "Item 1 has the type <U1": np.full((3, 60), "a"),
        "text.txt holds no recorded skeleton": tmp_path / "text.txt",
        "ragged.txt holds no recorded skeleton": tmp_path / "ragged.txt",
        "bad.npy holds no recorded skeleton": tmp_path / "bad.npy",
        "wide.txt holds 4 x 7 numbers": tmp_path / "wide.txt",
        "1000 as a coordinate": JOINTS_OF * 0 + 1000,
    }
    for message, item in cases.items():
        with pytest.raises(ConfigError, match=message):
            Skeletons().prepare([item])
    with pytest.raises(MissingFileError, match="no file"):
        Skeletons().prepare([tmp_path / "none.txt"])
    with pytest.raises(ConfigError, match="classify wants an array"):
        Skeletons().check("classify", [3])


def test_an_empty_file_has_no_frames(tmp_path):
    (tmp_path / "empty.txt").write_text("")
    (item,) = Skeletons().prepare([tmp_path / "empty.txt"])
    assert item["skeleton"].shape == (0, 20, 3) and item["lengths"] == 0
