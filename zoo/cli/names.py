"""What a shell completes: names of models, tasks, cells and whatever else is registered."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import click
from click.shell_completion import CompletionItem

from zoo import catalogue

Complete = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]


def models(verb: str | None = None) -> Complete:
    """Completes names of released models, or of those with a verb, and of files."""

    def complete(_: click.Context, __: click.Parameter, begun: str) -> list[CompletionItem]:
        names = (
            name
            for name in catalogue.models.names()
            if verb is None or catalogue.about_of(_task_of(name)).get("verb") == verb
        )
        # A shell takes files where no name fits; what says so comes first.
        return [CompletionItem(begun, type="file"), *_beginning(names, begun)]

    return complete


def parts(kind: str) -> Complete:
    """Completes names that are registered as parts of a kind."""

    def complete(_: click.Context, __: click.Parameter, begun: str) -> list[CompletionItem]:
        return _beginning(_names(kind), begun)

    return complete


def anything(_: click.Context, __: click.Parameter, begun: str) -> list[CompletionItem]:
    """Completes whatever is registered, and files."""
    names = (name for kind in catalogue.REGISTRIES for name in _names(kind))
    return [CompletionItem(begun, type="file"), *_beginning(names, begun)]


def many_parts(kind: str) -> Complete:
    """Completes the last of several names with commas between them."""

    def complete(_: click.Context, __: click.Parameter, begun: str) -> list[CompletionItem]:
        before, comma, _last = begun.rpartition(",")
        given = before.split(",")
        names = (f"{before}{comma}{name}" for name in _names(kind) if name not in given)
        return _beginning(names, begun)

    return complete


def _names(kind: str) -> list[str]:
    return catalogue.REGISTRIES[kind].names()


def _task_of(model: str) -> str:
    return catalogue.models.entry(model).about["task"]


def _beginning(names: Iterable[str], begun: str) -> list[CompletionItem]:
    return [CompletionItem(name) for name in sorted(set(names)) if name.startswith(begun)]
