"""Finding plugins, loading each on its own, and saying what came of it.

A plugin is an entry point of the group `zoo` (see `zoo.hookspecs`). Each is imported and asked in a
`try` of its own, and what it registers is taken over only when all of it worked: a broken plugin is
reported, and everything else goes on. `ZOO_PLUGINS` (names, separated by commas; empty for none)
allows only those, `ZOO_BLOCK_PLUGINS` blocks some; a name is that of the distribution or of the
entry point.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import importlib.metadata
import os
import re
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pluggy

from zoo import hookspecs
from zoo.errors import ConfigError, PluginError, PluginWarning
from zoo.registry import Entry, Owner, Registry, suggestion
from zoo.version import __version__

GROUP = "zoo"

# The plugins that come from where the zoo comes from: messages may say how to install these.
OWN_DISTRIBUTIONS = (
    "zoo-area-attention",
    "zoo-indrnn",
    "zoo-models-motion",
    "zoo-models-numbers",
    "zoo-models-sound",
    "zoo-models-text",
    "zoo-models-vision",
    "zoo-mogrifier",
    "zoo-sru",
    "zoo-ud",
)

_REGISTER_HOOKS = {
    "register_cells": "cell",
    "register_attentions": "attention",
    "register_datasets": "dataset",
    "register_topologies": "topology",
    "register_tasks": "task",
    "register_searches": "search",
    "register_rules": "rule",
    "register_models": "model",
    "register_exporters": "exporter",
    "register_pictures": "picture",
}
HOOKS = (*_REGISTER_HOOKS, "register_commands", "resolve_artifact")


@dataclasses.dataclass
class Plugin:
    """One plugin and what came of it.

    Args:
        name: the name of its entry point.
        owner: its distribution.
        status: `"loaded"`, `"blocked"` or `"failed"`.
        reason: why it is blocked or failed.
        hooks: the hooks it implements.
        entries: what it registered, each as `"kind name"`.
        seconds: how long importing and asking it took.
        heavy: which of Keras and TensorFlow were imported meanwhile, which takes seconds.
    """

    name: str
    owner: Owner
    status: str = "loaded"
    reason: str = ""
    hooks: list[str] = dataclasses.field(default_factory=list)
    entries: list[str] = dataclasses.field(default_factory=list)
    seconds: float = 0.0
    heavy: list[str] = dataclasses.field(default_factory=list)

    def describe(self) -> dict[str, Any]:
        """Returns this as plain data."""
        plain = dataclasses.asdict(self)
        del plain["name"], plain["owner"], plain["heavy"]
        owner = {"distribution": self.owner.name, "version": self.owner.version}
        return {"plugin": self.name, **owner, **plain}


class PluginHost:
    """The plugins of one process, and the registries that they fill.

    Args:
        registries: kind -> registry.
        own: the zoo's own distribution and the module of its parts, which come first.
    """

    def __init__(self, registries: dict[str, Registry], own: tuple[Owner, Any]) -> None:
        self._registries = registries
        self._own = own
        self._manager = pluggy.PluginManager("zoo")
        self._manager.add_hookspecs(hookspecs)
        self._plugins: list[Plugin] = []
        self._modules: list[tuple[Plugin, Any]] = []
        self._lock = threading.RLock()
        self._loaded = False

    def load(self) -> list[Plugin]:
        """Loads the zoo's own parts and every allowed plugin, once; return what came of each."""
        with self._lock:
            if not self._loaded:
                self._loaded = True  # at once: a plugin may use a registry while it is imported
                self._load_all()
            return list(self._plugins)

    def _load_all(self) -> None:
        owner, builtins = self._own
        own = self._add(Plugin("builtins", owner), lambda: builtins)
        if own.status == "failed":
            raise PluginError(f"The zoo's own parts cannot be loaded: {own.reason}")
        for plugin, import_it in _found():
            blocked = _why_blocked(plugin)
            if blocked:
                plugin.status, plugin.reason = "blocked", blocked
                self._plugins.append(plugin)
            else:
                self._add(plugin, import_it)

    def _add(self, plugin: Plugin, import_it: Callable[[], Any]) -> Plugin:
        """Imports one plugin and take over what it registers, all of it or nothing."""
        self._plugins.append(plugin)
        before = _heavy_modules()
        start = time.perf_counter()
        module, entries = None, []
        with _isolated(plugin):
            module = import_it()
            self._register(plugin, module)
            entries = self._ask(plugin, module)
        plugin.seconds = time.perf_counter() - start
        plugin.heavy = sorted(_heavy_modules() - before)
        if plugin.status == "loaded":
            for entry in entries:
                self._registries[entry.kind].add(entry)
                plugin.entries.append(f"{entry.kind} {entry.name}")
            self._modules.append((plugin, module))
        elif self._manager.is_registered(module):
            self._manager.unregister(module)
        return plugin

    def _register(self, plugin: Plugin, module: Any) -> None:
        """Checks the names and signatures of a plugin's hooks, and let pluggy have them."""
        wanted = getattr(module, "ZOO_HOOKS", hookspecs.VERSION)
        if wanted > hookspecs.VERSION:
            raise ConfigError(
                f"it wants version {wanted} of the hooks, and zoo {__version__} has version "
                f"{hookspecs.VERSION}: update sequence-zoo."
            )
        marked = [name for name in dir(module) if self._manager.parse_hookimpl_opts(module, name)]
        for name in marked:
            if name not in HOOKS:
                raise ConfigError(
                    f"{name!r} is not a hook of zoo {__version__}{suggestion(name, HOOKS)}"
                )
        if not marked:
            raise ConfigError("it has no function marked @zoo.hookimpl.")
        plugin.hooks = marked
        self._manager.register(module, name=f"{plugin.owner.name}:{plugin.name}")

    def _ask(self, plugin: Plugin, module: Any) -> list[Entry]:
        """Calls the `register_...` hooks of one plugin and return its entries."""
        entries: dict[tuple, Entry] = {}

        def add(kind: str, name: str, target: str | None = None, **about: Any) -> None:
            entry = Entry(kind, name, target, plugin.owner, about)
            key = (kind, name, about.get("revision"))
            if key in entries:
                raise ConfigError(f"it registers {kind} {name!r} twice.")
            entries[key] = entry

        for hook, kind in _REGISTER_HOOKS.items():
            self._hook(hook, module)(register=functools.partial(add, kind))
        return list(entries.values())

    def _hook(self, name: str, module: Any) -> Callable[..., Any]:
        """Returns the caller of one hook of one plugin."""
        others = [other for other in self._manager.get_plugins() if other is not module]
        return self._manager.subset_hook_caller(name, remove_plugins=others)

    def commands(self) -> dict[str, list[tuple[Owner, Any]]]:
        """Returns the commands that plugins add: name -> its owners and their `click` commands."""
        import click

        self.load()
        found: dict[str, list[tuple[Owner, Any]]] = {}
        for plugin, module in self._modules:
            group = click.Group()
            with _isolated(plugin):
                self._hook("register_commands", module)(cli=group)
                for name, command in group.commands.items():
                    found.setdefault(name, []).append((plugin.owner, command))
        return found

    def resolve_artifact(self, ref: str, about: dict[str, Any]) -> tuple[Plugin, Path] | None:
        """Asks the plugins for a released model's file; return who answered, and the path."""
        self.load()
        for plugin, module in self._modules:
            with _isolated(plugin):
                answer = self._hook("resolve_artifact", module)(ref=ref, about=dict(about))
                if answer is not None:
                    return plugin, Path(answer)
        return None


def _heavy_modules() -> set[str]:
    return {"keras", "tensorflow"} & sys.modules.keys()


@contextlib.contextmanager
def _isolated(plugin: Plugin) -> Iterator[None]:
    """Turns whatever a plugin raises into a note and a warning; keep its prints off stdout."""
    try:
        with contextlib.redirect_stdout(sys.stderr):
            yield
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # also SystemExit and GeneratorExit: nothing of it ends the zoo
        text = " ".join(str(error).split())
        if not isinstance(error, ConfigError):
            text = f"{type(error).__name__}: {text}"
        plugin.status, plugin.reason = "failed", text
        warnings.warn(
            f"plugin {plugin.owner} is left out: {plugin.reason} (see `zoo plugins`)",
            PluginWarning,
            stacklevel=4,
        )


def _found() -> list[tuple[Plugin, Callable[[], Any]]]:
    """Returns what is installed, sorted by distribution, each with the function that imports it."""
    found = []
    for point in importlib.metadata.entry_points(group=GROUP):
        owner = Owner(point.dist.name, point.dist.version) if point.dist else Owner("?", "")
        found.append((Plugin(point.name, owner), point.load))
    return sorted(found, key=lambda pair: (pair[0].owner.name, pair[0].name))


def _why_blocked(plugin: Plugin) -> str:
    names = {normal(plugin.name), normal(plugin.owner.name)}
    allowed, blocked = os.environ.get("ZOO_PLUGINS"), os.environ.get("ZOO_BLOCK_PLUGINS", "")
    if names & _names(blocked):
        return "named in ZOO_BLOCK_PLUGINS"
    if allowed is not None and not names & _names(allowed):
        return "not named in ZOO_PLUGINS"
    return ""


def _names(text: str) -> set[str]:
    return {normal(name) for name in text.split(",") if name.strip()}


def normal(name: str) -> str:
    """Returns the name of a distribution as it is compared: `My_Plugin` is `my-plugin`."""
    return re.sub(r"[-_.]+", "-", name.strip()).lower()
