"""Data sets of clips: folds and speakers apart, pins, damage, batches, changes."""

from __future__ import annotations

import io
import zipfile

import numpy as np
import pytest
from tiny_datasets import add_miracl_vc1, add_ut_interaction

from zoo.data import ChangedClips, clip_batches, clip_steps, encode_clips, read_clips
from zoo.data.sets.ut_interaction import folds, splits_of
from zoo.errors import ConfigError, DamagedFileError


def test_every_sequence_is_tested_once_and_trained_on_by_its_set_alone():
    tested = [splits_of(fold)["test"][0] for fold in folds()]
    assert tested == list(range(1, 21))
    for fold in folds():
        parts = splits_of(fold)
        own = parts["test"][0]
        assert sorted(sum(parts.values(), [])) == [*range(1, 11)] if own < 11 else [*range(11, 21)]
        assert len(parts["validation"]) == 1 and len(parts["train"]) == 8
    assert splits_of("sequence10")["validation"] == [1]


def test_actions_come_with_their_sequence(tiny_mirror):
    add_ut_interaction(tiny_mirror)
    test = read_clips("ut_interaction/sequence13", "test")
    assert [one.clip for one in test] == [bytes([13, label]) for label in range(6)]
    assert {one.group for one in test} == {"13"}
    assert [one.label for one in test][:2] == ["hand_shaking", "hugging"]
    train = read_clips("ut_interaction/sequence13", "train")
    assert {one.group for one in train} == {str(n) for n in (11, 12, 15, 16, 17, 18, 19, 20)}


def test_no_speaker_is_in_two_splits(tiny_mirror):
    add_miracl_vc1(tiny_mirror)
    parts = {split: read_clips("miracl_vc1", split) for split in ("train", "validation", "test")}
    speakers = {split: {one.group for one in some} for split, some in parts.items()}
    assert speakers == {
        "train": {"F01", "F02"},
        "validation": {"F07", "M02"},
        "test": {"M04", "M08"},
    }
    assert {(one.kind, one.label) for one in parts["test"]} == {
        ("words", "navigation"),
        ("phrases", "have a good time"),
    }
    assert sorted({one.clip.shape for one in parts["train"]}) == [(3, 32, 64, 1), (4, 32, 64, 1)]
    assert abs(int(parts["train"][0].clip.mean()) - 9) <= 1  # of "have a good time" by F01


def test_a_film_strip_of_another_size_is_damage(tiny_mirror):
    from PIL import Image

    content, picture = io.BytesIO(), io.BytesIO()
    Image.new("L", (64, 33)).save(picture, "JPEG")
    with zipfile.ZipFile(content, "w") as out:
        out.writestr("miracl_vc1/F01/words/00/01.jpg", picture.getvalue())
    tiny_mirror.add("miracl_vc1/miracl_vc1.zip", content.getvalue())
    with pytest.raises(DamagedFileError, match=r"a film strip is \[33, 64\]"):
        read_clips("miracl_vc1", "train")


# Batches ------------------------------------------------------------------------------------------


def encoded():
    rng = np.random.default_rng(0)
    frames = [rng.integers(1, 256, (time, 4, 6, 1)).astype("uint8") for time in (3, 5, 5, 9, 2, 7)]
    return encode_clips(frames, list("ABABAB"), ("A", "B"))


def batches_of(clips, **settings):
    return list(clip_batches(clips, batch_steps=20, **settings).as_numpy_iterator())


def test_an_epoch_has_every_clip_once():
    clips = encoded()
    batches, seen = batches_of(clips, seed=1), []
    assert len(batches) == clip_steps(clips, batch_steps=20)
    for inputs, labels, weights in batches:
        assert inputs["source"].shape[0] * inputs["source"].shape[1] <= 20
        for source, length, label, weight in zip(
            inputs["source"], inputs["lengths"], labels, weights, strict=True
        ):
            assert not source[length:].any() and weight == (length > 0)
            seen += [(source[:length].tobytes(), label)] if weight else []
    expected = [(one.tobytes(), n) for one, n in zip(clips.frames, clips.labels, strict=True)]
    assert sorted(seen) == sorted(expected)


def test_an_epoch_can_be_gone_on_with_and_has_changes_of_its_own():
    clips, change = encoded(), ChangedClips()
    how = {"change": change, "longest": change.longest, "seed": 3}
    whole, again = batches_of(clips, **how), batches_of(clips, **how)
    rest, next_epoch = batches_of(clips, start=2, **how), batches_of(clips, epoch=1, **how)
    for one, other in zip(whole, again, strict=True):
        np.testing.assert_array_equal(one[0]["source"], other[0]["source"])
    np.testing.assert_array_equal(whole[2][0]["source"], rest[0][0]["source"])
    assert any(
        one[0]["source"].shape != other[0]["source"].shape
        or (one[0]["source"] != other[0]["source"]).any()
        for one, other in zip(whole, next_epoch, strict=True)
    )


def test_clips_without_a_label_are_refused():
    with pytest.raises(ConfigError, match="have a label each"):
        encode_clips([np.zeros((2, 3))], [], "A")
    with pytest.raises(ConfigError, match="The label 'C' is none of A, B"):
        encode_clips([np.zeros((2, 3))], ["C"], "AB")


# Changes ------------------------------------------------------------------------------------------


def test_nothing_is_changed_where_nothing_is_asked():
    still = ChangedClips(0, False, 0, 0, 1, 0)
    clip = np.random.default_rng(0).integers(0, 256, (5, 6, 8, 1)).astype("uint8")
    np.testing.assert_array_equal(still(clip, np.random.default_rng(1)), clip)


def test_all_frames_of_a_clip_are_changed_alike():
    frame = np.random.default_rng(0).integers(0, 256, (1, 8, 12, 3)).astype("uint8")
    change = ChangedClips()
    for seed in range(20):
        changed = change(np.repeat(frame, 10, axis=0), np.random.default_rng(seed))
        assert (changed == changed[:1]).all() and changed.dtype == np.uint8
        assert 8 <= len(changed) <= 12 == round(10 * change.longest)


def test_each_change_does_what_it_says():
    clip = np.zeros((4, 8, 8, 1), "uint8")
    clip[:, :, 1] = 200
    rng = [np.random.default_rng(seed) for seed in range(30)]
    flipped = [ChangedClips(0, True, 0, 0, 1, 0)(clip, one) for one in rng]
    columns = {int(one[0, 0, :, 0].argmax()) for one in flipped}
    assert columns == {1, 6}
    lit = ChangedClips(0, False, 0, 0, 2, 0)(clip, np.random.default_rng(1))
    assert lit[0, 0, 1, 0] != 200 and not lit[0, 0, 5].any()
    covered = ChangedClips(0, False, 0, 0, 1, 1)(clip, np.random.default_rng(0))
    assert (covered == 25).any()  # the mean of the clip
    faster = ChangedClips(0.5, False, 0, 0, 1, 0)
    assert {len(faster(clip, np.random.default_rng(seed))) for seed in range(30)} >= {2, 3, 5, 6}
