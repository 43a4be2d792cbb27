"""`zoo tag`: words and labels, lines in order, JSON, colours where somebody looks."""

from __future__ import annotations

import json

import click
import pytest
from small_pos import small_pos

import zoo
from zoo import saving


@pytest.fixture(scope="module")
def model():
    return small_pos(1)


@pytest.fixture(scope="module")
def file(model, tmp_path_factory):
    path = tmp_path_factory.mktemp("pos") / "pos.keras"
    zoo.save(model, path)
    return path


def line(pairs):
    return " ".join(f"{token}/{tag}" for token, tag in pairs)


def test_a_text(zoo_command, file, model):
    done = zoo_command("tag", file, "The dog isn't\nhere.")
    assert (done.code, done.err) == (0, "")
    assert done.lines == [line(model.tag("The dog isn't here."))]


def test_lines_in_lines_out(zoo_command, file, model):
    texts = ["The dog runs .", "", "駅 😀", "x" * 3000, " "]
    done = zoo_command("tag", file, stdin="\n".join(texts).encode())
    assert done.lines == [line(pairs) for pairs in model.tag(texts)]


def test_tokens_set_apart_by_spaces(zoo_command, file, model):
    done = zoo_command("tag", file, "--tokens", "isn't here.")
    assert done.lines == [line(model.tag(["isn't", "here."], is_split_into_words=True))]


def test_json(zoo_command, file, model):
    text = "Ann's cat 😀"
    done = zoo_command("tag", file, text, "--json")
    answer = json.loads(done.out)
    assert answer["text"] == text
    assert [(t["token"], t["tag"]) for t in answer["tokens"]] == model.tag(text)
    assert all(text[t["start"] : t["end"]] == t["token"] for t in answer["tokens"])
    done = zoo_command("tag", file, "a b", "--json", "--tokens")
    assert set(json.loads(done.out)["tokens"][0]) == {"token", "tag"}


def test_colours():
    from zoo.cli.verbs import tag
    from zoo.tasks.tagging.results import TaggedSequence, TaggedToken

    pairs = TaggedSequence([TaggedToken("dog", "NOUN"), TaggedToken("42", "X")])
    assert pairs.line() == "dog/NOUN 42/X"
    painted = pairs.line(tag._painted)
    assert "\x1b[" in painted and click.unstyle(painted) == "dog/NOUN 42/X"


def test_a_translator_cannot_tag(zoo_command, tiny_file, released):
    done = zoo_command("tag", tiny_file, "a")
    assert done.code == 2 and "cannot tag" in done.err and done.out == ""
    done = zoo_command("tag", "tiny-en-fr", "a")
    assert (done.code, done.out) == (2, "")
    assert done.err == "Error: tiny-en-fr is a model for 'nmt': use `zoo translate`.\n"


def test_a_tagger_cannot_translate(zoo_command, file):
    assert saving.read_origin(file)["task"] == "pos"
    done = zoo_command("translate", file, "a")
    assert done.code == 2 and "SequenceTagger and cannot translate" in done.err


def test_conllu(zoo_command, file, model):
    done = zoo_command("tag", file, "Ann's cat", "--conllu")
    assert done.out == model.tag("Ann's cat").to_conllu() + "\n" and "\tSpaceAfter=No\n" in done.out
    done = zoo_command("tag", file, "Ann's cat", "--conllu", "--json")
    assert done.code == 2 and "choose one" in done.err
