"""`zoo score`: how probable a language model finds lines, or a text as a whole."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from zoo.cli import lines, names, output
from zoo.cli.options import file_option, json_option
from zoo.cli.serving import answers_of, load_with_verb

_BLOCK = 1 << 16  # bytes of a whole text that are read at once


@click.command("score")
@click.argument("name", shell_complete=names.models("generate"))
@click.argument("text", required=False)
@file_option
@click.option("--whole", is_flag=True, help="One score for all lines, as one running text.")
@json_option("line")
def command(name: str, text: str | None, file: Path | None, whole: bool, as_json: bool) -> None:
    """Score TEXT, or each line of standard input.

    NAME is a released language model or the path of a .keras file. Without TEXT, or with "-", one
    line in gives one line out, in order: bits a token, perplexity and the line, separated by tabs.
    """
    items = [] if text is None else [text]
    model = load_with_verb(name, "generate", items, file)
    if whole:
        _print_whole(_score_whole(model, _blocks(text, file)), as_json)
        return
    for line, score in answers_of(model, items, model.score, file):
        if score is None:
            click.echo("")
        elif as_json:
            output.json_line(_plain(line, score))
        else:
            output.line(_line(line, score))


def _line(line: str, score: Any) -> str:
    return f"{score.bits_per_token:.3f}\t{score.perplexity:.2f}\t{line}"


def _plain(line: str, score: Any) -> dict[str, Any]:
    return {
        "text": line,
        "log_prob": score.log_prob,
        "bits_per_token": score.bits_per_token,
        "perplexity": score.perplexity,
        "tokens": [
            {"token": token, "log_prob": value}
            for token, value in zip(score.tokens, score.token_log_probs, strict=True)
        ],
    }


def _blocks(text: str | None, file: Path | None) -> Iterator[str]:
    """The text in parts that end with a line, or with a word, so that no word is cut."""
    if text is not None and text != "-":
        yield text
    elif file is None:
        yield from lines.blocks_of(lines.standard_input(), "standard input", _BLOCK)
    else:
        with open(file, "rb") as stream:
            yield from lines.blocks_of(stream, str(file), _BLOCK)


def _score_whole(model: Any, blocks: Iterator[str]) -> dict[str, float]:
    """Reads a text of any length with the state carried throughout."""
    count, log_prob, state, before = 0, 0.0, None, None
    for block in blocks:
        ids = model.tokenizer.encode(block)[None]
        if ids.shape[1]:
            log_probs, state = model.read(ids, state, before)
            count, log_prob = count + ids.shape[1], log_prob + float(log_probs.sum())
            before = ids[:, -1]
    nats = -log_prob / max(count, 1)
    return {
        "tokens": count,
        "nats_per_token": nats,
        "bits_per_token": nats / math.log(2),
        "perplexity": math.exp(nats),
    }


def _print_whole(score: dict[str, float], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(score))
        return
    for name, value in score.items():
        click.echo(f"{name}\t{value:,}" if name == "tokens" else f"{name}\t{value:.4f}")
