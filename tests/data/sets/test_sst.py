"""The sentiment treebank: phrases of trees, what is neutral, and the size of the real one."""

from __future__ import annotations

import io
import zipfile

import pytest

from zoo.data import read_labelled
from zoo.data.sets.sst import labelled, phrases, read_trees
from zoo.errors import DamagedFileError

TREE = "(3 (2 A) (4 (4 warm) (2 film)))"
FILE = "sst/trainDevTestTrees_PTB.zip"


def archive(**files):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as out:
        for split in ("train", "dev", "test"):
            out.writestr(f"trees/{split}.txt", files.get(split, TREE) + "\n")
    return content.getvalue()


def test_phrases():
    assert list(phrases(TREE)) == [
        (2, ("A",)),
        (4, ("warm",)),
        (2, ("film",)),
        (4, ("warm", "film")),
        (3, ("A", "warm", "film")),
    ]
    assert list(phrases("(1 (2 -LRB-) (2 1\\/2))"))[-1] == (1, ("(", "1/2"))


@pytest.mark.parametrize(
    "tree", ["(3 (2 A)", "3 A)", "(9 A)", "()", "A", "(3 (2 A)) (2 b)", "(x A)"]
)
def test_what_is_no_tree(tree):
    with pytest.raises((ValueError, IndexError)):
        list(phrases(tree))


def test_phrases_train_and_sentences_test(tiny_mirror):
    tiny_mirror.add(FILE, archive(train=f"{TREE}\n{TREE}\n(0 (1 No) (2 ,))"))
    fine = [(text.text, text.label) for text in read_labelled("sst/fine", "train")]
    assert fine[3:5] == [
        (("warm", "film"), "very positive"),
        (("A", "warm", "film"), "positive"),
    ]
    assert len(fine) == 5 + 3  # the tree that is there twice counts once
    binary = read_labelled("sst/binary", "train")
    assert [text.label for text in binary] == ["positive"] * 3 + ["negative"] * 2
    for name in ("sst/fine", "sst/binary"):
        (test,) = read_labelled(name, "test")
        assert test.text == ("A", "warm", "film") and test.label == "positive"


def test_what_is_damaged(tiny_mirror):
    tiny_mirror.add(FILE, archive(test="(3 (2 A)"))
    with pytest.raises(DamagedFileError, match="no zip file with the trees"):
        read_labelled("sst/fine", "train")
    tiny_mirror.add(FILE, b"no zip")
    with pytest.raises(DamagedFileError, match="no zip file"):
        read_labelled("sst/fine", "train")


def test_the_real_treebank(data_mirror):
    trees = {split: read_trees(split) for split in ("train", "validation", "test")}
    assert [len(rows) for rows in trees.values()] == [8_544, 1_101, 2_210]
    assert sum(map(len, trees["train"])) == 318_582
    binary = [len(labelled(rows, "binary", sentences=True)) for rows in trees.values()]
    assert binary == [6_920, 872, 1_821]
