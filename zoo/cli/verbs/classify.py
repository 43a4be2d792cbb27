"""`zoo classify`: items in, a label for each out."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from zoo.cli import lines, names, output, streaming
from zoo.cli.options import file_option, json_option, plot_option
from zoo.cli.serving import answers_of, input_of, load_with_verb
from zoo.errors import ConfigError, printable


@click.command("classify")
@click.argument("name", shell_complete=names.models("classify"))
@click.argument("items", metavar="[ITEM]...", nargs=-1)
@file_option
@json_option("item")
@plot_option("clips and probabilities over time")
@click.option("--stream", is_flag=True, help="Label standard input while it comes.")
def command(
    name: str,
    items: tuple[str, ...],
    file: Path | None,
    as_json: bool,
    plot: Path | None,
    stream: bool,
) -> None:
    """Label each ITEM: a text, or the path of a file where the model sees or hears.

    NAME is a released model or the path of a .keras file. Without ITEM, or with "-", a model of
    text labels the lines of standard input. Each gives one line, in order: the label and its
    probability, separated by a tab. With --stream a causal model says what it knows so far, after
    each line of standard input, or of clips after each frame:

    ffmpeg -i camera -f matroska - | zoo classify action-cnnrnn --stream
    """
    if stream:
        streaming.require_alone(items, file=file, plot=plot)
    model = load_with_verb(name, "classify", items, file)
    if stream:
        _stream(model, as_json)
        return
    if plot is not None and input_of(model).kind != "frames":
        raise ConfigError(f"--plot draws clips, and {name} reads a {input_of(model).kind}.")
    drawn = []
    for given, answer in answers_of(model, items, model.classify, file):
        if plot is not None and answer is not None:
            drawn.append(_picture(model, given, answer))
        if as_json:
            output.json_answer({input_of(model).kind: given}, answer)
        else:
            click.echo("" if answer is None else answer.line(_painter(model.labels)))

    if plot is not None:
        from zoo.diagnostics.clips import draw

        draw(drawn, plot)


def _stream(model: Any, as_json: bool) -> None:
    """Prints what is known after each frame, or line, of standard input."""
    kind, stream = input_of(model).kind, model.stream()
    if kind == "frames":
        from zoo.inputs.video_pipe import pipe_frames

        pieces: Any = pipe_frames(lines.standard_input())
    elif kind == "text":
        pieces = streaming.texts()
    else:
        raise ConfigError(f"--stream reads clips or text, and {model.name} reads {kind}.")
    for number, piece in enumerate(pieces, 1):
        known = stream.push(piece)
        if as_json:
            name = "frame" if kind == "frames" else "line"
            output.json_line({name: number, **known.to_json()})
        else:
            output.line(f"{number}\t{known.label}\t{known.probabilities[known.label]:.3f}")


def _picture(model: Any, given: str, answer: Any) -> Any:
    from zoo.diagnostics.clips import Seen, frames_to_show

    frames = frames_to_show(input_of(model).pieces(given), len(answer.over_time))
    return Seen(Path(given).name, *frames, answer.over_time, model.labels)


def _painter(labels: list[str]):
    if not sys.stdout.isatty():
        return None
    colours = {label: _colour(number, len(labels)) for number, label in enumerate(labels)}
    return lambda label: click.style(printable(label), fg=colours[label], bold=True)


def _colour(number: int, count: int) -> str:
    """Red for the first labels, green for the last, yellow for one in the middle."""
    middle = (count - 1) / 2
    return "red" if number < middle else "green" if number > middle else "yellow"
