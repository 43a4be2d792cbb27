"""`zoo compare`: one model with one cell after another, under one budget."""

from __future__ import annotations

from pathlib import Path

import click

from zoo.backend.quiet import import_keras
from zoo.cli import names, output
from zoo.cli.opening import opening
from zoo.errors import ConfigError, printable

_EPOCHS = 3


@click.command("compare")
@click.option(
    "--task",
    required=True,
    help="Whose model is trained, such as pos.",
    shell_complete=names.parts("task"),
)
@click.option("--data", required=True, help="What it learns from, such as ud/ewt, or ewt alone.")
@click.option(
    "--cells",
    required=True,
    help="Names of cells, by commas; for lm tcn and transformer too.",
    shell_complete=names.many_parts("cell"),
)
@click.option("--epochs", type=click.IntRange(min=1), help=f"Budget of each cell  [{_EPOCHS}].")
@click.option(
    "--seconds", type=click.FloatRange(min=0, min_open=True), help="Budget, in place of --epochs."
)
@click.option(
    "--fraction",
    default=1.0,
    show_default=True,
    type=click.FloatRange(0, 1, min_open=True),
    help="Share of the training data.",
)
@click.option("--units", type=click.IntRange(min=1), help="Not given: as the task has it.")
@click.option("--seed", default=1, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, which zoo/weights/ may keep.")
@click.option("--markdown", "as_markdown", is_flag=True, help="Print a section of Markdown.")
@click.option(
    "--plot",
    metavar="FILE.png",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Draw a picture too.",
)
def command(
    task: str,
    data: str,
    cells: str,
    epochs: int | None,
    seconds: float | None,
    fraction: float,
    units: int | None,
    seed: int,
    as_json: bool,
    as_markdown: bool,
    plot: Path | None,
) -> None:
    """Train a task's model with each of some cells, and print what each gives.

    Each cell has a process of its own and the same budget, data, sizes and seed. Scores are those
    of the validation split.
    """
    from zoo.experiments import comparing, rendering

    if as_json and as_markdown:
        raise ConfigError("--json and --markdown print different things: give one of them.")
    if plot is not None:
        output.require_picture(plot)
    with opening("Keras"):
        import_keras()
    comparison = comparing.compare_cells(
        task,
        data,
        [cell.strip() for cell in cells.split(",") if cell.strip()],
        epochs=_EPOCHS if epochs is None and seconds is None else epochs,
        seconds=seconds,
        fraction=fraction,
        units=units,
        seed=seed,
        say=lambda line: click.echo(printable(line), err=True),
    )
    if as_json:
        output.as_json(comparison)
    elif as_markdown:
        click.echo(rendering.markdown(comparison), nl=False)
    else:
        output.table(rendering.header(comparison), rendering.rows(comparison), needed=5)
    failed = [row for row in comparison["cells"] if "error" in row]
    if plot is not None and len(failed) < len(comparison["cells"]):
        rendering.plot(comparison, plot)
    if failed:
        reasons = "; ".join(f"{row['cell']}: {row['error']}" for row in failed)
        raise ConfigError(f"{len(failed)} of {len(comparison['cells'])} cells failed: {reasons}")
