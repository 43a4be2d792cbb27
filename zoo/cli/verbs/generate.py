"""`zoo generate`: a model writes text, at once or token by token, or music."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from zoo import files
from zoo.cli import lines, names, output
from zoo.cli.options import plot_option
from zoo.cli.serving import input_of, load_with_verb
from zoo.errors import ConfigError

_TOKENS, _CHORDS = 400, 64
_OF_TEXT, _OF_MUSIC = 0.8, 1.0  # keys are drawn one by one: sharper chords have fewer notes


@click.command("generate")
@click.argument("name", shell_complete=names.models("generate"))
@click.option(
    "--prompt", default="", help='How it begins: a text, or chords such as "C4 G4 E5 C6, F4 A4 C6".'
)
@click.option(
    "--file",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Begin with the text of FILE, in UTF-8, or its music, in place of --prompt.",
)
@click.option(
    "--length",
    type=int,
    help=f"Tokens that are added, or quarter notes.  [default: {_TOKENS}, or {_CHORDS}]",
)
@click.option(
    "--temperature",
    type=float,
    help="Below 1 sharpens, above 1 flattens; 0 takes what is most probable every time.  "
    f"[default: {_OF_TEXT}, or {_OF_MUSIC}]",
)
@click.option("--top-k", type=int, help="Draw from so many tokens.")
@click.option("--top-p", default=1.0, show_default=True, help="Draw from so much probability.")
@click.option("--seed", type=int, help="The same every time.")
@click.option("--stream", is_flag=True, help="Write text as it samples.")
@click.option(
    "--out",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write into FILE: a text, or music as MIDI, such as bach.mid.",
)
@plot_option("music as a piano roll", "bach.png")
def command(name: str, prompt: str, file: Path | None, stream: bool, **settings) -> None:
    """Continue a text, or a piece of music.

    NAME is a released model that writes, or the path of a .keras file.
    """
    if file is not None and prompt:
        raise ConfigError("--prompt and --file both say how it begins: give one of them.")
    out, plot, length = (settings.pop(key) for key in ("out", "plot", "length"))
    model = load_with_verb(name, "generate")
    is_music = input_of(model).kind == "music"
    if settings["temperature"] is None:
        settings["temperature"] = _OF_MUSIC if is_music else _OF_TEXT
    if is_music:
        top_k, top_p = settings.pop("top_k"), settings.pop("top_p")
        if stream or top_k is not None or top_p != 1:
            raise ConfigError(f"{name} writes chords: leave out --stream, --top-k and --top-p.")
        return _compose(model, prompt if file is None else str(file), out, plot, length, settings)
    if plot is not None:
        raise ConfigError(f"{name} writes text, which is not drawn: leave out --plot.")
    prompt = prompt if file is None else lines.text_of(file)
    length = _TOKENS if length is None else length
    if out is not None:
        with files.replacing(out) as part:
            part.write_text(model.generate(prompt, length, **settings), encoding="utf-8")
        return None
    written = model.generate(prompt, length, **settings, stream=stream)
    for piece in written if stream else [written]:
        output.line(piece, end=False)
    click.echo()
    return None


def _compose(
    model: Any, prompt: str, out: Path | None, plot: Path | None, length: int | None, settings: dict
) -> None:
    """Writes music: a MIDI file, a picture, or lines of chords."""
    begun = input_of(model).read(prompt)
    piece = model.generate(begun, _CHORDS if length is None else length, **settings)
    if out is not None:
        piece.save(out)
    if plot is not None:
        from zoo.diagnostics.piano_roll import draw

        draw(piece.roll, plot, given=len(begun))
    if out is None and plot is None:
        for chord in str(piece).split(", "):
            output.line(chord)
