"""`zoo repair`: damaged words in, whole ones out; lines in, lines out."""

from __future__ import annotations

from typing import Any

import click

from zoo.cli import output
from zoo.cli.serving import answers_of, hint_at_file, load_with_verb
from zoo.errors import ConfigError


@click.command("repair")
@click.argument("name")
@click.argument("text", required=False)
@click.option("--n-best", default=1, show_default=True, help="Guesses for each line, of one word.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each line.")
def command(name: str, text: str | None, n_best: int, as_json: bool) -> None:
    """Repair the words of TEXT, or of each line of standard input.

    NAME is a released model or the path of a .keras file. Without TEXT, or with "-", one line in
    gives one line out, in order. With --n-best a line is one word, and gives a line for each
    guess: its number, the word and its probability, separated by tabs.
    """
    if n_best < 1:
        raise ConfigError(f"--n-best is a positive number, not {n_best}.")
    model = load_with_verb(name, "repair")
    items = [] if text is None else [text]
    hint_at_file(model, items)
    if n_best == 1:
        for given, repaired in answers_of(model, items, model.repair):
            if as_json:
                output.json_line({"text": given, "repaired": repaired})
            else:
                output.line("" if repaired is None else repaired)
        return

    def guesses_of(words: list[str]) -> list[Any]:
        return [model.repairs(word.strip(), n_best) if word.strip() else [] for word in words]

    for number, (given, guesses) in enumerate(answers_of(model, items, guesses_of), 1):
        if as_json:
            words = [{"word": word, "probability": share} for word, share in guesses or ()]
            output.json_line({"text": given, "guesses": words})
        for word, share in (guesses or ()) if not as_json else ():
            output.line(f"{number}\t{word}\t{share:.4f}")
