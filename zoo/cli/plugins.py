"""`zoo plugins`: which plugins there are, what they add, and what is wrong with them."""

from __future__ import annotations

import click

from zoo import catalogue, plugins
from zoo.cli import output
from zoo.errors import PluginError, printable
from zoo.registry import suggestion

_SLOW = 0.5  # seconds; a module of hooks takes a few thousandths


@click.command("plugins")
@click.option("--check", is_flag=True, help="Import all that they register; exit 2 on any fault.")
@click.option("--hook", type=click.Choice(plugins.HOOKS), help="Only plugins with this hook.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(check: bool, hook: str | None, as_json: bool) -> None:
    """List plugins: distribution, version, status, import time, and what they add or why not."""
    found = [
        plugin
        for plugin in catalogue.load()
        if plugin.owner != catalogue.ZOO and (hook is None or hook in plugin.hooks)
    ]
    faults = [_conflict(kind, name, owners) for kind, name, owners in _conflicts()]
    if check:
        faults += _check() + [fault for plugin in found for fault in _start_up(plugin)]
    faults += [f"{plugin.owner}: {plugin.reason}" for plugin in found if plugin.status == "failed"]
    if as_json:
        output.as_json({"plugins": [plugin.describe() for plugin in found], "faults": faults})
    else:
        rows = [
            (
                plugin.owner.name,
                plugin.owner.version,
                plugin.status,
                f"{plugin.seconds * 1000:.0f} ms",
                plugin.reason or ", ".join(plugin.entries) or ", ".join(plugin.hooks),
            )
            for plugin in found
        ]
        header = ("distribution", "version", "status", "import", "adds")
        output.table(header, rows, needed=4, wraps=True, below=True)
        for fault in faults:
            click.echo(f"Fault: {printable(fault)}", err=True)
    if check and faults:
        raise PluginError(f"{len(faults)} fault{'s' * (len(faults) > 1)} in plugins.")


def _conflicts() -> list[tuple[str, str, list[str]]]:
    return [
        (kind, name, owners)
        for kind, names in catalogue.REGISTRIES.items()
        for name, owners in names.conflicts().items()
    ]


def _conflict(kind: str, name: str, owners: list[str]) -> str:
    return f"{kind} {name!r} is registered by {' and by '.join(owners)}."


def _check() -> list[str]:
    """Imports everything that plugins register, and return what fails."""
    from zoo.backend.quiet import import_keras

    import_keras()
    catalogue.commands()
    faults = []
    for names in catalogue.REGISTRIES.values():
        for entry in names.entries():
            if entry.owner != catalogue.ZOO and entry.target is not None:
                try:
                    entry.load()
                except PluginError as error:
                    faults.append(str(error))
            if entry.owner != catalogue.ZOO and entry.kind == "model":
                task = entry.about["task"]
                if task not in catalogue.tasks:
                    hint = suggestion(task, catalogue.tasks.names())
                    faults.append(
                        f"Model {entry.name!r} of {entry.owner} is of the task {task!r}, which "
                        f"nobody registered{hint}"
                    )
    return faults


def _start_up(plugin: plugins.Plugin) -> list[str]:
    """Returns why a plugin makes every command slow, if it does."""
    if plugin.heavy:
        return [
            f"{plugin.owner} imports {' and '.join(plugin.heavy)} when its hooks are read, which "
            "every command waits for: register strings, and import it in the modules they name."
        ]
    if plugin.seconds > _SLOW:
        return [
            f"{plugin.owner} takes {plugin.seconds * 1000:.0f} ms to import, which every command "
            f"waits for: stay below {_SLOW * 1000:.0f} ms."
        ]
    return []
