"""`zoo generate`: a language model writes, at once or token by token."""

from __future__ import annotations

from pathlib import Path

import click

from zoo.cli import lines, names, output
from zoo.cli.serving import load_with_verb
from zoo.errors import ConfigError


@click.command("generate")
@click.argument("name", shell_complete=names.models("generate"))
@click.option("--prompt", default="", help="How the text begins.")
@click.option(
    "--file",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Begin with the text of FILE, in UTF-8, in place of --prompt.",
)
@click.option("--length", default=400, show_default=True, help="Tokens that are added.")
@click.option(
    "--temperature",
    default=0.8,
    show_default=True,
    help="Below 1 sharpens, above 1 flattens; 0 takes the most probable token every time.",
)
@click.option("--top-k", type=int, help="Draw from so many tokens.")
@click.option("--top-p", default=1.0, show_default=True, help="Draw from so much probability.")
@click.option("--seed", type=int, help="The same text every time.")
@click.option("--stream", is_flag=True, help="Write as it samples.")
def command(name: str, prompt: str, file: Path | None, stream: bool, **settings) -> None:
    """Continue a text.

    NAME is a released language model or the path of a .keras file.
    """
    if file is not None:
        if prompt:
            raise ConfigError("--prompt and --file both say how the text begins: give one of them.")
        prompt = lines.text_of(file)
    model = load_with_verb(name, "generate")
    written = model.generate(prompt, **settings, stream=stream)
    for piece in written if stream else [written]:
        output.line(piece, end=False)
    click.echo()
