"""`zoo forecast`: series in, what comes next out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from zoo.cli import names, output, streaming
from zoo.cli.options import json_option, plot_option
from zoo.cli.serving import answers_of, input_of, load_with_verb


@click.command("forecast")
@click.argument("name", shell_complete=names.models("forecast"))
@click.argument("items", metavar="FILE.csv...", nargs=-1)
@click.option("--steps", default=96, show_default=True, help="How many steps are forecast.")
@click.option("--interval", default=0.8, show_default=True, help="Probability of the interval.")
@click.option("--samples", type=int, help="Draw so many futures besides, in --json.")
@click.option("--seed", type=int, help="The same draws every time.")
@plot_option("past, forecast and interval")
@json_option("file, with bounds")
@click.option("--stream", is_flag=True, help="Read standard input while it comes.")
def command(
    name: str,
    items: tuple[str, ...],
    plot: Path | None,
    as_json: bool,
    stream: bool,
    **settings: Any,
) -> None:
    """Say how the series of each FILE.csv go on.

    NAME is a released model or the path of a .keras file. A FILE has a row a step and a column a
    series, under their names; a first column of dates goes on. Each gives lines of CSV.

    With --stream each line of standard input is a step, in the model's order of the columns, and
    what is expected next is said after it.
    """
    if stream:
        streaming.require_alone(items, plot=plot, samples=settings["samples"])
        _stream(load_with_verb(name, "forecast"), settings["interval"], as_json)
        return
    model = load_with_verb(name, "forecast", items)
    drawn = []
    for given, answer in answers_of(model, items, lambda some: model.forecast(some, **settings)):
        if as_json:
            output.json_answer({"file": given}, answer)
        elif answer is not None:
            output.line(answer.csv(), end=False)
        if plot is not None and answer is not None:
            drawn.append(_picture(model, given, answer))
    if plot is not None:
        from zoo.diagnostics.forecasts import draw

        draw(drawn, plot)


def _stream(model: Any, interval: float, as_json: bool) -> None:
    """Prints what is expected after each line of standard input."""
    stream, columns = model.stream(interval=interval), input_of(model).columns
    for number, step in enumerate(streaming.steps((len(columns),), has_header=True), 1):
        known = stream.push(step)
        if as_json:
            output.json_line({"step": number, **known.to_json()})
        else:
            output.line(known.csv() if number == 1 else known.csv().split("\n", 1)[1], end=False)


def _picture(model: Any, given: str, answer: Any) -> Any:
    import numpy as np

    from zoo.diagnostics.forecasts import Foreseen

    (table,) = input_of(model).tables([input_of(model).read(given)])
    has_dates = table.dates is not None and answer.dates is not None
    dates = [*table.dates, *answer.dates] if has_dates else None
    ends = (np.asarray(answer.low), np.asarray(answer.high))
    title = Path(given).name
    values = np.asarray(answer)
    return Foreseen(title, answer.columns, table.values, values, *ends, answer.interval, dates)
