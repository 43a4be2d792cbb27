"""Whatever a file, a plugin, a server or a user says, a terminal obeys none of it."""

import json
import warnings

import click.testing
import pytest

from zoo.cli import app, output
from zoo.errors import ConfigError, MissingFileError, PluginWarning, printable

ESCAPES = "\x1b[2J\x9b31m\x7f\u202etxt\u2066"
OBEYED = set("\x00\x07\x08\x0d\x1b\x7f\x9b\u202a\u202b\u202d\u202e\u2066\u2067\u2069\u2028\ud800")


def is_harmless(text):
    return not OBEYED & set(text)


def test_control_characters_are_written_out_and_letters_are_not():
    assert is_harmless(printable("".join(OBEYED)))
    for text in (
        "Où est la gare\u202f? «\xa0L’été\xa0»",
        "日本語 👩\u200d🔬 مرحبا\u200f",
        "a\tb\nc",
    ):
        assert printable(text) == text


def test_errors_and_warnings_are_harmless_without_the_command_line_too():
    for kind in (ConfigError, MissingFileError):
        assert str(kind(f"It is {ESCAPES}.")) == f"It is {printable(ESCAPES)}."
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        warnings.warn(ESCAPES, PluginWarning, stacklevel=1)
    assert is_harmless(str(caught[0].message))


def test_tables_and_json_are_harmless(capsys, monkeypatch):
    output.table(("a",), [(ESCAPES,)])
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    output.table(("a",), [(ESCAPES,)])
    output.line(ESCAPES)
    output.as_json({"a": ESCAPES})
    output.json_line({"a": ESCAPES})
    printed = capsys.readouterr().out.replace("\x1b[1m", "").replace("\x1b[0m", "")  # a header
    assert is_harmless(printed)
    assert json.loads(printed.splitlines()[-1]) == {"a": ESCAPES}


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    from small_classifier import small_classifier
    from small_lm import small_lm
    from small_pos import small_pos

    import zoo
    from zoo.inputs.characters import train_characters

    folder = tmp_path_factory.mktemp("models")
    labels = [f"{ESCAPES}{number}" for number in range(5)]
    models = {
        "classify": small_classifier(labels=labels),
        "tag": small_pos(labels=labels),
        "score": small_lm(tokenizer=train_characters([f"abc \n{ESCAPES}"])),
    }
    for verb, model in models.items():
        zoo.save(model, folder / f"{verb}.keras")
    models["surprise"] = models["score"]
    return {verb: str(folder / f"{verb}.keras") for verb in ("classify", "tag", "score")}


_LINES = ("classify", "tag", "score", "surprise")


@pytest.mark.parametrize(
    "verb, more",
    [*((verb, more) for verb in _LINES for more in ((), ("--json",))), ("generate", ())],
)
def test_verbs_print_no_escapes(files, verb, more, monkeypatch):
    path = files.get(verb, files["score"])
    arguments = [verb, path, f"a dog {ESCAPES}", *more]
    if verb == "generate":
        arguments = [verb, path, "--prompt", f"ab{ESCAPES}", "--length", "40", "--temperature", "3"]
    found = click.testing.CliRunner().invoke(app.cli, arguments)
    assert found.exit_code == 0, found
    assert found.output and is_harmless(found.output)


def test_a_heat_line_obeys_nothing():
    from rich.console import Console

    from zoo.tasks.language_modelling.results import Surprise

    console = Console(force_terminal=False, width=80)
    with console.capture() as captured:
        console.print(Surprise([ESCAPES, "b"], [3.0, 4.0]))
    assert is_harmless(captured.get())


def test_the_help_of_a_plugins_command_is_harmless(monkeypatch):
    from zoo.registry import Owner

    command = click.Command("odd", help=f"Does {ESCAPES}.")
    monkeypatch.setattr(app, "_of_plugins", lambda: {"odd": [(Owner("p", "1"), command)]})
    found = click.testing.CliRunner().invoke(app.cli, ["--help"])
    assert "odd" in found.output and is_harmless(found.output)
