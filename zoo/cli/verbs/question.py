"""`zoo answer`: questions about a story in, an answer for each out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from zoo.cli import names, output
from zoo.cli.options import file_option, json_option
from zoo.cli.serving import answers_of, input_of, load_with_verb
from zoo.cli.whole_text import text_of_file
from zoo.errors import ConfigError


@click.command("answer")
@click.argument("name", shell_complete=names.models("answer"))
@click.argument("questions", metavar="[QUESTION]...", nargs=-1)
@click.option(
    "--context",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="The story, in UTF-8, for all questions.",
)
@file_option
@click.option("--read", "shows_read", is_flag=True, help="Show which sentences were read.")
@json_option("question")
def command(
    name: str,
    questions: tuple[str, ...],
    context: Path | None,
    file: Path | None,
    shows_read: bool,
    as_json: bool,
) -> None:
    """Answer each QUESTION about a story.

    NAME is a released model or the path of a .keras file. The story is in the file of --context, or
    stands behind each question. Without QUESTION, or with "-", the lines of standard input are
    asked. Each gives one line, in order: the answer and its probability, separated by a tab. With
    --read each sentence of the story follows, after how much of the question it replaced in each
    reading.
    """
    story = None if context is None else text_of_file(context, "a story")
    model = load_with_verb(name, "answer", questions, file)
    reader = input_of(model)

    def answer(items: list[Any]) -> list[Any]:
        return model.answer([_with_story(one, story) for one in items], return_attention=True)

    for given, found in answers_of(model, questions, answer, file):
        question, behind = reader.read(given)
        if as_json:
            output.json_answer({"question": question}, found)
        else:
            output.line("" if found is None else found.line())
        if found is None:
            continue
        if shows_read and not as_json:
            for line in found.lines_read():
                output.line(f"    {line}")
        for guess in _why_guessed(name, model, question, behind if story is None else story):
            click.echo(f"Note: {guess}, so the answer is a guess.", err=True)


def _with_story(item: Any, story: str | None) -> Any:
    """A question with the story of --context, or the one behind it.

    Raises:
        ConfigError: if there are both, or neither.
    """
    question, behind = item
    if behind and story is not None:
        raise ConfigError(
            f"The question {question[:40]!r} has a story behind it, and --context names "
            "another: give one of them."
        )
    if not behind and story is None:
        raise ConfigError(
            f"The question {question[:40]!r} has no story: name its file as --context FILE, or "
            "write it behind the question."
        )
    return question, behind if story is None else story


def _why_guessed(name: str, model: Any, question: str, story: str) -> list[str]:
    """Reasons for which a model cannot know its answer."""
    found = [] if story.strip() else ["the story is empty"]
    (unknown,) = model.input.unknown([(question, story)])
    if unknown:
        found.append(f"{name} has never seen {', '.join(map(repr, unknown))}")
    return found
