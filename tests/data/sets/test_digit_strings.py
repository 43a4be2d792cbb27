"""Strings of digits: of which recordings they are, and that there are always the same."""

from __future__ import annotations

import numpy as np
import pytest
from tiny_datasets import add_fsdd

from zoo.data import read_recordings
from zoo.data.loading import reported_splits
from zoo.data.sets import digit_strings, fsdd
from zoo.inputs.sound_files import read_sound

pytest.importorskip("soundfile")


@pytest.fixture
def small(tiny_mirror, monkeypatch):
    add_fsdd(tiny_mirror)
    monkeypatch.setattr(digit_strings, "_STRINGS", 30)
    monkeypatch.setattr(digit_strings, "_NOISES", 3)
    return tiny_mirror


def test_it_has_single_digits_to_train_on_and_strings(small):
    singles = read_recordings("digit_strings", "train")
    assert [(one.name, one.text) for one in singles] == [
        (one.name, one.text) for one in read_recordings("fsdd", "train")
    ]
    assert reported_splits("digit_strings") == ["test", "test_clean"]
    for split in ("validation", "test", "test_clean"):
        found = read_recordings("digit_strings", split)
        assert len(found) == 30 and {len(one.text) for one in found} <= {*range(1, 9)}
        for one in found:
            samples = read_sound(one.sound, 8000)
            assert len(samples) == round(float(one.ends[-1]) * 8000)
            assert "".join(one.phones).replace("_", "") == one.text
            pause = samples[: round(float(one.ends[0]) * 8000)]
            assert len(pause) < 20 or pause.any() != split.endswith("clean")
        assert {one.speaker for one in found} == {"ada", "bob", "several"}


def test_strings_are_always_the_same_and_those_of_their_own_recordings(small):
    digits = fsdd.read_digits()
    drawn = [digit_strings.draw_strings(digits, split) for split in ("test", "test", "validation")]
    read = [[read_sound(one["audio"].tobytes(), 8000) for one in some] for some in drawn]
    for one, same, other in zip(*read, strict=True):
        np.testing.assert_array_equal(one, same)
        assert len(one) != len(other) or (one != other).any()
    only = {**digits, "train": [], "validation": []}
    again = digit_strings.draw_strings(only, "test")
    assert [one["text"] for one in again] == [one["text"] for one in drawn[0]]
