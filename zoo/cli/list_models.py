"""`zoo list`: the released models, and the parts that models are built from."""

from __future__ import annotations

import click

from zoo import catalogue
from zoo.cli import output
from zoo.errors import ConfigError


@click.command("list")
@click.argument("pattern", metavar="[GLOB]", required=False)
@click.option("--task", help="Only models of this task.")
@click.option(
    "--kind",
    type=click.Choice(list(catalogue.REGISTRIES)),
    default="model",
    help="What to list; released models if not given.",
)
def command(pattern: str | None, task: str | None, kind: str) -> None:
    """List released models, such as: zoo list "nmt-*" --task nmt.

    Piped, each line has the name first, and cells are separated by tabs.
    """
    if kind == "model":
        _list_models(pattern, task)
    elif task is not None:
        raise ConfigError("--task chooses among models: leave out --kind, or --task.")
    else:
        names = catalogue.REGISTRIES[kind]
        rows = []
        for entry in names.entries():
            if entry.name in names.names(pattern):
                about = entry.about
                rows.append((entry.name, entry.owner, about.get("summary"), about.get("paper")))
        output.table(("name", "from", "what", "paper"), rows)


def _list_models(pattern: str | None, task: str | None) -> None:
    rows: list[tuple] = []
    for name in catalogue.list_models(pattern, task=task):
        if len(catalogue.models.owners(name)) > 1:
            rows.append((name, "", "", "", f"of two owners: {catalogue.models.owners(name)}"))
            continue
        about = catalogue.models.entry(name).about
        ref = f"{name}@{about['revision']}"
        size = output.size(about["bytes"]) if "bytes" in about else ""
        languages = "-".join(about.get("languages", []))
        rows.append((ref, about["task"], languages, size, about.get("summary")))
    if task is None:
        for name, distribution in catalogue.models.missing(pattern).items():
            rows.append((name, "", "", "", f"not installed: pip install {distribution}"))
    output.table(("model", "task", "languages", "size", "what"), rows, needed=1)
