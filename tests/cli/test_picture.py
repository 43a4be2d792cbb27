"""`zoo picture`: kinds and their options; a mistake is one sentence, and nothing is written."""

from __future__ import annotations

import json
import re

import pytest
from small_nmt import small_nmt

import zoo
from zoo import catalogue
from zoo.diagnostics.picture import Picture
from zoo.inputs import SentencePieceTokenizer, train_sentencepiece


@pytest.fixture(scope="module")
def small_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("small") / "small.keras"
    texts = ["a dog runs", "the cat sees a dog", "dogs and cats run", "who sees the cat"] * 5
    tokenizer = SentencePieceTokenizer(train_sentencepiece(texts, 30))
    zoo.save(small_nmt(source_tokenizer=tokenizer), path)
    return path


def test_kinds_and_their_options(zoo_command):
    done = zoo_command("picture", "--help")
    assert done.code == 0
    assert all(f"  {kind} " in done.out for kind in catalogue.pictures.names())
    done = zoo_command("picture", "beam", "--help")
    assert "--beam-size INTEGER" in done.out and "[default: 4]" in done.out
    assert "hypotheses that are kept at a time" in done.out and "Returns" not in done.out


def test_a_picture_and_its_numbers(zoo_command, small_file, tmp_path):
    out = tmp_path / "a.png"
    done = zoo_command("picture", "beam", small_file, "a b", "--beam-size", 2, "--out", out)
    assert (done.code, done.out, done.err) == (0, "", "")
    assert out.read_bytes().startswith(b"\x89PNG")
    items = tmp_path / "items.txt"
    items.write_text("a b\n")
    done = zoo_command("picture", "beam", small_file, "--file", items, "--json")
    found = json.loads(done.out)
    assert found["model"] == str(small_file) and found["nodes"][0]["parent"] is None


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["beem", "NAME", "x"], "There is no kind of picture 'beem'; did you mean"),
        (["beam", "NAME", "x"], "Say where the picture goes, --out FILE.png, or ask for --json."),
        (["beam", "NAME", "--json"], "to look at, after "),
        (["beam", "NAME", "x", "y", "--json"], "of one item, not of 2"),
        (["beam", "NAME", "x", "--beam-size", "0", "--json"], "beam_size"),
        (["beam", "NAME", "x", "--out", "OUT/a.txt"], "A picture is no .txt"),
        (["beam", "NAME", "x", "--out", "OUT/no/a.png"], "no"),
        (["beam", "nmt-of-nobody", "x", "--json"], "nmt-of-nobody"),
        (["beam", "NAME", "--beam", "2", "--json"], "--beam"),
    ],
)
def test_a_mistake_is_one_sentence(zoo_command, small_file, tmp_path, arguments, sentence):
    names = {"NAME": str(small_file)}
    given = [names.get(one, one.replace("OUT", str(tmp_path))) for one in arguments]
    done = zoo_command("picture", *given)
    assert done.code == 2 and sentence in done.err and done.err.count("\n") <= 1, done
    assert done.out == "" and not list(tmp_path.iterdir())


def test_a_plugin_adds_a_kind(zoo_command, small_file, tmp_path, monkeypatch):
    def lengths(model, items, *, times: int = 1, turned: bool = False):
        """How long items are.

        Args:
            times: what lengths are multiplied by.
        """
        return {"lengths": [times * len(item) for item in items], "turned": turned}

    def draw(found, path):
        path.write_text(str(found["lengths"]))

    (tmp_path / "mine.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    import mine

    mine.PICTURE = Picture(lengths, draw)
    entry = catalogue.pictures.entry("beam")
    mine_too = type(entry)("picture", "lengths", "mine:PICTURE", entry.owner, {"summary": "Long"})
    monkeypatch.setitem(catalogue.pictures._entries, "lengths", [mine_too])
    assert re.search("  lengths +Long", zoo_command("picture", "--help").out)
    where = ["--out", tmp_path / "a.svg", "--json"]
    done = zoo_command("picture", "lengths", small_file, "abc", "d", "--times", 2, *where)
    found = {"lengths": [6, 2], "turned": False, "model": str(small_file)}
    assert json.loads(done.out) == found
    assert (tmp_path / "a.svg").read_text() == "[6, 2]"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["attention", "NAME", "--json"], "to look at, after "),
        (["gates", "NAME", "a dog", "--units", "x", "--json"], "units are numbers by commas"),
        (["gradients", "gruu", "--json"], "neither a model nor a cell 'gruu'; did you mean 'gru'"),
        (["gradients", "--json"], "Say of what: zoo picture gradients NAME|CELL..."),
        (["states", "NAME", "a", "b", "--json"], "3 to 60 items are drawn, not 2"),
        (["distance", "gru", "--steps", "0", "--json"], "steps is at least 1"),
        (["curve", "OUT", "--json"], "holds no run with an epoch done"),
        (["unrolled", "OUT/none.keras", "--json"], "none.keras"),
    ],
)
def test_a_mistake_of_every_kind_is_one_sentence(
    zoo_command, small_file, tmp_path, arguments, sentence
):
    test_a_mistake_is_one_sentence(zoo_command, small_file, tmp_path, arguments, sentence)
