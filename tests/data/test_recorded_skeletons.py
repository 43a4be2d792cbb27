"""Skeletons read, varied and put into batches; the real files where they are."""

from __future__ import annotations

import numpy as np
import pytest
from tiny_datasets import add_skeletons, skeleton

from zoo.data import read_labelled, read_skeletons, skeleton_batches, varied_skeleton
from zoo.data.sets.msr_action3d import ACTIONS, MSRAction3D
from zoo.data.sets.utkinect import LABELS
from zoo.data.skeletons import MIRRORED, Variation
from zoo.errors import ConfigError, DamagedFileError
from zoo.inputs.skeletons import JOINTS

STILL = Variation(turn=0, scale=0, speed=0, mirrored=0, noise=0)


def test_sequences_of_people_who_are_split_by_number(tiny_mirror):
    add_skeletons(tiny_mirror)
    found = {split: read_skeletons("msr_action3d", split) for split in ("train", "test")}
    assert {one.subject for one in found["test"]} == {2, 4, 6, 8, 10}
    one = found["train"][0]
    assert (one.name, one.labels, one.is_usual) == ("a03_s01_e01", ("hammer",), True)
    # The first frame, all zeros, is left out; the joints stand in the order of the Kinect.
    np.testing.assert_allclose(one.joints, skeleton(3, 8) + 0.02, atol=1e-5)
    assert [one.is_usual for one in found["train"] if one.labels == ("forward kick",)] == [
        True,
        False,
        False,
        False,
    ]
    labelled = read_labelled("msr_action3d", "validation")
    assert [text.label for text in labelled] == ["hammer", "forward kick"]


def test_a_label_for_every_frame(tiny_mirror):
    add_skeletons(tiny_mirror)
    splits = {name: read_skeletons("utkinect/s10", name) for name in ("train", "validation")}
    assert {one.subject for one in splits["train"]} == set(range(2, 10))
    (one,) = splits["validation"]
    assert one.subject == 1 and len(one.joints) == 22
    assert one.labels == ("nothing",) * 10 + ("walk",) * 7 + ("sit down",) * 4 + ("nothing",)


def test_an_archive_without_skeletons_is_refused(tiny_mirror):
    tiny_mirror.add("skeleton/skeleton.tar.xz", b"nothing of this kind")
    for name in ("msr_action3d", "utkinect/s01"):
        with pytest.raises(DamagedFileError):
            read_skeletons(name, "train")


def test_what_is_not_varied_stays():
    joints = skeleton(0, 11)
    found, places = varied_skeleton(joints, np.random.default_rng(0), STILL)
    np.testing.assert_allclose(found, joints, atol=1e-6)
    assert places.tolist() == list(range(11))


def test_a_mirror_changes_left_and_right():
    mirrored = Variation(turn=0, scale=0, speed=0, mirrored=1, noise=0)
    joints = skeleton(0, 4)
    found, _ = varied_skeleton(joints, np.random.default_rng(0), mirrored)
    for number, name in enumerate(JOINTS):
        other = name.replace("left", "x").replace("right", "left").replace("x", "right")
        assert JOINTS[MIRRORED[number]] == other
        np.testing.assert_allclose(found[:, number] * (-1, 1, 1), joints[:, JOINTS.index(other)],
                                   atol=1e-6)  # fmt: skip


def test_a_turned_body_stays_one():
    turned = Variation(turn=90, scale=0, speed=0, mirrored=0, noise=0)
    joints = skeleton(0, 4)
    found, _ = varied_skeleton(joints, np.random.default_rng(1), turned)
    np.testing.assert_allclose(found[..., 1], joints[..., 1], atol=1e-6)
    assert not np.allclose(found, joints, atol=0.1)
    flat = [np.linalg.norm(one[..., [0, 2]], axis=-1) for one in (found, joints)]
    np.testing.assert_allclose(*flat, atol=1e-5)


def test_a_fast_body_keeps_its_labels():
    how = Variation(turn=0, scale=0, speed=0.5, mirrored=0, noise=0)
    for seed in range(5):
        found, places = varied_skeleton(skeleton(0, 40), np.random.default_rng(seed), how)
        assert len(found) == len(places) and 40 / 1.5 - 1 <= len(found) <= 40 * 1.5 + 1
        expected = skeleton(0, 40)[places]
        assert np.abs(found - expected).max() < 0.5  # half a frame at most


def batches(**how):
    joints = [skeleton(number, 30 + number).astype("float32") for number in range(6)]
    labels = [np.arange(30 + number, dtype="int32") for number in range(6)]
    found = skeleton_batches(joints, labels, rows=2, **how)
    return joints, list(found.as_numpy_iterator())


def test_windows_and_labels_go_together():
    joints, found = batches(window=20, seed=3)
    assert len(found) == 3
    for inputs, labels, weights in found:
        assert inputs["skeleton"].shape == (2, 32, 20, 3) and labels.shape == (2, 32)
        assert inputs["lengths"].tolist() == [20, 20] and weights.sum() == 40
        for row, numbers in zip(inputs["skeleton"], labels, strict=True):
            assert any(
                numbers[19] < len(one) and np.array_equal(row[:20], one[numbers[:20]])
                for one in joints
            )
    again = batches(window=20, seed=3)[1]
    np.testing.assert_array_equal(found[1][0]["skeleton"], again[1][0]["skeleton"])
    rest = batches(window=20, seed=3, start=1)[1]
    np.testing.assert_array_equal(found[1][0]["skeleton"], rest[0][0]["skeleton"])


def test_labels_of_varied_windows_are_those_of_their_frames():
    """Joints say in their first coordinate which frame they are of."""
    how = Variation(turn=0, scale=0, speed=0.5, mirrored=0, noise=0)
    joints = [np.repeat(np.arange(40.0), 60).reshape(40, 20, 3)] * 4
    labels = [np.arange(40, dtype="int32")] * 4
    found = skeleton_batches(joints, labels, rows=4, vary=how, seed=2).as_numpy_iterator()
    for inputs, numbers, weights in found:
        off = np.abs(inputs["skeleton"][..., 0, 0] - numbers) * weights
        assert off.max() <= 0.5 and len(set(inputs["lengths"])) > 1


def test_labels_of_whole_recordings():
    joints = [skeleton(number, 40).astype("float32") for number in range(4)]
    labels = [np.int32(number) for number in range(4)]
    (batch,) = skeleton_batches(joints, labels, rows=4, vary=STILL).as_numpy_iterator()
    inputs, numbers, weights = batch
    assert sorted(numbers) == [0, 1, 2, 3] and weights.tolist() == [1] * 4
    assert inputs["skeleton"].shape[1] == 64
    for row, number in zip(inputs["skeleton"], numbers, strict=True):
        np.testing.assert_allclose(row[:40], joints[number], atol=1e-6)
    with pytest.raises(ConfigError, match="cannot start at number 2"):
        skeleton_batches(joints, labels, rows=4, start=2)


def test_the_real_files(data_mirror):
    found = [one for split in ("train", "validation", "test")
             for one in read_skeletons("msr_action3d", split)]  # fmt: skip
    assert len(found) == 567 and sum(one.is_usual for one in found) == 557
    assert {one.labels[0] for one in found} == set(ACTIONS)
    assert {len(labels) for labels in MSRAction3D.label_sets.values()} == {8}
    # Heads are above hips, and people stand 1 to 5 metres from the sensor.
    upright = [np.median(one.joints[:, 3] - one.joints[:, 0], axis=0) for one in found
               if len(one.joints)]  # fmt: skip
    assert np.mean([height[1] > 0.4 for height in upright]) > 0.9
    recordings = [one for split in ("train", "validation", "test")
                  for one in read_skeletons("utkinect/s01", split)]  # fmt: skip
    assert len(recordings) == 20
    assert {label for one in recordings for label in one.labels} == set(LABELS)
    heads = [np.median(one.joints[:, 3, 1] - one.joints[:, 0, 1]) for one in recordings]
    assert min(heads) > 0.3
