"""`zoo repair`: damaged words in, whole ones out; lines in, lines out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from zoo.cli import names, output
from zoo.cli.options import file_option, json_option
from zoo.cli.serving import answers_of, load_with_verb, require_decodable
from zoo.errors import ConfigError


@click.command("repair")
@click.argument("name", shell_complete=names.models("repair"))
@click.argument("text", required=False)
@file_option
@click.option("--n-best", default=1, show_default=True, help="Guesses for each line, of one word.")
@json_option("line")
def command(name: str, text: str | None, file: Path | None, n_best: int, as_json: bool) -> None:
    """Repair the words of TEXT, or of each line of standard input.

    NAME is a released model or the path of a .keras file. Without TEXT, or with "-", one line in
    gives one line out, in order. With --n-best a line is one word, and gives a line for each
    guess: its number, the word and its probability, separated by tabs.
    """
    if n_best < 1:
        raise ConfigError(f"--n-best is a positive number, not {n_best}.")
    items = [] if text is None else [text]
    model = load_with_verb(name, "repair", items, file)
    if n_best == 1:

        def repaired_of(texts: list[str]) -> list[str]:
            require_decodable(texts)
            return model.repair(texts)

        for given, repaired in answers_of(model, items, repaired_of, file):
            if as_json:
                output.json_line({"text": given, "repaired": repaired})
            else:
                output.line("" if repaired is None else repaired)
        return

    def guesses_of(words: list[str]) -> list[Any]:
        require_decodable(words)
        return [model.repairs(word.strip(), n_best) if word.strip() else [] for word in words]

    for number, (given, guesses) in enumerate(answers_of(model, items, guesses_of, file), 1):
        if as_json:
            words = [
                {"word": word, "probability": probability} for word, probability in guesses or ()
            ]
            output.json_line({"text": given, "guesses": words})
        for word, probability in (guesses or ()) if not as_json else ():
            output.line(f"{number}\t{word}\t{probability:.4f}")
