"""The parts of the page, one a thing that can be done, as the registered tasks say it."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from zoo import catalogue, hub, keras_file, saving
from zoo.errors import ConfigError, ZooError

# The kind of an `Input` -> the widget that gives such items.
WIDGETS = {
    "text": "text",
    "image": "image",
    "audio": "sound",
    "series": "table",
    "music": "music",
    "frames": "file",
    "skeleton": "file",
    "track": "table",
}
_OTHERS = ("drawing",)  # which a task asks for by name
_INPUTS = ("input", "tokenizer", "source_tokenizer")  # what files call a model's input


@dataclasses.dataclass(frozen=True)
class Part:
    """What one part of the page is for.

    Attributes:
        title: of the part.
        kind: of the items, that of their `Input`.
        widget: by which they are given, a key of `zoo.demo.widgets.WIDGETS`.
        models: name of each model -> what is known of it: `task`, `summary`, `targets`.
        asks: name of each model -> what it is asked: `verb` or `picture`, `settings`, `live`.
        examples: texts to begin with.
        first: names of the models to begin with.
    """

    title: str
    kind: str
    widget: str
    models: dict[str, dict[str, Any]] = dataclasses.field(default_factory=dict)
    asks: dict[str, list[dict[str, Any]]] = dataclasses.field(default_factory=dict)
    examples: list[str] = dataclasses.field(default_factory=list)
    first: list[str] = dataclasses.field(default_factory=list)

    @property
    def targets(self) -> list[str]:
        """The languages that its models can be told to write."""
        return sorted({one for about in self.models.values() for one in about.get("targets") or ()})

    @property
    def chosen(self) -> list[str]:
        """The models that are asked unless others are chosen: `first`, or one of each task."""
        if said := [name for name in self.first if name in self.models]:
            return said
        found: dict[str, str] = {}
        for name, about in self.models.items():
            found.setdefault(about["task"], name)
        return list(found.values())

    @property
    def is_live(self) -> bool:
        """Whether something of it is asked while one types."""
        return any(ask.get("live") for asks in self.asks.values() for ask in asks)


def parts_of(names: Sequence[str] = ()) -> tuple[list[Part], dict[str, str]]:
    """The parts of the page.

    A task, or its topology, may register `demo={...}`: `title` (models of tasks with one title and
    one kind of items share a part, so that they can be compared), `asks`, a list of what a model is
    asked about an item, `examples`, `widget`, and `first`, the models to begin with. Each ask has a
    `verb`, or a `picture` (a registered kind), and may have `settings`, its keyword arguments, and
    `live=True`, where the answer is quick enough to be given while one types. A task that says
    nothing gets a part of its own, where its verb is asked.

    Args:
        names: of released models, or paths of .keras files. None of them: all that are installed.

    Returns:
        The parts, in the order of the tasks, and the models that have none, each with the reason.

    Raises:
        UnknownNameError, MissingFileError, DamagedFileError: for a name that is given.
    """
    parts: dict[tuple[str, str, str], Part] = {}
    left_out: dict[str, str] = {}
    for name, about in _models(names, left_out):
        try:
            task = catalogue.about_of(about["task"])
            kind = kind_of(about["path"]) or task.get("reads") or "text"
        except ZooError as error:
            if names:
                raise
            left_out[name] = str(error)
            continue
        said = task.get("demo") or {}
        widget = said.get("widget") or WIDGETS.get(kind)
        if widget not in {*WIDGETS.values(), *_OTHERS}:
            left_out[name] = f"it reads {kind}, for which this page has no widget."
            continue
        verb = task.get("verb") or "call"
        title = said.get("title") or verb.capitalize()
        part = parts.setdefault((title, kind, widget), Part(title, kind, widget))
        part.models[name] = about
        part.asks[name] = [{"verb": verb, **ask} for ask in said.get("asks") or [{}]]
        for key, own in (("examples", part.examples), ("first", part.first)):
            own.extend(one for one in said.get(key, ()) if one not in own)
    found = _in_order(parts.values())
    if not found:
        raise ConfigError(
            "There is no model to show: install one, such as with pip install "
            "./plugins/zoo-models-text, or name the path of a .keras file."
        )
    return found, left_out


def _models(names: Sequence[str], left_out: dict[str, str]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name in names or catalogue.list_models():
        if saving.is_path(name):
            yield Path(name).name, _about_file(Path(name))
            continue
        try:
            about = dict(catalogue.describe(name, kind="model"))
            # Only what is asked for by its name is downloaded.
            path = hub.on_this_machine(name) if not names else saving.locate(name)
        except ZooError as error:
            if names:
                raise
            left_out[name] = str(error)
            continue
        if path is None:
            left_out[name] = f"its file is not on this machine: zoo demo {name} downloads it."
            continue
        yield name, {**about, "path": path}


def _about_file(path: Path) -> dict[str, Any]:
    path = saving.locate(path)
    task = saving.read_origin(path).get("task")
    if task is None:
        raise ConfigError(f"{path} does not say which task it is for: build it by zoo.build.")
    return {"task": task, "path": path, "summary": catalogue.tasks.entry(task).about.get("summary")}


def kind_of(path: str | os.PathLike) -> str | None:
    """The kind of items that a model's file says it reads; None where it is no input of the zoo."""
    from zoo import inputs

    _, config = keras_file.read_json(Path(path))
    settings = config.get("config", {}) if isinstance(config, Mapping) else {}
    for key in _INPUTS:
        said = settings.get(key)
        if isinstance(said, Mapping) and said.get("class_name"):
            is_ours = str(said.get("registered_name")).startswith("zoo>")
            found = getattr(inputs, said["class_name"], None) if is_ours else None
            return getattr(found, "kind", None)
    return None


def _in_order(parts: Iterable[Part]) -> list[Part]:
    """Parts by the kind of their items, and of one kind those of many models first."""
    kinds = list(WIDGETS)

    def place(part: Part) -> tuple[int, int, str]:
        return [*kinds, part.kind].index(part.kind), -len(part.models), part.title

    return sorted(parts, key=place)
