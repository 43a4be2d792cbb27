"""`zoo list`, `zoo show` and what happens when a name or an option is wrong."""

import json

import click
import pytest

import zoo


def test_list_gives_one_line_a_model(zoo_command, released):
    done = zoo_command("list")
    assert done.code == 0
    name, task, languages, size, summary = done.lines[1].split("\t")
    assert (name, task, languages) == ("tiny-en-fr@2", "nmt", "en-fr")
    assert size.endswith(" KiB")
    assert summary == "turns text around"
    assert done.err == ""


def test_list_by_glob_and_task(zoo_command, released):
    assert len(zoo_command("list").lines) == 2
    assert [line.split("\t")[0] for line in zoo_command("list", "tiny-*").lines] == ["tiny-en-fr@2"]
    assert [line[:6] for line in zoo_command("list", "--task", "pos").lines] == ["pos-en"]
    assert zoo_command("list", "x*").lines == []


def test_list_of_an_unknown_task(zoo_command, released):
    done = zoo_command("list", "--task", "nmtt")
    assert (done.code, done.out) == (2, "")
    assert done.err == "Error: There is no task 'nmtt'; did you mean 'nmt'?\n"


def test_list_of_parts(zoo_command):
    lines = zoo_command("list", "--kind", "cell").lines
    assert [line.split("\t")[0] for line in lines if "sequence-zoo" in line] == [
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
@pytest.mark.parametrize(
    "arguments", [["list"], ["list", "--kind", "cell"], ["show", "nmt-attn-en-fr"]]
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
