"""The commands of models that decode, `zoo translate` and `zoo caption`: items in, text out."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from zoo.cli import names, output
from zoo.cli.options import file_option, json_option
from zoo.cli.serving import (
    MOST_CHARACTERS,
    answers_of,
    input_of,
    load_with_verb,
    require_decodable,
)
from zoo.cli.verbs.searching import SearchChoice, search_options
from zoo.cli.whole_text import text_of_file, text_of_standard_input
from zoo.errors import ConfigError


def decoding_command(
    verb: str,
    outputs: str,
    help: str,
    picture: Callable[[Any, list[Any], Path], None] | None = None,
    has_targets: bool = False,
    reads_files: str = "",
) -> click.Command:
    """Makes the command of a verb.

    Args:
        verb: its name, and the method of the model that it calls.
        outputs: what the outputs of an item are called in JSON, such as "translations".
        help: what `--help` says.
        picture: draws where the model looked for each token: `(model, items, path)`. With it the
            command has `--attention FILE`.
        has_targets: whether a model may write several languages. The command has `--target CODE`.
        reads_files: what a file is that is named as an item and read as one text, such as "an
            e-mail", as "-" is of all of standard input. Empty: items are texts, "-" are its lines.
    """

    @click.command(verb, help=help)
    @click.argument("name", shell_complete=names.models(verb))
    @click.argument("items", metavar="[ITEM]...", nargs=-1)
    @file_option
    @search_options
    @click.option("--prefix", help="What every output must begin with.")
    @click.option("--stream", is_flag=True, help="Show each output while it is decoded.")
    @json_option("item")
    def command(
        name: str,
        items: tuple[str, ...],
        file: Path | None,
        prefix: str | None,
        stream: bool,
        as_json: bool,
        attention: Path | None = None,
        target: str | None = None,
        **options: Any,
    ) -> None:
        choice = SearchChoice.of(options, stream)
        if stream and as_json:
            raise ConfigError("--stream prints text while it is decoded, which --json cannot hold.")
        if attention is not None:
            output.require_picture(attention)
        if reads_files:
            items = tuple(_read_whole(one, reads_files) for one in items)
        model = _toward(load_with_verb(name, verb, items, file), target)
        settings = {**choice.arguments(), **({"prefix": prefix} if prefix else {})}
        answer = _Answer(model, verb, choice, settings, as_json, stream)
        shown = []
        for number, (given, found) in enumerate(answers_of(model, items, answer, file), 1):
            if not stream:
                _print(number, {_source_of(model): given}, outputs, found, choice.n, as_json)
            if found is not None:
                shown.append(given)
            if attention is not None and number == len(items) and picture is not None:
                picture(model, [input_of(model).read(one) for one in shown], attention)

    if has_targets:
        command = click.option(
            "--target", metavar="CODE", help="The language to write, of a model of several."
        )(command)
    if picture is not None:
        option = click.option(
            "--attention",
            metavar="FILE.png",
            type=click.Path(dir_okay=False, path_type=Path),
            help="Draw where the model looked for each word.",
        )
        return option(command)
    return command


def _read_whole(item: str, what: str) -> str:
    """An item, or the beginning of the text in the file that it names."""
    if item == "-":
        item = text_of_standard_input()
    elif os.path.isfile(item):
        item = text_of_file(Path(item), what)
    return item[:MOST_CHARACTERS]


def _toward(model: Any, target: str | None) -> Any:
    """The model, or that which writes one of its languages."""
    targets = getattr(model, "targets", ())
    if targets and target not in targets:
        asked = "is not told which" if target is None else f"{target!r} is none of them"
        raise ConfigError(
            f"This model translates into {', '.join(targets)}, and {asked}: give it --target "
            f"{targets[0]} or another of them."
        )
    if hasattr(model, "toward"):
        return model.toward(target)
    if target is not None:
        raise ConfigError(
            f"A {type(model).__name__} has no languages to choose from: leave out --target."
        )
    return model


def _source_of(model: Any) -> str:
    return "source" if input_of(model).kind == "text" else input_of(model).kind


class _Answer:
    """Answers batches of items by one search, counting those that were answered before."""

    def __init__(self, model, verb, choice, settings, as_json, stream):
        self.model, self.verb, self.choice = model, getattr(model, verb), choice
        self.settings, self.scores, self.stream = settings, as_json or choice.n > 1, stream
        self.done = 0

    def __call__(self, items: Sequence[Any]) -> list[list[dict[str, Any]]]:
        """Returns for each item its outputs, best first; none for a text that is blank."""
        require_decodable(items)
        if self.stream:
            return [self._streamed(item) for item in items]
        wanted = [item for item in items if not _is_blank(item)]
        settings = dict(self.settings)
        if "search" in settings and self.choice.kind == "sample":
            settings["search"] = settings["search"].from_place(self.done)
        # A model gives scores with more than one output, or with the attention.
        more = {"return_attention": True} if self.scores and self.choice.n == 1 else {}
        answers = iter(self.verb(wanted, **settings, **more) if wanted else ())
        found = [[] if _is_blank(item) else _plain(next(answers)) for item in items]
        self.done += len(wanted)
        return found

    def _streamed(self, item: Any) -> list:
        """Prints one item's output piece by piece, as it comes."""
        if not _is_blank(item):
            for piece in self.verb(item, stream=True, **self.settings):
                output.line(piece.replace("\n", " "), end=False)
        click.echo()
        return []


def _is_blank(item: Any) -> bool:
    return isinstance(item, str) and not item.strip()


def _plain(answer: Any) -> list[dict[str, Any]]:
    """Returns what a model gives for one item as plain data, each text on one line."""
    if isinstance(answer, str):
        return [{"text": " ".join(answer.splitlines())}]
    found = answer if isinstance(answer, list) else [answer]
    return [{"text": " ".join(one.text.splitlines()), "score": float(one.score)} for one in found]


def _print(
    number: int, source: dict, outputs: str, found: list[dict] | None, n: int, as_json: bool
) -> None:
    if as_json:
        output.json_line({**source, outputs: found or []})
    elif n == 1:
        output.line(found[0]["text"] if found else "")
    else:
        for one in found or ():
            output.line(f"{number}\t{one['score']:.4f}\t{one['text']}")


translate = decoding_command(
    "translate",
    "translations",
    """Translate each ITEM, a text, or each line of standard input.

    NAME is a released model or the path of a .keras file. Without ITEM, or with "-", one line in
    gives one line out, in order, and an empty line stays empty.
    """,
    has_targets=True,
)
