"""`zoo transcribe`: recordings in, what is said in them out."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from zoo.cli import lines, names, output
from zoo.cli.options import json_option
from zoo.cli.serving import answers_of, input_of, load_with_verb
from zoo.errors import ConfigError, ZooError

_STANDARD_INPUT = "-"


@click.command("transcribe")
@click.argument("name", shell_complete=names.models("transcribe"))
@click.argument("items", metavar="FILE...", nargs=-1)
@click.option("--beam", type=click.IntRange(min=1), help="Beam size  [8; with --stream 1].")
@click.option("--n-best", default=1, type=click.IntRange(min=1), help="Texts of each FILE  [1].")
@click.option(
    "--language-model",
    metavar="MODEL",
    shell_complete=names.models("generate"),
    help="Ask a language model of characters too.",
)
@click.option("--alpha", type=click.FloatRange(min=0), help="Strength of that  [0.5].")
@click.option("--beta", type=float, help="Added to the score for each character  [1 with it].")
@click.option(
    "--times",
    is_flag=True,
    help="A line for each word, or digit: begin and end.",
)
@click.option("--stream", is_flag=True, help="Show text while it is still being spoken.")
@click.option(
    "--rate",
    type=click.IntRange(min=1),
    help="Samples a second of raw 16-bit sound in --stream -  [the model's].",
)
@json_option("FILE")
def command(
    name: str,
    items: tuple[str, ...],
    language_model: str | None,
    times: bool,
    stream: bool,
    rate: int | None,
    as_json: bool,
    **options: Any,
) -> None:
    """Write down what is said in each FILE of sound.

    NAME is a released model or the path of a .keras file. One FILE gives one line, in order; of one
    that cannot be read the line is empty, and a sentence says why. "-" is standard input: a file,
    or with --stream sound as it comes, wav or raw 16-bit samples of one channel:

    arecord -t raw -f S16_LE -r 8000 | zoo transcribe asr-digits --stream -
    """
    if stream and (as_json or times or options["n_best"] > 1):
        raise ConfigError(
            "--stream prints a text while it comes: leave out --json, --times and --n-best."
        )
    if rate is not None and not (stream and items == (_STANDARD_INPUT,)):
        raise ConfigError("--rate is of raw sound in --stream -: files say theirs, leave it out.")
    model = load_with_verb(name, "transcribe", items)
    settings = _settings(options, language_model)
    if stream:
        settings.pop("n_best", None)
        _stream(model, items, rate, settings)
        return
    found = answers_of(
        model, items, lambda some: model.transcribe(some, return_times=times, **settings)
    )
    for number, (given, answer) in enumerate(found, 1):
        texts = answer if isinstance(answer, list) else [] if answer is None else [answer]
        if as_json:
            output.json_line({input_of(model).kind: given, "transcriptions": _plain(texts)})
        elif options["n_best"] > 1 and not times:
            for one in texts:
                output.line(f"{number}\t{one.score:.4f}\t{one.text}")
        elif times:
            _print_times(model, texts, number if len(items) > 1 else None)
        else:
            output.line(texts[0] if texts else "")


def _settings(options: dict[str, Any], language_model: str | None) -> dict[str, Any]:
    """What `transcribe` and `stream` are called with."""
    if language_model is None and (options["alpha"], options["beta"]) != (None, None):
        raise ConfigError("--alpha and --beta weigh a --language-model: name one.")
    beam, n_best = options["beam"], options["n_best"]
    if beam is not None and n_best > beam:
        raise ConfigError(f"--n-best {n_best} needs a beam at least as wide: --beam {n_best}.")
    found = {"beam_size": beam, "alpha": options["alpha"], "beta": options["beta"]}
    found = {key: value for key, value in found.items() if value is not None}
    if language_model is not None:
        found["language_model"] = load_with_verb(language_model, "generate")
    return found | ({"n_best": n_best} if n_best > 1 else {})


def _print_times(model: Any, texts: list[Any], number: int | None) -> None:
    """A line for each word, or for each character where a model writes no spaces."""
    has_words = " " in getattr(model.target_tokenizer, "characters", " ")
    place = "" if number is None else f"{number}\t"
    for one in texts:
        for span in (one.words if has_words else one.characters) or ():
            output.line(f"{place}{span.begin:.2f}\t{span.end:.2f}\t{span.text}")


def _plain(texts: list[Any]) -> list[dict[str, Any]]:
    return [{"text": one} if isinstance(one, str) else one.to_json() for one in texts]


def _stream(model: Any, items: tuple[str, ...], rate: int | None, settings: dict[str, Any]) -> None:
    """Prints what is said in each item while it is read, a line each."""
    source = input_of(model)
    if not hasattr(source, "blocks"):
        raise ConfigError(f"--stream reads sound, and {model.name} reads a {source.kind}.")
    if not items:
        raise ConfigError('Give the files to read, or "-" for standard input.')
    failed = 0
    for item in items:
        try:
            _say(model.stream(**settings), _pieces(source, item, rate))
        except ZooError as error:
            failed += 1
            click.echo()
            click.echo(f"Error: {error}", err=True)
    if failed:
        sys.stdout.flush()
        raise click.exceptions.Exit(2)


def _pieces(source: Any, item: str, rate: int | None) -> Iterable[Any]:
    if item != _STANDARD_INPUT:
        return source.blocks(Path(item))
    from zoo.inputs.sound_pipe import pipe_blocks

    return pipe_blocks(lines.standard_input(), source.rate, rate or source.rate)


def _say(stream: Any, pieces: Iterable[Any]) -> None:
    shown = 0
    for piece in pieces:
        if more := stream.push(piece)[shown:]:
            output.line(more, end=False)
            shown += len(more)
    output.line(stream.end()[shown:])
