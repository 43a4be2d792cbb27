"""`zoo translate`: text in one language in, text in another out; lines in, lines out."""

from __future__ import annotations

import json
from typing import Any

import click

from zoo.cli.serving import lines_of, load_with_verb
from zoo.cli.verbs.searching import SearchChoice, search_options
from zoo.errors import ConfigError


@click.command("translate")
@click.argument("name")
@click.argument("text", required=False)
@search_options
@click.option("--prefix", help="What every translation must begin with.")
@click.option("--stream", is_flag=True, help="Show each translation while it is decoded.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each line.")
def command(
    name: str, text: str | None, prefix: str | None, stream: bool, as_json: bool, **options: Any
) -> None:
    """Translate TEXT, or each line of standard input.

    NAME is a released model or the path of a .keras file. Without TEXT, or with "-", one line in
    gives one line out, in order, and an empty line stays empty.
    """
    choice = SearchChoice.of(options, stream)
    if stream and as_json:
        raise ConfigError("--stream prints text while it is decoded, which --json cannot hold.")
    model = load_with_verb(name, "translate")
    settings = {**choice.arguments(), **({"prefix": prefix} if prefix else {})}
    number = translated = 0
    for batch in lines_of(text):
        if stream:
            for line in batch:
                _stream(model, line, settings)
            continue
        if "search" in settings and choice.kind == "sample":
            settings["search"] = settings["search"].from_place(translated)
        answers = _translate(model, batch, settings, choice.n, as_json or choice.n > 1)
        for source, found in zip(batch, answers, strict=True):
            number += 1
            translated += bool(found)
            _print(number, source, found, choice.n, as_json)


def _stream(model: Any, line: str, settings: dict[str, Any]) -> None:
    """Prints one line's translation piece by piece, as it comes."""
    if line.strip():
        for piece in model.translate(line, stream=True, **settings):
            click.echo(piece.replace("\n", " "), nl=False)
    click.echo()


def _translate(
    model: Any, lines: list[str], settings: dict[str, Any], n: int, scores: bool
) -> list[list[dict[str, Any]]]:
    """Returns for each line its translations, best first; none for a line that is blank."""
    wanted = [line for line in lines if line.strip()]
    # A model gives scores with more than one translation, or with the attention.
    with_scores = {"return_attention": True} if scores and n == 1 else {}
    answers = iter(model.translate(wanted, **settings, **with_scores) if wanted else ())
    return [_plain(next(answers)) if line.strip() else [] for line in lines]


def _plain(answer: Any) -> list[dict[str, Any]]:
    """Returns what a model gives for one line as plain data, each text on one line."""
    if isinstance(answer, str):
        return [{"text": " ".join(answer.splitlines())}]
    found = answer if isinstance(answer, list) else [answer]
    return [{"text": " ".join(one.text.splitlines()), "score": float(one.score)} for one in found]


def _print(number: int, source: str, found: list[dict], n: int, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"source": source, "translations": found}, ensure_ascii=False))
    elif n == 1:
        click.echo(found[0]["text"] if found else "")
    else:
        for one in found:
            click.echo(f"{number}\t{one['score']:.4f}\t{one['text']}")
