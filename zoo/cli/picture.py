"""`zoo picture`: what a model does inside, drawn, and its numbers."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from zoo import catalogue
from zoo.backend.quiet import import_keras
from zoo.cli import lines, names, output
from zoo.cli.opening import opening
from zoo.cli.serving import input_of
from zoo.cli.settings import arguments_of
from zoo.errors import ConfigError, printable
from zoo.registry import suggestion


class Kinds(click.Group):
    """The registered kinds of pictures, each a command with options of its own."""

    def list_commands(self, context: click.Context) -> list[str]:
        """Returns the names of all kinds."""
        return catalogue.pictures.names()

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """Returns the command of a kind."""
        return _command_of(name) if name in catalogue.pictures else None

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes what each kind shows, without importing any."""
        entries = catalogue.pictures.entries()
        rows = [(entry.name, printable(str(entry.about.get("summary", "")))) for entry in entries]
        with formatter.section("Kinds"):
            formatter.write_dl(rows)

    def resolve_command(self, context: click.Context, arguments: list[str]):
        """Finds the kind, and offers close matches for one that does not exist."""
        name = arguments[0]
        if not name.startswith("-") and name not in catalogue.pictures:
            hint = suggestion(name, catalogue.pictures.names())
            raise click.UsageError(f"There is no kind of picture {name!r}{hint}", context)
        return super().resolve_command(context, arguments)


@click.group("picture", cls=Kinds, subcommand_metavar="KIND NAME... --out FILE")
def command() -> None:
    """Draw what a model does inside, as FILE.png or FILE.svg, and print its numbers.

    `zoo picture KIND --help` says what a KIND takes.
    """


def _command_of(kind: str) -> click.Command:
    """The command of a kind: its arguments are those of the function that measures."""
    with opening("Keras"):
        import_keras()
        picture = catalogue.pictures.get(kind)
    parameters: list[click.Parameter] = []
    if picture.reads == "names":
        parameters.append(click.Argument(["given"], metavar=picture.metavar, nargs=-1))
    else:
        parameters.append(click.Argument(["name"], shell_complete=names.models()))
    if picture.reads == "items":
        parameters.append(click.Argument(["given"], metavar=f"[{picture.metavar}]...", nargs=-1))
        parameters.append(
            click.Option(
                ["--file"],
                metavar="FILE",
                type=click.Path(exists=True, dir_okay=False, path_type=Path),
                help="The items are the lines of FILE.",
            )
        )
    parameters += _options(picture.measure)
    parameters += [
        click.Option(
            ["--out"],
            metavar="FILE",
            type=click.Path(dir_okay=False, path_type=Path),
            help="Where the picture goes; its ending says the format, .png, .svg or .pdf.",
        ),
        click.Option(["--json", "as_json"], is_flag=True, help="Print the numbers."),
    ]

    def run(
        name: str | None = None,
        given: Sequence[str] = (),
        file: Path | None = None,
        out: Path | None = None,
        as_json: bool = False,
        **settings: Any,
    ) -> None:
        if out is None and not as_json:
            raise ConfigError("Say where the picture goes, --out FILE.png, or ask for --json.")
        if out is not None:
            output.require_picture(out)
        arguments = _arguments(kind, picture, name, list(given), file)
        found = dict(picture.measure(*arguments, **settings))
        if name is not None:  # a model remembers its task's name, and not the one it is known by
            found["model"] = name
        if out is not None:
            picture.draw(found, out)
        if as_json:
            from zoo.diagnostics.picture import plain

            output.json_line(plain(found))

    text = inspect.getdoc(picture.measure) or ""
    return click.Command(kind, params=parameters, callback=run, help=text.split("\nArgs:")[0])


def _arguments(
    kind: str, picture: Any, name: str | None, given: list[str], file: Path | None
) -> list[Any]:
    """What the function that measures is called with."""
    if picture.reads == "names":
        if not given:
            raise ConfigError(f"Say of what: zoo picture {kind} {picture.metavar}.")
        return [given]
    if file is not None and given:
        raise ConfigError(f"Give items as arguments or as --file {file}, not as both.")
    import zoo
    from zoo import saving

    name = str(name)
    saving.locate(name)
    with opening(name):
        model = zoo.load(name)
    if picture.reads == "model":
        return [model]
    if file is not None:
        given = [line for line in lines.text_of(file).splitlines() if line.strip()]
    if not given and not _may_lack_items(picture.measure):
        raise ConfigError(f"Give {input_of(model).one} to look at, after {name}.")
    if not given:
        return [model]
    return [model, [input_of(model).read(one) for one in given]]


def _may_lack_items(measure: Callable[..., Any]) -> bool:
    """Whether the function has items of its own."""
    second = list(inspect.signature(measure).parameters.values())[1]
    return second.default is not second.empty


def _options(measure: Callable[..., Any]) -> list[click.Parameter]:
    """An option for each keyword argument of a function, its help from the docstring."""
    kinds, meanings = typing.get_type_hints(measure), arguments_of(measure)
    found: list[click.Parameter] = []
    for name, parameter in inspect.signature(measure).parameters.items():
        if parameter.kind is not parameter.KEYWORD_ONLY:
            continue
        hints = [kind for kind in typing.get_args(kinds[name]) if kind is not type(None)]
        kind = hints[0] if hints else kinds[name]
        option = f"--{name.replace('_', '-')}"
        how: dict[str, Any] = {"help": meanings.get(name), "default": parameter.default}
        if kind is bool:
            how["is_flag"] = True
        else:
            how |= {"type": kind, "show_default": parameter.default is not None}
        found.append(click.Option([option], **how))
    return found
