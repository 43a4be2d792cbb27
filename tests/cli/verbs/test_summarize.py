"""`zoo summarize`: a file, a text or all of standard input is one text; lines are many."""

from __future__ import annotations

import json

import keras
import numpy as np
import pytest

import zoo
from zoo.inputs.samples import characters
from zoo.tasks.sequence_to_sequence.summarize_sample import SAMPLE

MAIL = "Hi all,\nsend the file\n\nThanks"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("mails")
    keras.utils.set_random_seed(3)
    settings = {k: v for k, v in SAMPLE.settings.items() if k != "vocabulary_size"}
    tokenizer = type(characters())(characters().proto, longest=12)
    model = zoo.build("summarize", **settings, source_tokenizer=tokenizer)
    rng = np.random.default_rng(1)
    for weight in model.weights:
        weight.assign(rng.normal(size=weight.shape))
    zoo.save(model, path / "sum.keras")
    (path / "mail.txt").write_text(MAIL)
    (path / "long.txt").write_text(MAIL + " and more words" * 5000)
    (path / "bad.txt").write_bytes(b"\xff")
    return path


def test_a_file_is_one_text_as_all_of_standard_input_is(zoo_command, folder):
    expected = zoo.load(folder / "sum.keras").summarize(" ".join(MAIL.splitlines()))
    assert expected
    name = folder / "sum.keras"
    for done in (
        zoo_command("summarize", name, folder / "mail.txt"),
        zoo_command("summarize", name, MAIL),
        zoo_command("summarize", name, "-", stdin=MAIL.encode()),
        zoo_command("summarize", name, folder / "long.txt"),
    ):
        assert (done.code, done.lines, done.err) == (0, [expected], "")


def test_lines_are_texts(zoo_command, folder):
    model = zoo.load(folder / "sum.keras")
    lines = [model.summarize(one) if one else "" for one in MAIL.split("\n")]
    done = zoo_command("summarize", folder / "sum.keras", stdin=MAIL.encode())
    assert done.lines == lines
    assert (
        zoo_command("summarize", folder / "sum.keras", "--file", folder / "mail.txt").lines == lines
    )
    done = zoo_command("summarize", folder / "sum.keras", folder / "mail.txt", "--json")
    (found,) = map(json.loads, done.lines)
    assert found["source"].split() == MAIL.split() and len(found["summaries"]) == 1


def test_what_is_no_text_is_refused(zoo_command, folder):
    done = zoo_command("summarize", folder / "sum.keras", folder / "bad.txt")
    assert done.code == 2 and "bad.txt is no text in UTF-8 (byte 1)" in done.err
    done = zoo_command("summarize", folder / "sum.keras", "-", stdin=b"\xc3\xa9" * (1 << 21) + b"s")
    assert done.code == 2 and "Standard input has more than 4,194,304 bytes" in done.err
