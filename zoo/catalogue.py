"""The registries and the plugin host of this process, and what may be asked of them.

`zoo.registry` and `zoo.plugins` define what these are; here they are made, once, and filled on
their first use.
"""

from __future__ import annotations

from typing import Any

from zoo import builtins
from zoo.checked import checked
from zoo.errors import ConfigError, UnknownNameError
from zoo.plugins import PluginHost
from zoo.registry import ModelRegistry, Owner, Registry, suggestion
from zoo.released import ELSEWHERE
from zoo.version import __version__

ZOO = Owner("sequence-zoo", __version__)


def _fill() -> None:
    load()


cells = Registry("cell", _fill)
attentions = Registry("attention", _fill)
datasets = Registry("dataset", _fill)
tasks = Registry("task", _fill)
topologies = Registry("topology", _fill)
searches = Registry("search", _fill)
rules = Registry("rule", _fill)
models = ModelRegistry("model", _fill, ELSEWHERE)
exporters = Registry("exporter", _fill)
pictures = Registry("picture", _fill)
REGISTRIES = {
    registry.kind: registry
    for registry in (
        models,
        tasks,
        topologies,
        cells,
        attentions,
        searches,
        rules,
        datasets,
        exporters,
        pictures,
    )
}

_host = PluginHost(REGISTRIES, own=(ZOO, builtins))
load = _host.load
commands = _host.commands
resolve_artifact = _host.resolve_artifact


@checked()
def list_models(pattern: str | None = None, *, task: str | None = None) -> list[str]:
    """Returns the names of the released models.

    Args:
        pattern: a glob such as `"nmt-*"`; `None` for all.
        task: only models of this task.

    Returns:
        Sorted names, each of which `zoo.load` takes.

    Raises:
        UnknownNameError: if there is no such task.
    """
    names = models.names(pattern)
    if task is None:
        return names
    tasks.entry(task)
    return [
        name for name in names if any(e.about.get("task") == task for e in models._entries[name])
    ]


@checked()
def list_tasks(pattern: str | None = None) -> list[str]:
    """Returns the names of the tasks that `zoo.build` takes; with `pattern`, those that match."""
    return tasks.names(pattern)


@checked()
def list_cells(pattern: str | None = None) -> list[str]:
    """Returns the names of the recurrent cells; with `pattern`, those that match the glob.

    >>> "gru" in list_cells()
    True
    """
    return cells.names(pattern)


@checked()
def list_attentions(pattern: str | None = None) -> list[str]:
    """Returns the names of the attentions; with `pattern`, those that match the glob."""
    return attentions.names(pattern)


@checked()
def list_datasets(pattern: str | None = None) -> list[str]:
    """Returns the names of the data sets; with `pattern`, those that match the glob."""
    return datasets.names(pattern)


def about_of(task: str) -> dict[str, Any]:
    """Returns what is said of a task: by itself, and for the rest by its topology.

    Args:
        task: a registered task.

    Returns:
        Plain data: `verb`, `class`, `evaluator`, `experiment`, `sample`, `command`, `topology`,
        `reads` and whatever else one of the two says.

    Raises:
        UnknownNameError: if there is no such task.
    """
    about = tasks.entry(task).about
    name = about.get("topology")
    if not isinstance(name, str) or name not in topologies:
        return dict(about)
    topology = topologies.entry(name)
    shared = {key: value for key, value in topology.about.items() if key != "summary"}
    return {"class": topology.target, **shared, **about}


@checked()
def describe(name: str, *, kind: str | None = None) -> dict[str, Any]:
    """Returns what is known of a model, task, cell, attention, data set or exporter.

    Args:
        name: a registered name, or `"model@revision"`.
        kind: a key of `REGISTRIES`, such as `"model"`, `"task"` or `"cell"`; needed
            only where one name stands for two kinds of thing.

    Returns:
        Plain data: `kind`, `name`, `owner` and whatever its owner said of it.

    Raises:
        UnknownNameError: if nothing has that name.
        ConfigError: if things of two kinds have it and `kind` is not given.

    >>> describe("gru")["kind"]
    'cell'
    """
    if kind is not None:
        if kind not in REGISTRIES:
            raise ConfigError(f"There is no kind {kind!r}{suggestion(kind, REGISTRIES)}")
        return _described(REGISTRIES[kind], name)
    base = name.partition("@")[0]
    found = [registry for registry in REGISTRIES.values() if base in registry]
    if not found:
        known = {known for registry in REGISTRIES.values() for known in registry.names()}
        raise UnknownNameError(f"Nothing is named {name!r}{suggestion(name, known)}")
    if len(found) > 1:  # pictures may be named after what they show
        found = [registry for registry in found if registry is not pictures]
    if len(found) > 1:
        kinds = " and a ".join(registry.kind for registry in found)
        raise ConfigError(f"{name!r} is a {kinds}: say which with kind=.")
    return _described(found[0], name)


def _described(registry: Registry, name: str) -> dict[str, Any]:
    about = registry.entry(name).describe()
    return {**about_of(name), **about} if registry is tasks else about
