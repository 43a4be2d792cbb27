"""`zoo answer`: questions about a file, or behind a tab; JSON; what was read; guesses."""

from __future__ import annotations

import json

import pytest
from small_answerer import QUESTIONS, STORY, small_answerer

import zoo


@pytest.fixture(scope="module")
def model():
    return small_answerer(3)


@pytest.fixture(scope="module")
def folder(model, tmp_path_factory):
    path = tmp_path_factory.mktemp("qa")
    zoo.save(model, path / "m.keras")
    (path / "story.txt").write_text(STORY.replace(". ", ".\n"))
    (path / "empty.txt").write_text("")
    (path / "bad.txt").write_bytes(b"Mary \xff")
    (path / "long.txt").write_text("Mary took the milk. " * 20_000)
    return path


def test_questions_about_a_file(zoo_command, folder, model):
    done = zoo_command("answer", folder / "m.keras", *QUESTIONS, "--context", folder / "story.txt")
    assert (done.code, done.err) == (0, "")
    answers = model.answer(list(QUESTIONS), STORY, return_attention=True)
    assert done.lines == [one.line() for one in answers]


def test_lines_with_their_story_behind_a_tab(zoo_command, folder, model):
    lines = f"{QUESTIONS[0]}\t{STORY}\n{QUESTIONS[1]}\tMary took the milk.\n"
    done = zoo_command("answer", folder / "m.keras", stdin=lines.encode())
    expected = model.answer(list(QUESTIONS[:2]), [STORY, "Mary took the milk."])
    assert [line.split("\t")[0] for line in done.lines] == expected


def test_json_has_every_sentence_with_its_weights(zoo_command, folder, model):
    arguments = (QUESTIONS[0], "--context", folder / "story.txt", "--json")
    found = json.loads(zoo_command("answer", folder / "m.keras", *arguments).out)
    one = model.answer(QUESTIONS[0], STORY, return_attention=True)
    assert found["question"] == QUESTIONS[0] and found["answer"] == one.text
    assert [read["sentence"] for read in found["read"]] == list(one.sentences)
    assert found["read"][0]["weights"] == pytest.approx(one.attention[:, 0].tolist(), abs=1e-5)


def test_what_was_read_stands_below_the_answer(zoo_command, folder, model):
    arguments = (QUESTIONS[0], "--context", folder / "story.txt", "--read")
    done = zoo_command("answer", folder / "m.keras", *arguments)
    one = model.answer(QUESTIONS[0], STORY, return_attention=True)
    assert done.lines == [one.line(), *(f"    {line}" for line in one.lines_read())]


def test_a_guess_is_said_to_be_one(zoo_command, folder):
    where = ("--context", folder / "story.txt")
    done = zoo_command("answer", folder / "m.keras", "Where is Peter?", *where)
    assert done.code == 0 and len(done.lines) == 1
    assert done.err.startswith("Note: ") and "has never seen 'Peter', so the answer is" in done.err
    done = zoo_command(
        "answer", folder / "m.keras", QUESTIONS[0], "--context", folder / "empty.txt"
    )
    assert done.code == 0 and "the story is empty, so the answer is a guess." in done.err


@pytest.mark.parametrize(
    "arguments, message",
    [
        ((QUESTIONS[0],), "has no story: name its file as --context FILE"),
        ((f"{QUESTIONS[0]}\t{STORY}", "--context", "story.txt"), "another: give one of them"),
        ((QUESTIONS[0], "--context", "bad.txt"), r"is no text in UTF-8 (byte 6)"),
        ((QUESTIONS[0], "--context", "none.txt"), "There is no file '"),
        ((QUESTIONS[0], "--context", "long.txt"), "has 20,000: cut it into parts"),
    ],
)
def test_what_cannot_be_answered_gets_one_sentence(zoo_command, folder, arguments, message):
    arguments = [folder / one if one.endswith(".txt") else one for one in arguments]
    done = zoo_command("answer", folder / "m.keras", *arguments)
    assert done.code == 2 and message in done.err and done.err.count("\n") == 1
