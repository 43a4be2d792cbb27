"""`zoo list`, `zoo show` and what happens when a name or an option is wrong."""

import json
import os
import subprocess
import sys

import click
import pytest

import zoo
from zoo import catalogue
from zoo.builtins import MODELS
from zoo.cli import list_models
from zoo.registry import Entry


def test_list_gives_one_line_a_model(zoo_command, released):
    done = zoo_command("list")
    assert done.code == 0
    name, task, languages, size, score, summary = done.lines[1].split("\t")
    assert (name, task, languages) == ("tiny-en-fr@2", "nmt", "en-fr")
    assert size.endswith(" KiB")
    assert (score, summary) == ("59.12 sacrebleu_13a", "turns text around")
    assert done.err == ""


def test_list_by_glob_and_task(zoo_command, released):
    assert len(zoo_command("list").lines) == 2
    assert [line.split("\t")[0] for line in zoo_command("list", "tiny-*").lines] == ["tiny-en-fr@2"]
    assert [line[:6] for line in zoo_command("list", "--task", "pos").lines] == ["pos-en"]
    assert zoo_command("list", "x*").lines == []


@pytest.mark.parametrize(
    ("options", "names"),
    [
        (["--source", "en"], ["tiny-en-fr@2"]),
        (["--source", "en", "--target", "fr"], ["tiny-en-fr@2"]),
        (["--source", "fr"], []),
        (["--language", "fr"], ["pos-en@1", "tiny-en-fr@2"]),
        (["--language", "de"], []),
        (["--size", "1"], ["pos-en@1", "tiny-en-fr@2"]),
        (["--size", "0.001"], []),
        (["--score", "59.12", "--task", "nmt"], ["tiny-en-fr@2"]),
        (["--score", "59.2"], []),
    ],
)
def test_list_by_language_size_and_score(zoo_command, released, options, names):
    assert [line.split("\t")[0] for line in zoo_command("list", *options).lines] == names


@pytest.mark.parametrize(
    ("options", "names"),
    [
        (["--source", "nl", "--target", "fr"], ["tiny-multi@1"]),
        (["--source", "en", "--target", "fr"], ["tiny-en-fr@2", "tiny-multi@1"]),
        (["--source", "fr"], ["tiny-multi@1"]),
        (["--target", "la"], []),  # it is read, not written
        (["--source", "la"], ["tiny-multi@1"]),
        (["--source", "fr", "--target", "fr"], []),
    ],
)
def test_list_by_the_languages_of_a_model_of_several(zoo_command, released, options, names):
    about = {**released, "languages": ["en", "fr", "la", "nl"], "targets": ["en", "fr", "nl"]}
    about["revision"] = 1
    catalogue.models.add(Entry("model", "tiny-multi", None, catalogue.ZOO, about))
    lines = [line.split("\t") for line in zoo_command("list", *options).lines]
    assert [line[0] for line in lines] == names
    assert [line[2] for line in lines if line[0] == "tiny-multi@1"] == ["en/fr/la/nl"] * (
        "tiny-multi@1" in names
    )


def test_a_lower_perplexity_is_a_better_one():
    row = {"metric": "perplexity", "value": 80.44}
    assert list_models._reaches(row, 81) and not list_models._reaches(row, 80)
    row = {"metric": "strange", "value": 1.0, "direction": "lower"}
    assert list_models._reaches(row, 1.5) and not list_models._reaches(row, 0.5)
    assert not list_models._reaches({**row, "direction": "higher"}, 1.5)


def test_list_as_json(zoo_command, released):
    found = json.loads(zoo_command("list", "--json", "--task", "nmt").out)
    assert [(one["name"], one["revision"]) for one in found] == [("tiny-en-fr", 2)]
    cells = json.loads(zoo_command("list", "--kind", "cell", "--json").out)
    assert {one["name"] for one in cells} >= {"gru", "lstm"} and cells[0]["kind"] == "cell"


def test_list_says_what_kinds_there_are(zoo_command):
    text = zoo_command("list", "--help").out
    assert "--kind" in text and "cell" in text and "exporter" in text


def test_list_of_an_unknown_task(zoo_command, released):
    done = zoo_command("list", "--task", "nmtt")
    assert (done.code, done.out) == (2, "")
    assert done.err == "Error: There is no task 'nmtt'; did you mean 'nmt'?\n"


def test_list_of_parts(zoo_command):
    lines = zoo_command("list", "--kind", "cell").lines
    assert [line.split("\t")[0] for line in lines if "sequence-zoo" in line] == [
        "conv_lstm",
        "gru",
        "lstm",
        "simple",
    ]
    assert len(zoo_command("list", "l*", "--kind", "cell").lines) == 1
    assert zoo_command("list", "--kind", "cell", "--task", "nmt").code == 2


def test_a_table_on_a_terminal(zoo_command, released, monkeypatch):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "120")
    out = zoo_command("list").out
    assert "languages" in out
    assert "\t" not in out


@pytest.mark.parametrize("columns", [60, 160])
def test_help_says_what_every_command_is_for(zoo_command, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    text = zoo_command("--help").out
    assert "..." not in text.partition("Commands:")[2]
    assert max(map(len, text.splitlines())) <= columns
    words = " ".join(text.split())
    assert "export Export a model to FOLDER, as a SavedModel" in words
    assert " tag Label every step of each ITEM: of a text its words, of a file of sound " in words


@pytest.mark.parametrize("columns", [60, 160])
@pytest.mark.parametrize(
    "arguments", [["list"], ["list", "--kind", "cell"], ["show", "nmt-attn-en-fr"], ["plugins"]]
)
def test_nothing_that_one_types_is_cut(zoo_command, monkeypatch, columns, arguments):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", str(columns))
    lines = [click.unstyle(line) for line in zoo_command(*arguments).lines]
    assert max(map(len, lines)) <= columns
    text = "\n".join(lines)
    if arguments == ["list"]:
        models = [zoo.describe(name) for name in zoo.list_models()]
        wanted = [f"{m['name']}@{m['revision']}" for m in models] + [m["task"] for m in models]
        assert len(lines) == 1 + len(models)
    elif "cell" in arguments:
        wanted = zoo.list_cells()
        assert len(lines) == 1 + len(wanted)
    elif arguments == ["plugins"]:
        plugins = [one for one in zoo.catalogue.load() if one.owner != zoo.catalogue.ZOO]
        added = [entry.split()[-1] for one in plugins for entry in one.entries]
        wanted = [one.owner.name for one in plugins] + added
        assert plugins
    else:
        value = zoo.describe("nmt-attn-en-fr")["metrics"][1]["value"]
        wanted = ["nmt-attn-en-fr", f"{value:.2f}", "multi30k/en-fr"]
        assert zoo.describe("nmt-attn-en-fr")["sha256"] in "".join(line.strip() for line in lines)
    assert [one for one in wanted if one not in text] == []


def test_show(zoo_command, released):
    lines = dict(line.split("\t") for line in zoo_command("show", "tiny-en-fr").lines)
    assert lines["revision"] == "2"
    assert lines["parameters"] == "1,234"
    assert lines["languages"] == "en, fr"
    assert lines["multi30k/en-fr test_2016_flickr"] == "59.12 sacrebleu_13a"


def test_show_a_file(zoo_command, tiny_file):
    about = json.loads(zoo_command("show", tiny_file, "--json").out)
    assert about["file"] == str(tiny_file) and about["bytes"] == tiny_file.stat().st_size
    assert (about["kind"], about["class"], about["zoo"]) == ("file", "Tiny", zoo.__version__)
    assert "name" not in about
    lines = dict(line.split("\t") for line in zoo_command("show", tiny_file).lines)
    assert lines["class"] == "Tiny"
    done = zoo_command("show", "none.keras")
    assert (done.code, done.err) == (2, "Error: There is no file 'none.keras'.\n")


def test_show_says_that_a_file_is_a_released_one(zoo_command):
    about = zoo.describe("lm-char-hello")
    found = json.loads(zoo_command("show", MODELS.path / about["file"], "--json").out)
    assert found["name"] == f"lm-char-hello@{about['revision']}" and found["task"] == "lm"
    assert found["parameters"] == about["parameters"]


def test_a_card_on_a_terminal(zoo_command, released, tiny_file, monkeypatch):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "60")
    lines = [click.unstyle(line).rstrip() for line in zoo_command("show", "tiny-en-fr").lines]
    assert lines[0] == "tiny-en-fr@2, a model" and max(map(len, lines)) <= 60
    text = "\n".join(lines)
    assert "turns text around" in text and "\t" not in text
    assert "test_2016_flickr  59.12  sacrebleu_13a" in text
    assert "Tiny" in zoo_command("show", tiny_file).out


def test_titles_of_a_card_are_whole(zoo_command, monkeypatch):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "60")
    lines = [click.unstyle(line).split() for line in zoo_command("show", "spell-char-en").lines]
    assert ["data", "split", "score", "of"] in lines


def test_show_as_json(zoo_command, released):
    about = json.loads(zoo_command("show", "tiny-en-fr@1", "--json").out)
    assert about["revision"] == 1
    assert about["metrics"][0]["value"] == 59.123


def test_show_an_unknown_name(zoo_command, released):
    done = zoo_command("show", "tiny-en-rf")
    assert done.code == 2
    assert done.err == "Error: Nothing is named 'tiny-en-rf'; did you mean 'tiny-en-fr'?\n"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["lst"], "There is no command 'lst'; did you mean 'list'?"),
        (["list", "--tsk"], "No such option"),
        (["show"], "Missing argument 'NAME'."),
        (["translate", "x", "y", "--beam", "0"], "0 is not in the range"),
    ],
)
def test_a_wrong_command_line_is_one_sentence(zoo_command, arguments, says):
    done = zoo_command(*arguments)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("Error: ")
    assert says in done.err
    assert done.err.count("\n") == 1


def test_version_and_help(zoo_command):
    assert zoo.__version__ in zoo_command("--version").out
    done = zoo_command("--help")
    assert done.code == 0
    for command in ("cards", "evaluate", "list", "plugins", "show", "translate"):
        assert f"\n  {command} " in done.out


def completed(shell, line):
    """What a shell offers for a line whose last word is being typed."""
    words = line.split(" ")
    env = {**os.environ, "_ZOO_COMPLETE": f"{shell}_complete", "COMP_WORDS": line}
    env["COMP_CWORD"] = str(len(words) - 1)
    done = subprocess.run([sys.executable, "-m", "zoo"], env=env, capture_output=True, text=True)
    assert done.stderr == ""
    return done.stdout.split()


@pytest.mark.parametrize(
    ("line", "offered", "other"),
    [
        ("zoo translate nm", "nmt-attn-en-fr", "pos-bilstm-ewt"),
        ("zoo score l", "lm-char-hello", "nmt-attn-en-fr"),
        ("zoo tag ", "pos-bilstm-fr", "nmt-attn-en-fr"),
        ("zoo show g", "gru", "lstm"),
        ("zoo list --task sen", "sentiment", "nmt"),
        ("zoo compare --cells gru,l", "gru,lstm", "gru,gru"),
        ("zoo tr", "translate", "tag"),
    ],
)
def test_a_shell_completes_names(line, offered, other):
    for shell in ("bash", "zsh"):
        found = [
            word.partition(",")[2] if shell == "bash" else word for word in completed(shell, line)
        ]
        assert offered in found and other not in found
