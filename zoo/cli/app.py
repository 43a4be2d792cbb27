"""The `zoo` command itself: its subcommands, those of plugins, and how errors are shown."""

from __future__ import annotations

import importlib
import os
import sys
import warnings
from typing import NoReturn

import click

from zoo.cli import interrupts
from zoo.errors import (
    DuplicateNameError,
    Interrupted,
    LostWorkerError,
    PluginWarning,
    ZooError,
    printable,
)
from zoo.registry import suggestion
from zoo.version import __version__

# Where the general commands are: a module is imported when its command is asked for.
GENERAL = {
    "list": "zoo.cli.list_models:command",
    "show": "zoo.cli.show:command",
    "score": "zoo.cli.verbs.score:command",
    "surprise": "zoo.cli.verbs.surprise:command",
    "train": "zoo.cli.train:command",
    "launch": "zoo.cli.launch:command",
    "evaluate": "zoo.cli.evaluate:command",
    "compare": "zoo.cli.compare:command",
    "export": "zoo.cli.export:command",
    "picture": "zoo.cli.picture:command",
    "demo": "zoo.cli.demo:command",
    "cards": "zoo.cli.cards:command",
    "released": "zoo.cli.released:command",
    "settings": "zoo.cli.settings:command",
    "plugins": "zoo.cli.plugins:command",
    "new-plugin": "zoo.cli.new_plugin:command",
}


class Commands(click.Group):
    """General commands, the verbs of topologies and tasks, and the commands of plugins.

    Plugins are asked for their commands only for help and for what is neither of the others.
    """

    def list_commands(self, context: click.Context) -> list[str]:
        """Returns the names of all commands, those that a single plugin adds included."""
        single = (name for name, found in _of_plugins().items() if not found[1:])
        return sorted({*GENERAL, *_verbs(), *single})

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """Returns a general command, a verb, or a command of a plugin."""
        if name in GENERAL:
            return _imported(GENERAL[name])
        verbs = _verbs()
        if name in verbs:
            return _command_of(name, verbs[name])
        found = _of_plugins().get(name, [])
        if len(found) > 1:
            owners = " and by ".join(str(owner) for owner, _ in found)
            raise DuplicateNameError(
                f"The command {name!r} is added by {owners}: uninstall one of them, or name one in "
                "ZOO_BLOCK_PLUGINS."
            )
        return found[0][1] if found else None

    def get_help(self, context: click.Context) -> str:
        """Returns the help, in which plugins describe their commands."""
        return printable(super().get_help(context))

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes what each command is for, on as many lines as it takes: click would cut it."""
        found = ((name, self.get_command(context, name)) for name in self.list_commands(context))
        rows = [
            (name, command.get_short_help_str(limit=1000))
            for name, command in found
            if command is not None and not command.hidden
        ]
        with formatter.section("Commands"):
            formatter.write_dl(rows)

    def resolve_command(self, context: click.Context, arguments: list[str]):
        """Finds the command, and offers close matches for one that does not exist."""
        name = arguments[0]
        if not name.startswith("-") and self.get_command(context, name) is None:
            hint = suggestion(name, self.list_commands(context))
            raise click.UsageError(f"There is no command {name!r}{hint}", context)
        return super().resolve_command(context, arguments)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="zoo")
def cli() -> None:
    """A zoo of sequence models: trained, and loadable by name."""


def main() -> None:
    """Runs the `zoo` command, and exit.

    A user's mistake is one sentence on stderr and exit code 2, without a traceback.
    """
    _show_only_our_warnings()
    try:
        code = cli(prog_name="zoo", standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        sys.exit(error.exit_code)
    except click.ClickException as error:
        _fail(error.format_message())
    except (click.Abort, KeyboardInterrupt):
        sys.exit(interrupts.CODE)
    except BrokenPipeError:
        # Whoever read our output went away, which is no error. Python flushes stdout once more when
        # it exits: let it flush into nothing. The exit code is click's.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except (Interrupted, LostWorkerError) as error:
        click.echo(str(error), err=True)
        sys.exit(error.exit_code)
    except (ZooError, OSError) as error:
        _fail(str(error))
    sys.exit(code if isinstance(code, int) else 0)


def _fail(sentence: str) -> NoReturn:
    click.echo(f"Error: {printable(sentence)}", err=True)
    sys.exit(2)


def _verbs() -> dict[str, str | None]:
    """The verbs of topologies and tasks: name -> `"package.module:command"`, None for none."""
    from zoo import catalogue

    found: dict[str, str | None] = {}
    for registry in (catalogue.topologies, catalogue.tasks):
        for entry in registry.entries():
            verb, command = entry.about.get("verb"), entry.about.get("command")
            if isinstance(verb, str):
                found[verb] = found.get(verb) or command
    return found


def _command_of(verb: str, target: str | None) -> click.Command:
    if target is None:
        from zoo.cli.verbs.answer import answering_command

        return answering_command(verb)
    return _imported(target)


def _imported(target: str) -> click.Command:
    module, _, name = target.partition(":")
    return getattr(importlib.import_module(module), name)


def _of_plugins() -> dict:
    from zoo.catalogue import commands

    return commands()


def _show_only_our_warnings() -> None:
    """Prints warnings about plugins as a line, and none of others unless Python was told to."""
    if sys.warnoptions:
        return
    warnings.simplefilter("ignore")
    warnings.simplefilter("default", PluginWarning)
    warnings.showwarning = lambda message, *_: click.echo(
        f"Warning: {printable(str(message))}", err=True
    )
