"""`zoo unusual`: series or clips in, how unusual each step or frame is out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from zoo.cli import lines, names, output, streaming
from zoo.cli.options import json_option, plot_option
from zoo.cli.serving import answers_of, input_of, load_with_verb
from zoo.errors import ConfigError


@click.command("unusual")
@click.argument("name", shell_complete=names.models("unusual"))
@click.argument("items", metavar="[FILE]...", nargs=-1)
@click.option("--spans", is_flag=True, help="Only the unusual steps: first and last, a line each.")
@json_option("file")
@plot_option("clips, what is unusual in them, and scores over time")
@click.option("--stream", is_flag=True, help="Watch a clip of standard input while it comes.")
def command(
    name: str,
    items: tuple[str, ...],
    spans: bool,
    as_json: bool,
    plot: Path | None,
    stream: bool,
) -> None:
    """Say how unusual each step of each FILE is, or each frame of a clip.

    NAME is a released model or the path of a .keras file. A step whose score is above 1 is unusual.
    Each file gives lines of CSV, one a step, with its date where it has one. With --stream a model
    of clips gives a line a frame, its number and its score:

    ffmpeg -i camera -f matroska - | zoo unusual anomaly-ped2 --stream
    """
    if stream:
        streaming.require_alone(items, spans=spans, plot=plot)
    model = load_with_verb(name, "unusual", items)
    kind = input_of(model).kind
    if kind != "frames" and (stream or plot is not None):
        option = "--stream reads" if stream else "--plot draws"
        raise ConfigError(f"{option} clips, and {name} reads a {kind}.")
    if stream:
        _stream(model, as_json)
        return
    drawn = []
    for given, answer in answers_of(model, items, model.unusual):
        if plot is not None and answer is not None:
            drawn.append(_picture(model, given, answer))
        if as_json:
            output.json_answer({"file": given}, answer)
        elif answer is not None and spans:
            for begin, end in answer.spans:
                output.line(f"{_step(answer, begin)},{_step(answer, end - 1)}")
        elif answer is not None:
            output.line(answer.csv(), end=False)
    if plot is not None:
        from zoo.diagnostics.watched import draw

        draw(drawn, plot)


def _stream(model: Any, as_json: bool) -> None:
    """Prints how unusual each frame of standard input is when it comes."""
    from zoo.inputs.video_pipe import pipe_frames

    stream = model.stream()
    for number, frame in enumerate(pipe_frames(lines.standard_input()), 1):
        known = stream.push(frame)
        if as_json:
            output.json_line({"frame": number, "score": known[0], "peak": list(known.peaks[0])})
        else:
            output.line(f"{number}\t{known[0]:.3f}")


def _picture(model: Any, given: str, answer: Any) -> Any:
    from zoo.diagnostics.clips import frames_to_show
    from zoo.diagnostics.watched import Watched

    frames = frames_to_show(input_of(model).pieces(given), len(answer))
    return Watched(Path(given).name, *frames, answer, answer.where)


def _step(answer: Any, step: int) -> str:
    return str(step) if answer.dates is None else answer.dates[step].isoformat(" ")
