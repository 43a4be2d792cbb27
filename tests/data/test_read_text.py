"""Data sets of running text: where they are cut, and the sizes of the real ones."""

from __future__ import annotations

from zoo.data import read_text


def test_shakespeare_is_cut_by_characters(tiny_mirror):
    text = "é" * 55 + "\n" + "x" * 45
    tiny_mirror.add("tiny_shakespeare/input.txt", text.encode())
    assert read_text("tiny_shakespeare", "train") == text[:90]
    assert read_text("tiny_shakespeare", "test") == text[90:]


def test_lines_of_ptb(tiny_mirror):
    for split in ("train", "valid", "test"):
        tiny_mirror.add(f"ptb/ptb.{split}.txt", f" {split} <unk> \n N \n\n".encode())
    assert read_text("ptb", "validation") == " valid <unk> \n N \n\n"


def test_the_real_ones(data_mirror):
    lengths = [len(read_text("tiny_shakespeare", split)) for split in ("train", "test")]
    assert lengths == [1_003_854, 111_540]
    tokens = {}
    for split in ("train", "validation", "test"):
        text = read_text("ptb", split)
        tokens[split] = len(text.split()) + text.count("\n")
    assert tokens == {"train": 929_589, "validation": 73_760, "test": 82_430}
