"""Text files as ids on disk: block by block what they are as a whole, kept, and any bytes."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from zoo.data import encode_text_file
from zoo.data import running_text as text_files
from zoo.errors import ConfigError, MissingFileError
from zoo.inputs import RunningSubwordTokenizer

TEXT = "To be, or not to be: that is the question.\nWhether 'tis nöbler\n\nin the mind 🙂 " * 9


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "text.txt"
    path.write_text(TEXT, encoding="utf-8", newline="\n")
    return path


@pytest.mark.parametrize("level", text_files.LEVELS)
def test_blocks_are_the_whole(file, tmp_path, level, monkeypatch):
    if level == "subword":
        pytest.importorskip("sentencepiece")
        monkeypatch.setitem(text_files._VOCABULARY, "subword", 64)
    tokenizer, ids = encode_text_file(file, tmp_path / "whole", level)
    assert ids.tolist() == tokenizer.encode(TEXT).tolist()
    assert "not to be: that is the question.\nWhether" in tokenizer.decode(ids)
    monkeypatch.setattr(text_files, "_BLOCK", 50)
    done = []
    again, blocks = encode_text_file(file, tmp_path / "b", level, lambda *n: done.append(n))
    assert again.vocabulary_size == tokenizer.vocabulary_size
    assert blocks.tolist() == ids.tolist() and len(done) > 5
    assert done[-1] == (file.stat().st_size,) * 2


def test_it_is_encoded_once_and_again_when_it_changes(file, tmp_path):
    _, ids = encode_text_file(file, tmp_path / "run")
    made = (tmp_path / "run" / "ids.bin").stat().st_mtime_ns
    tokenizer, again = encode_text_file(file, tmp_path / "run")
    assert (tmp_path / "run" / "ids.bin").stat().st_mtime_ns == made
    assert again.tolist() == ids.tolist() and tokenizer.decode(again) == TEXT
    file.write_text("Another.\n")
    tokenizer, other = encode_text_file(file, tmp_path / "run")
    assert tokenizer.decode(other) == "Another.\n"


def test_a_long_text_is_not_held_in_memory(tmp_path, monkeypatch):
    path = tmp_path / "long.txt"
    path.write_bytes(b"A line of some words.\n" * 400_000)  # 8.8 MB
    monkeypatch.setattr(text_files, "_BLOCK", 1 << 14)
    tracemalloc.start()
    _, ids = encode_text_file(path, tmp_path / "run")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(ids) == path.stat().st_size and ids.dtype == np.uint8
    assert peak < 2_000_000


def test_any_bytes_and_no_text(tmp_path):
    path = tmp_path / "bytes"
    path.write_bytes(bytes(range(256)) * 3)
    tokenizer, ids = encode_text_file(path, tmp_path / "run")
    assert "\N{REPLACEMENT CHARACTER}" in tokenizer.decode(ids)
    path.write_bytes(b"")
    with pytest.raises(ConfigError, match="is empty"):
        encode_text_file(path, tmp_path / "run")
    with pytest.raises(MissingFileError, match="no text file"):
        encode_text_file(tmp_path / "none", tmp_path / "run")
    with pytest.raises(ConfigError, match="level is one of char, word, subword"):
        encode_text_file(path, tmp_path / "run", "letter")


def test_subwords_of_running_text(trained_proto):
    tokenizer = RunningSubwordTokenizer(trained_proto)
    text = "A man runs\n\nWhere is the car?\n"
    ids = tokenizer.encode(text)
    assert (ids == tokenizer.begin_id).sum() == 3 and tokenizer.decode(ids) == text
    assert "".join(tokenizer.pieces(ids)) == " A man runs\n\n Where is the car?\n"
    assert tokenizer.encode("").tolist() == []
