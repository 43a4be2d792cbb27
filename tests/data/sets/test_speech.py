"""AN4, FSDD and ARCTIC: who is in which split, what is read, and the real recordings."""

from __future__ import annotations

import collections
import dataclasses
import io
import zipfile

import numpy as np
import pytest
from tiny_datasets import add_an4, add_arctic, add_fsdd

from zoo.data import phones_of_frames, read_recordings, sources
from zoo.data.hashed_splits import split_of
from zoo.data.sets import an4, arctic, fsdd
from zoo.errors import ConfigError, DamagedFileError
from zoo.inputs import Series

SPLITS = ("train", "validation", "test")


def test_an4_holds_speakers_out(tiny_mirror):
    add_an4(tiny_mirror)
    found = {split: read_recordings("an4", split) for split in SPLITS}
    speakers = {split: {one.speaker for one in rows} for split, rows in found.items()}
    assert not speakers["train"] & speakers["validation"]
    assert {split_of(name) for name in speakers["validation"]} == {"validation"}
    assert speakers["test"] == {"mzzz", "fzzz"}
    assert len(found["train"]) + len(found["validation"]) == 80
    first = found["train"][1]
    assert (first.text, first.name) == ("A B C THREE", f"an1-{first.speaker}-b")
    np.testing.assert_array_equal(first.sound[:, 0], np.arange(21))


def test_frames_of_an4_are_read_by_an_input_of_series(tiny_mirror):
    add_an4(tiny_mirror)
    series = Series(an4.AN4.columns)
    recordings = read_recordings("an4", "test")
    prepared = series.prepare([one.sound for one in recordings])
    assert [item["series"].shape for item in prepared] == [(20, 13), (21, 13)]


def test_fsdd_is_split_by_the_numbers_of_recordings(tiny_mirror):
    add_fsdd(tiny_mirror)
    found = {split: read_recordings("fsdd", split) for split in SPLITS}
    numbers = {
        split: sorted({int(one.name.rpartition("_")[2]) for one in rows})
        for split, rows in found.items()
    }
    assert numbers == {"test": [0, 1, 2, 3, 4], "validation": [5, 6, 7, 8, 9], "train": [10, 11]}
    assert {len(found["test"]), len(found["validation"])} == {2 * 3 * 5}
    first = found["train"][0]
    assert (first.text, first.speaker, first.name) == ("0", "ada", "0_ada_10")
    assert first.sound[:4] == b"RIFF"


def test_arctic_has_times_of_phones(tiny_mirror):
    add_arctic(tiny_mirror)
    found = {split: read_recordings("arctic", split) for split in SPLITS}
    assert sum(map(len, found.values())) == 40
    for split, rows in found.items():
        assert {split_of(one.name) for one in rows} == {split}
    first = found["train"][0]
    assert first.text == f"A, {int(first.name[-4:])} times"
    assert first.phones == ("_", "EI", "_")
    np.testing.assert_allclose(first.ends, [0.03, 0.08, 0.1], rtol=1e-6)
    times = (np.arange(12) + 0.5) / 100
    expected = ["_"] * 3 + ["EI"] * 5 + ["_"] * 4
    assert phones_of_frames(first.phones, first.ends, times) == expected
    with pytest.raises(ConfigError, match="not 1 of 2"):
        phones_of_frames(["_", "A"], [0.1], times)


def test_the_original_archives_have_other_folders(tiny_mirror):
    add_arctic(tiny_mirror, 30)
    content, original = tiny_mirror.folder / "arctic/arctic.zip", io.BytesIO()
    with zipfile.ZipFile(content) as archive, zipfile.ZipFile(original, "w") as out:
        for name in archive.namelist():
            moved = name.replace("arctic/", "seminar-1/build/", 1).replace("/txt/", "/text/")
            out.writestr(moved, archive.read(name))
    before = arctic.read_sentences()
    tiny_mirror.add("arctic/arctic.zip", original.getvalue())
    after = arctic.read_sentences()
    assert [x["text"] for x in before["train"]] == [x["text"] for x in after["train"]]


def damaged(tiny_mirror, path: str, member: str, content: bytes) -> None:
    """Puts something else in the place of one member, and pins the archive so."""
    archive, out = io.BytesIO((tiny_mirror.folder / path).read_bytes()), io.BytesIO()
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(out, "w") as new:
        assert member in old.namelist()
        for name in old.namelist():
            new.writestr(name, content if name == member else old.read(name))
    tiny_mirror.add(path, out.getvalue())


@pytest.mark.parametrize(
    "member, content, message",
    [
        ("arctic/lab/arctic_a0001.lab", b"nfields 1\n#\n", "have no phones"),
        ("arctic/lab/arctic_a0001.lab", b"a\n#\n0.5 26 A\n0.4 26 B\n", "do not rise"),
        ("arctic/txt/arctic_a0001.txt", b"\xff\xfe\xff", "utf-8"),
    ],
)
def test_sentences_that_are_damaged(tiny_mirror, member, content, message):
    add_arctic(tiny_mirror)
    damaged(tiny_mirror, "arctic/arctic.zip", member, content)
    with pytest.raises(DamagedFileError, match=message):
        arctic.read_sentences()


@pytest.mark.parametrize(
    "member, content, message",
    [
        (
            "an4/an4/feat/an4_clstk/f000/an0-f000-b.mfc",
            b"\x00\x00\x00\x0d1234",
            "says that it has 13",
        ),
        ("an4/an4/feat/an4_clstk/f000/an0-f000-b.mfc", b"", "a file of 0 bytes"),
        ("an4/an4/etc/an4_test.transcription", b"YES\n", "a transcription is 'YES'"),
        ("an4/an4/etc/an4_test.transcription", b"YES (other)\n", "an0-mzzz-b"),
    ],
)
def test_utterances_that_are_damaged(tiny_mirror, member, content, message):
    add_an4(tiny_mirror)
    damaged(tiny_mirror, "an4/an4.zip", member, content)
    with pytest.raises(DamagedFileError, match=message):
        an4.read_utterances()


def test_what_is_no_data_set_of_recordings(tiny_mirror):
    with pytest.raises(ConfigError, match="hello has no name and no speaker"):
        read_recordings("hello", "train")


def test_pins_are_those_of_the_mirror():
    for path in ("an4/an4.zip", "fsdd/fsdd.zip", "arctic/arctic.zip"):
        pinned = sources.FILES[path]
        assert dataclasses.astuple(pinned)[1].startswith("https://github.com/")


def test_the_real_utterances_of_an4(data_mirror):
    found = an4.read_utterances()
    counts = {split: len(rows) for split, rows in found.items()}
    assert counts["train"] + counts["validation"] == 948 and counts["test"] == 130
    assert 100 < counts["validation"] < 160
    speakers = {split: {one["speaker"] for one in rows} for split, rows in found.items()}
    assert not (speakers["train"] | speakers["validation"]) & speakers["test"]
    assert [len(speakers[split]) for split in SPLITS] == [63, 11, 10]
    words = {word for rows in found.values() for one in rows for word in one["text"].split()}
    assert all(word.isalpha() and word.isupper() for word in words)
    assert all(np.isfinite(one["series"]).all() for rows in found.values() for one in rows)


def test_the_real_digits(data_mirror):
    found = fsdd.read_digits()
    assert {split: len(rows) for split, rows in found.items()} == {
        "train": 2400,
        "validation": 300,
        "test": 300,
    }
    for rows in found.values():
        counts = collections.Counter((one["speaker"], one["text"]) for one in rows)
        assert len(counts) == 60 and len(set(counts.values())) == 1
    soundfile = pytest.importorskip("soundfile")
    for one in found["test"][::60]:
        assert soundfile.info(io.BytesIO(one["audio"].tobytes())).samplerate == fsdd.RATE


def test_the_real_sentences(data_mirror):
    found = arctic.read_sentences()
    counts = {split: len(rows) for split, rows in found.items()}
    assert sum(counts.values()) == 892
    assert counts["train"] > 650 and min(counts.values()) > 60
    phones = {phone for rows in found.values() for one in rows for phone in one["phones"]}
    assert len(phones) == 41 and "_" in phones
    soundfile = pytest.importorskip("soundfile")
    for one in found["test"][::20]:
        seconds = soundfile.info(io.BytesIO(one["audio"].tobytes())).duration
        assert abs(seconds - one["ends"][-1]) < 0.1
