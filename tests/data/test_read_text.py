"""Data sets of running text: where they are cut, and the sizes of the real ones."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile

import pytest
from tiny_datasets import add_c_source, add_essays

from zoo.data import read_text
from zoo.data.hashed_splits import split_of
from zoo.data.sets import c_source, essays
from zoo.errors import DamagedFileError

SPLITS = ("train", "validation", "test")


def test_shakespeare_is_cut_by_characters(tiny_mirror):
    text = "é" * 55 + "\n" + "x" * 45
    tiny_mirror.add("tiny_shakespeare/input.txt", text.encode())
    assert read_text("tiny_shakespeare", "train") == text[:90]
    assert read_text("tiny_shakespeare", "test") == text[90:]


def test_lines_of_ptb(tiny_mirror):
    for split in ("train", "valid", "test"):
        tiny_mirror.add(f"ptb/ptb.{split}.txt", f" {split} <unk> \n N \n\n".encode())
    assert read_text("ptb", "validation") == " valid <unk> \n N \n\n"


def test_essays_are_whole_in_one_split(tiny_mirror):
    add_essays(tiny_mirror)
    found = {split: read_text("essays", split) for split in SPLITS}
    for number in range(40):
        text = f"Essay {number}: to write well, write.\n\n\n"
        assert [split for split in SPLITS if text in found[split]] == [split_of(f"{number}.txt")]
    numbers = [int(line.split()[1][:-1]) for line in found["train"].split("\n") if line]
    assert numbers == sorted(numbers)


def test_essays_of_the_archive_that_is_downloaded(tiny_mirror, monkeypatch, tmp_path):
    add_essays(tiny_mirror)
    expected = essays.read_splits()
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as out:
        out.writestr("essay-datasets-c9/README.md", "no essay")
        for number in range(40):
            name = f"essay-datasets-c9/paul_graham_essays/text_data/{number}.txt"
            out.writestr(name, f"Essay {number}: to write well, write.\n")
    monkeypatch.setattr(essays.sources, "fetch", lambda path: tmp_path / "a.zip")
    assert essays.read_splits() == expected
    (tmp_path / "a.zip").write_bytes(b"no archive")
    with pytest.raises(DamagedFileError, match="is no archive of essays"):
        essays.read_splits()


def test_code_is_cut_at_ends_of_lines(tiny_mirror):
    add_c_source(tiny_mirror)
    lines = [f"int f{number:02}(void) {{ return {number:02}; }}\n" for number in range(100)]
    found = [read_text("c_source", split) for split in SPLITS]
    assert "".join(found) == "".join(lines) and all(text.endswith("}\n") for text in found)
    assert [text.count("\n") for text in found] == [90, 5, 5]


def test_code_of_the_archive_that_is_downloaded(tiny_mirror, monkeypatch, tmp_path):
    """The files of src alone, by their names."""
    path = tmp_path / "redis.tar.gz"
    members = {"src/b.c": b"b" * 50, "src/a.h": b"a" * 50, "src/x.md": b"x", "deps/z.c": b"z"}
    with tarfile.open(path, "w:gz") as out:
        for name, content in members.items():
            member = tarfile.TarInfo(f"redis-7.2.6/{name}")
            member.size = len(content)
            out.addfile(member, io.BytesIO(content))
    monkeypatch.setattr(c_source.sources, "fetch", lambda _: path)
    assert "".join(c_source.read_splits().values()) == "a" * 50 + "b" * 50
    for content in (b"no archive", gzip.compress(b"")):
        path.write_bytes(content)
        with pytest.raises(DamagedFileError, match="is no source of Redis"):
            c_source.read_splits()


def test_the_real_ones(data_mirror):
    lengths = [len(read_text("tiny_shakespeare", split)) for split in ("train", "test")]
    assert lengths == [1_003_854, 111_540]
    lengths = [len(read_text("essays", split)) for split in SPLITS]
    assert lengths == [2_489_986, 339_825, 151_962]
    lengths = [len(read_text("c_source", split)) for split in SPLITS]
    assert lengths == [5_355_341, 297_522, 297_505]
    tokens = {}
    for split in ("train", "validation", "test"):
        text = read_text("ptb", split)
        tokens[split] = len(text.split()) + text.count("\n")
    assert tokens == {"train": 929_589, "validation": 73_760, "test": 82_430}
