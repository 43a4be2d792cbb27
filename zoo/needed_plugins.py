"""The plugins that a `.keras` file needs: which it names, whether they are here, and their modules.

A file comes from anywhere, so what it says is checked before it is printed or looked up, and what
is imported is what installed plugins registered, never what the file names.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from zoo import catalogue, plugins
from zoo.catalogue import REGISTRIES
from zoo.errors import PluginError
from zoo.registry import Entry, Owner

# How the name of a distribution (PEP 508) and a version (PEP 440) may look.
_DISTRIBUTION = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,98}[A-Za-z0-9])?")
_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9.!+_-]{0,98}")
# Kinds of which nothing is part of a model's file.
_OUTSIDE = ("model", "dataset", "exporter", "picture")


def is_origin(origin: Any) -> bool:
    """Returns whether `zoo.json` can be trusted as far as it is printed and looked up."""
    if not isinstance(origin, dict):
        return False
    task, needed = origin.get("task"), origin.get("plugins", [])
    return (
        isinstance(origin.get("format", 1), int)
        and _is_match(_VERSION, origin.get("zoo", "0"))
        and (task is None or isinstance(task, str))
        and isinstance(needed, list)
        and all(isinstance(plugin, dict) for plugin in needed)
        and all(_is_match(_DISTRIBUTION, plugin.get("name")) for plugin in needed)
        and all(_is_match(_VERSION, plugin.get("version")) for plugin in needed)
    )


def _is_match(pattern: re.Pattern, value: Any) -> bool:
    return isinstance(value, str) and bool(pattern.fullmatch(value))


def require(path: Path, origin: dict[str, Any]) -> None:
    """Raises a `PluginError` unless the plugins that `zoo.json` names are installed and work."""
    present = {plugins.normal(plugin.owner.name): plugin for plugin in catalogue.load()}
    for needed in origin.get("plugins", []):
        name, version = needed["name"], needed["version"]
        plugin = present.get(plugins.normal(name))
        if plugin is None:
            # A file may name anything, also what a stranger has put on an index: no command then.
            how = f"run `pip install {name}`"
            if plugins.normal(name) not in plugins.OWN_DISTRIBUTIONS:
                how = "ask whoever made the file where it comes from, and install it from there"
            raise PluginError(
                f"{path} needs the plugin {name!r} (saved with {version}), which is not "
                f"installed: {how}."
            )
        if plugin.status != "loaded":
            raise PluginError(
                f"{path} needs the plugin {name!r} (saved with {version}), which is "
                f"{plugin.status}: {plugin.reason}"
            )


def import_modules(origin: dict[str, Any], config: dict[str, Any]) -> list[str]:
    """Imports what the plugins of a file registered, so that Keras knows their classes.

    Which plugins these are is said by `zoo.json` and by the packages of the config's classes. What
    is imported is said by the plugins alone: never a module that only the file names.

    Returns:
        One sentence for each module that cannot be imported: perhaps the file can do without.
    """
    named = {plugins.normal(plugin["name"]) for plugin in origin.get("plugins", [])}
    nodes = list(nodes_of(config))
    classes = {name for node in nodes if isinstance(name := node.get("class_name"), str)}
    packages = {
        name.partition(mark)[0]
        for node in nodes
        for key, mark in (("module", "."), ("registered_name", ">"))
        if isinstance(name := node.get(key), str)
    }
    owners = packages_of_plugins()
    used = {owners[package] for package in packages if package in owners}
    failed: dict[str, str] = {}
    for entry in entries_of_plugins():
        if (
            entry.owner in used
            or plugins.normal(entry.owner.name) in named
            or entry.attribute in classes
        ):
            for module in entry.modules:
                try:
                    importlib.import_module(module)
                except Exception as error:
                    failed[module] = f"{module} of {entry.owner} cannot be imported: {error!r}"
    return [failed[module] for module in sorted(failed)]


def entries_of_plugins() -> list[Entry]:
    """Returns what plugins, and not the zoo itself, registered that may be part of a model."""
    return [
        entry
        for kind, names in REGISTRIES.items()
        if kind not in _OUTSIDE
        for entry in names.entries()
        if entry.owner != catalogue.ZOO
    ]


def packages_of_plugins() -> dict[str, Owner]:
    """Returns the top-level packages of plugins, those of all that they registered, and whose."""
    owners = {}
    for names in REGISTRIES.values():
        for entry in names.entries():
            if entry.owner != catalogue.ZOO:
                owners.update({module.partition(".")[0]: entry.owner for module in entry.modules})
    owners.pop("zoo", None)  # a plugin may name classes of the zoo as its own task's
    owners.pop("keras", None)
    return owners


def nodes_of(config: Any) -> Iterator[dict[str, Any]]:
    """Yields every dict of a nested config, parents first."""
    if isinstance(config, dict):
        yield config
        config = list(config.values())
    if isinstance(config, list):
        for child in config:
            yield from nodes_of(child)
