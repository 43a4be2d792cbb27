"""`zoo track`: noisy boxes with gaps in, a box for every frame out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from zoo.cli import names, output, streaming
from zoo.cli.options import json_option, plot_option
from zoo.cli.serving import answers_of, input_of, load_with_verb


@click.command("track")
@click.argument("name", shell_complete=names.models("track"))
@click.argument("items", metavar="FILE.csv...", nargs=-1)
@click.option(
    "--truth",
    metavar="FILE.csv",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Draw these boxes too, of the same frames, as what was recorded.",
)
@plot_option("boxes over time, beside a Kalman filter")
@click.option("--stream", is_flag=True, help="Filter boxes of standard input while they come.")
@json_option("file")
def command(
    name: str,
    items: tuple[str, ...],
    truth: Path | None,
    plot: Path | None,
    stream: bool,
    as_json: bool,
) -> None:
    """Say where the box of each FILE.csv was in each frame.

    NAME is a released model or the path of a .keras file. A FILE has a row a frame and the columns
    x, y, width and height (x and y of the upper left corner); cells are empty where no box was
    seen. Each gives lines of CSV, with deviations. With --stream each line of standard input is a
    frame, four numbers or an empty line, and a causal model answers it with a line.
    """
    if stream:
        streaming.require_alone(items, truth=truth, plot=plot)
        _stream(load_with_verb(name, "track"), as_json)
        return
    model = load_with_verb(name, "track", items)
    drawn = []
    for given, answer in answers_of(model, items, model.track):
        if as_json:
            output.json_answer({"file": given}, answer)
        elif answer is not None:
            output.line(answer.csv(), end=False)
        if plot is not None and answer is not None:
            drawn.append(_picture(model, given, answer, truth))
    if plot is not None:
        from zoo.diagnostics.tracks import draw

        draw(drawn, plot)


def _stream(model: Any, as_json: bool) -> None:
    """Prints where the box is after each line of standard input."""
    from zoo.inputs.boxes import COLUMNS
    from zoo.tasks.tagging.box_results import TrackedBoxes

    stream = model.stream()
    for number, box in enumerate(streaming.steps((len(COLUMNS),), has_header=True, gaps=True), 1):
        known = stream.push(box)
        last = TrackedBoxes(known[-1:], known.deviations[-1:])
        if as_json:
            found = {name: rows[0] for name, rows in last.to_json().items()}
            output.json_line({"frame": number, **found})
        else:
            output.line(last.csv() if number == 1 else last.csv().split("\n", 1)[1], end=False)


def _picture(model: Any, given: str, answer: Any, truth: Path | None) -> Any:
    import numpy as np

    from zoo.diagnostics.tracks import Followed
    from zoo.tasks.tagging.kalman import Kalman

    reader = input_of(model)
    tables = reader.tables([reader.read(one) for one in (given, *([str(truth)] if truth else []))])
    seen = tables[0].values
    (kalman,) = Kalman.usual(not model.is_causal).track([seen])
    deviations = np.array(answer.deviations).reshape(-1, 4)
    recorded = tables[1].values if truth else None
    return Followed(
        Path(given).name, seen, np.array(answer).reshape(-1, 4), deviations, kalman, recorded
    )
