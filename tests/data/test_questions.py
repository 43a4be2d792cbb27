"""bAbI's files read, and questions in batches."""

from __future__ import annotations

import io
import tarfile
import zipfile

import numpy as np
import pytest
from tiny_datasets import add_babi, babi_story

from zoo.data import (
    EncodedQuestions,
    Question,
    encode_questions,
    question_batches,
    question_steps,
    read_questions,
)
from zoo.data.sets import babi
from zoo.errors import ConfigError, DamagedFileError
from zoo.inputs import Stories, WordTokenizer

SPLITS = ("train", "validation", "test")
WORDS = ["mary", "john", "went", "moved", "to", "the", "garden", "office", ".", "where", "is", "?"]


def encoded(lengths=(1, 3, 2, 2, 40), width=3) -> EncodedQuestions:
    count = sum(lengths)
    return EncodedQuestions(
        np.arange(1, count * width + 1, dtype="int32").reshape(count, width),
        np.arange(1, len(lengths) * width + 1, dtype="int32").reshape(-1, width),
        np.arange(len(lengths), dtype="int32"),
        np.concatenate([[0], np.cumsum(lengths)]).astype("int64"),
    )


def test_a_question_has_the_story_before_it_without_other_questions():
    text = babi_story(0) + babi_story(1)
    found = list(babi.questions(text, "qa1"))
    assert [number for number, _ in found] == [0, 0, 1, 1]
    first, second = found[0][1], found[1][1]
    told = "Mary went to the garden. John moved to the office."
    assert first == Question("Where is Mary?", told, "garden", "qa1")
    assert second.context == f"{told} Mary took the milk." and second.answer == "office"


@pytest.mark.parametrize("text", ["Mary went.", "2 Mary went.", "1 Mary went.\nx"])
def test_a_line_that_is_none_is_found_out(text):
    with pytest.raises(ValueError, match="no line of a story"):
        list(babi.questions(text, "qa1"))


def test_all_tasks_are_in_all_splits_and_no_story_is_in_two(tiny_mirror):
    add_babi(tiny_mirror)
    found = {split: read_questions("babi", split) for split in SPLITS}
    for questions in found.values():
        assert len({one.kind for one in questions}) == 20
    assert len(found["test"]) == 20 * 80
    assert len(found["train"]) + len(found["validation"]) == 20 * 80
    # Both questions of a story are in one split.
    assert len(found["train"]) % 2 == len(found["validation"]) % 2 == 0
    assert 0.05 < len(found["validation"]) / len(found["train"]) < 0.2


def test_an_archive_that_is_downloaded_gives_the_same(tiny_mirror, monkeypatch, tmp_path):
    add_babi(tiny_mirror)
    path = babi.sources.fetch("babi/babi.tar.xz")
    expected = babi.read_splits()
    with tarfile.open(path) as packed, zipfile.ZipFile(tmp_path / "a.zip", "w") as out:
        for member in packed:
            name = member.name.replace("babi/", "bAbi-tasks-ef/", 1)
            out.writestr(name, packed.extractfile(member).read())
            out.writestr(name.replace("/en/", "/en-10k/"), "no story")
    monkeypatch.setattr(babi.sources, "fetch", lambda path: tmp_path / "a.zip")
    assert babi.read_splits() == expected


def test_an_archive_without_a_task_is_refused(tmp_path, monkeypatch):
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:xz"):
        pass
    (tmp_path / "b.tar.xz").write_bytes(content.getvalue())
    monkeypatch.setattr(babi.sources, "fetch", lambda path: tmp_path / "b.tar.xz")
    with pytest.raises(DamagedFileError, match="it has 0 files of questions"):
        babi.read_splits()


def test_words_and_answers_are_looked_up_and_long_stories_lose_their_beginning():
    stories = Stories(WordTokenizer(WORDS, ["a"]), 6)
    told = "Mary went to the garden. John moved to the office."
    questions = [Question("Where is Mary?", told, "garden", "a"), Question("?", "", "office", "a")]
    found = encode_questions(questions, stories, ["office", "garden"])
    assert found.lengths.tolist() == [2, 0] and found.labels.tolist() == [1, 0]
    assert found.questions[0].tolist() == [11, 12, 2, 13, 0, 0]
    assert found.words.tolist() == [[2, 4, 6, 7, 8, 10], [3, 5, 6, 7, 9, 10]]
    last = encode_questions(questions, stories, ["office", "garden"], longest=1)
    assert last.words.tolist() == [[3, 5, 6, 7, 9, 10]]
    with pytest.raises(ConfigError, match="The answer 'office' is none of garden"):
        encode_questions(questions, stories, ["garden"])
    with pytest.raises(ConfigError, match="no questions"):
        encode_questions([], stories, ["garden"])


def test_each_question_is_in_an_epoch_once_beside_its_own_story():
    questions = encoded()
    seen = {}
    for inputs, labels, weights in question_batches(questions, rows=2, seed=3).as_numpy_iterator():
        for words, asked, label, weight in zip(*inputs.values(), labels, weights, strict=True):
            if weight:
                seen[int(label)] = (words[words.any(-1)], asked)
            else:
                assert not words.any() and not asked.any()
    assert sorted(seen) == [0, 1, 2, 3, 4]
    for number, (words, asked) in seen.items():
        begin, end = questions.starts[number : number + 2]
        np.testing.assert_array_equal(words, questions.words[begin:end])
        np.testing.assert_array_equal(asked, questions.questions[number])


def test_an_epoch_goes_on_where_it_stopped_and_each_has_its_order():
    def epoch(**where):
        batches = question_batches(encoded(range(1, 40)), rows=2, seed=1, **where)
        return [labels.tolist() for _, labels, _ in batches.as_numpy_iterator()]

    whole = epoch(epoch=0)
    assert len(whole) == question_steps(encoded(range(1, 40)), rows=2)
    assert epoch(epoch=0, start=5) == whole[5:]
    assert epoch(epoch=1) != whole
    with pytest.raises(ConfigError, match="cannot start at number 99"):
        epoch(start=99)
