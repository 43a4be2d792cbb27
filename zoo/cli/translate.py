"""`zoo translate`: text in one language in, text in another out; lines in, lines out."""

from __future__ import annotations

import json
from typing import Any

import click

from zoo.cli.serving import lines_of, load_with_verb
from zoo.errors import ConfigError


@click.command("translate")
@click.argument("name")
@click.argument("text", required=False)
@click.option("--beam", default=5, show_default=True, type=click.IntRange(min=1), help="Beam size.")
@click.option(
    "--n-best",
    default=1,
    show_default=True,
    type=click.IntRange(min=1),
    help="Translations of each line; more than one: line number, score and text, tab-separated.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each line.")
def command(name: str, text: str | None, beam: int, n_best: int, as_json: bool) -> None:
    """Translate TEXT, or each line of standard input.

    NAME is a released model or the path of a .keras file. Without TEXT, or with "-", one line in
    gives one line out, in order, and an empty line stays empty.
    """
    if n_best > beam:
        raise ConfigError(f"--n-best {n_best} needs a beam at least as wide: --beam {n_best}.")
    model = load_with_verb(name, "translate")
    number = 0
    for batch in lines_of(text):
        answers = _translate(model, batch, beam, n_best, scores=as_json or n_best > 1)
        for source, found in zip(batch, answers, strict=True):
            number += 1
            _print(number, source, found, n_best, as_json)


def _translate(
    model: Any, lines: list[str], beam: int, n_best: int, scores: bool
) -> list[list[dict[str, Any]]]:
    """Return for each line its translations, best first; none for a line that is blank."""
    wanted = [line for line in lines if line.strip()]
    # A model gives scores with more than one translation, or with the attention.
    with_scores = {"n_best": n_best} if n_best > 1 else {"return_attention": True}
    settings = {"beam_size": beam, **(with_scores if scores else {})}
    answers = iter(model.translate(wanted, **settings) if wanted else ())
    return [_plain(next(answers)) if line.strip() else [] for line in lines]


def _plain(answer: Any) -> list[dict[str, Any]]:
    """Return what a model gives for one line as plain data, each text on one line."""
    if isinstance(answer, str):
        return [{"text": " ".join(answer.splitlines())}]
    found = answer if isinstance(answer, list) else [answer]
    return [{"text": " ".join(one.text.splitlines()), "score": float(one.score)} for one in found]


def _print(number: int, source: str, found: list[dict], n_best: int, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"source": source, "translations": found}, ensure_ascii=False))
    elif n_best == 1:
        click.echo(found[0]["text"] if found else "")
    else:
        for one in found:
            click.echo(f"{number}\t{one['score']:.4f}\t{one['text']}")
