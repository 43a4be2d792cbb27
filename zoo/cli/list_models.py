"""`zoo list`: the released models, and the parts that models are built from."""

from __future__ import annotations

import itertools
from typing import Any

import click

from zoo import catalogue
from zoo.cli import names, output
from zoo.cli.show import score as score_of
from zoo.errors import ConfigError

# Metrics of which less is better, in cards that do not say so.
_LOWER = ("perplexity", "nats", "bits", "error", "distance")


@click.command("list")
@click.argument("pattern", metavar="[GLOB]", required=False, shell_complete=names.parts("model"))
@click.option("--task", help="Models of this task.", shell_complete=names.parts("task"))
@click.option("--language", metavar="CODE", help="Models of this language, such as fr.")
@click.option("--source", metavar="CODE", help="Models that translate from this language.")
@click.option("--target", metavar="CODE", help="Models that translate into this language.")
@click.option(
    "--size",
    metavar="MIB",
    type=click.FloatRange(min=0, min_open=True),
    help="Models of at most so many MiB.",
)
@click.option(
    "--score",
    metavar="VALUE",
    type=float,
    help="Models whose first score is at least so good: perplexities and nats at most so high.",
)
@click.option(
    "--kind",
    type=click.Choice(list(catalogue.REGISTRIES)),
    default="model",
    show_default=True,
    help="What to list.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON: all that zoo show has of each.")
def command(pattern: str | None, kind: str, as_json: bool, **wanted: Any) -> None:
    """List released models, or with --kind the cells, tasks and other parts there are.

    Such as: zoo list "nmt-*" --source en --target fr; zoo list --kind cell. Piped, each line has
    the name first, and cells are separated by tabs.
    """
    given = [f"--{name}" for name, value in wanted.items() if value is not None]
    if kind == "model":
        _list_models(pattern, as_json, wanted, bool(given))
    elif given:
        raise ConfigError(f"{given[0]} chooses among models: leave out --kind, or {given[0]}.")
    else:
        known = catalogue.REGISTRIES[kind]
        chosen = set(known.names(pattern))
        entries = [entry for entry in known.entries() if entry.name in chosen]
        if as_json:
            output.as_json([entry.describe() for entry in entries])
            return
        rows = [
            (entry.name, entry.owner, entry.about.get("summary"), entry.about.get("paper"))
            for entry in entries
        ]
        output.table(("name", "from", "what", "paper"), rows)


def _list_models(
    pattern: str | None, as_json: bool, wanted: dict[str, Any], is_search: bool
) -> None:
    rows: list[tuple] = []
    found: list[dict[str, Any]] = []
    for name in catalogue.list_models(pattern, task=wanted["task"]):
        if len(catalogue.models.owners(name)) > 1:
            rows.append((name, "", "", "", "", f"of two owners: {catalogue.models.owners(name)}"))
            continue
        about = catalogue.describe(name, kind="model")
        if not _fits(about, wanted):
            continue
        found.append(about)
        scores = about.get("metrics")
        rows.append(
            (
                f"{name}@{about['revision']}",
                about["task"],
                ("/" if about.get("targets") else "-").join(about.get("languages", [])),
                output.size(about["bytes"]) if "bytes" in about else "",
                score_of(scores[0]) if scores else "",
                about.get("summary"),
            )
        )
    if as_json:
        output.as_json(found)
        return
    if not is_search:
        for name, distribution in catalogue.models.missing(pattern).items():
            rows.append((name, "", "", "", "", f"not installed: pip install {distribution}"))
    output.table(("model", "task", "languages", "size", "score", "what"), rows)


def _fits(about: dict[str, Any], wanted: dict[str, Any]) -> bool:
    """Whether a model is one of those that the options choose, --task left out."""
    languages, scores = about.get("languages", []), about.get("metrics", [])
    return (
        (wanted["language"] is None or wanted["language"] in languages)
        and _translates(about, wanted["source"], wanted["target"])
        and (wanted["size"] is None or about.get("bytes", 0) <= wanted["size"] * 2**20)
        and (wanted["score"] is None or any(_reaches(row, wanted["score"]) for row in scores[:1]))
    )


def _translates(about: dict[str, Any], source: str | None, target: str | None) -> bool:
    """Whether a model translates from one language into another; None stands for any."""
    if source is None and target is None:
        return True
    if catalogue.about_of(about["task"]).get("verb") != "translate":
        return False
    languages = about.get("languages", [])
    targets = about.get("targets")
    pairs = [tuple(languages)] if not targets else itertools.product(languages, targets)
    return any(
        len(pair) == 2
        and pair[0] != pair[1]
        and source in (None, pair[0])
        and target in (None, pair[1])
        for pair in pairs
    )


def _reaches(row: dict[str, Any], value: float) -> bool:
    """Whether a score is as good as a value, to the digits that are shown."""
    is_lower = "direction" not in row and any(word in row["metric"] for word in _LOWER)
    shown = round(row["value"], row.get("digits", 2))
    return shown <= value if is_lower or row.get("direction") == "lower" else shown >= value
