"""`zoo translate`: text in one language in, text in another out; lines in, lines out."""

from __future__ import annotations

import io
import json
import queue
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

import click

from zoo import registry
from zoo.cli.quiet import import_keras
from zoo.errors import ConfigError

_BATCH = 128  # lines translated at once
_PATIENCE = 0.05  # seconds that a batch waits for more lines once it has one


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
    model = _load(name)
    lines = _standard_input() if text in (None, "-") else iter([[" ".join(text.splitlines())]])
    number = 0
    for batch in lines:
        answers = _translate(model, batch, beam, n_best, scores=as_json or n_best > 1)
        for source, found in zip(batch, answers, strict=True):
            number += 1
            _print(number, source, found, n_best, as_json)


def _load(name: str) -> Any:
    import zoo
    from zoo import saving

    if not saving.is_path(name):
        _must_translate(name)
    saving.locate(name)  # a wrong name is said before Keras is imported, which takes seconds
    import_keras()
    model = zoo.load(name)
    if not hasattr(model, "translate"):
        raise ConfigError(f"{name} is a {type(model).__name__} and cannot translate.")
    return model


def _must_translate(name: str) -> None:
    task = registry.models.entry(name).about["task"]
    verb = registry.tasks.entry(task).about.get("verb")
    if verb != "translate":
        raise ConfigError(f"{name} is a model for {task!r}: use `zoo {verb}`.")


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


def _standard_input() -> Iterator[list[str]]:
    """Yield the lines of standard input in batches.

    A batch is full where lines come fast, and holds what there is where they come slowly, so that
    somebody who types gets each answer at once.
    """
    lines: queue.Queue[str | None] = queue.Queue(maxsize=8 * _BATCH)
    threading.Thread(target=_read, args=(lines,), daemon=True).start()
    line = lines.get()
    while line is not None:
        batch, deadline = [line], time.monotonic() + _PATIENCE
        try:
            while len(batch) < _BATCH and line is not None:
                line = lines.get(timeout=max(0, deadline - time.monotonic()))
                batch += [line] if line is not None else []
        except queue.Empty:
            pass
        yield batch
        if line is not None:
            line = lines.get()


def _read(lines: queue.Queue[str | None]) -> None:
    # Only "\n" ends a line: other separators that Unicode knows may stand inside a sentence.
    stream = io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8", errors="replace", newline="\n")
    try:
        for line in stream:
            lines.put(line.rstrip("\r\n"))
    finally:
        lines.put(None)
