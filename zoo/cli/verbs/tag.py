"""`zoo tag`: items in, a label for every step out."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from zoo.cli import names, output, streaming
from zoo.cli.options import file_option, json_option, plot_option
from zoo.cli.serving import answers_of, input_of, load_with_verb
from zoo.errors import ConfigError

# Colours that a terminal has, for the tags that are seen most; others are plain.
_COLOURS = {
    "NOUN": "green",
    "PROPN": "bright_green",
    "PRON": "yellow",
    "VERB": "red",
    "AUX": "bright_red",
    "ADJ": "blue",
    "ADV": "cyan",
    "NUM": "magenta",
    "PUNCT": "bright_black",
}


@click.command("tag")
@click.argument("name", shell_complete=names.models("tag"))
@click.argument("items", metavar="[ITEM]...", nargs=-1)
@file_option
@click.option("--tokens", is_flag=True, help="Words are set apart by spaces; do not cut further.")
@json_option("item")
@click.option("--conllu", is_flag=True, help="CoNLL-U, a sentence for each item.")
@plot_option("sound or skeletons and their labels")
@click.option("--stream", is_flag=True, help="Label standard input while it comes.")
def command(
    name: str,
    items: tuple[str, ...],
    file: Path | None,
    tokens: bool,
    as_json: bool,
    conllu: bool,
    plot: Path | None,
    stream: bool,
) -> None:
    """Label every step of each ITEM: of a text its words, of a file of sound or of a recorded
    skeleton its frames.

    NAME is a released model or the path of a .keras file. Without ITEM, or with "-", a model of
    text labels the lines of standard input. Each text gives one line, in order: word/LABEL,
    separated by spaces. A file gives a line for each label: begin and end, of sound in seconds and
    of a skeleton in frames, and the label, separated by tabs; an empty line stands between files.

    With --stream a causal model labels what comes on standard input: the words of a line of text,
    or a frame, which is a line of numbers, as JSON or separated by commas.
    """
    if stream:
        streaming.require_alone(items, file=file, plot=plot, conllu=conllu)
    if conllu and as_json:
        raise ConfigError("--json and --conllu are two forms of one answer: choose one.")
    model = load_with_verb(name, "tag", items, file)
    if stream:
        _stream(model, tokens, as_json)
        return
    kind = input_of(model).kind
    if kind != "text" and (tokens or conllu):
        raise ConfigError(f"--tokens and --conllu are for texts, and {name} reads {kind}.")
    if kind not in _DRAWN and plot is not None:
        raise ConfigError(
            f"--plot draws sound or skeletons and their labels, and {name} reads {kind}."
        )

    def answer(found: list[Any]) -> Any:
        return model.tag([one.split() for one in found] if tokens else found)

    paint = _painted if sys.stdout.isatty() else None
    drawn = []
    for number, (given, tagged) in enumerate(answers_of(model, items, answer, file)):
        if as_json:
            output.json_answer({kind: given}, tagged)
        elif conllu:
            click.echo("" if tagged is None else tagged.to_conllu())
        else:
            if number and kind != "text":
                click.echo()
            click.echo("" if tagged is None else tagged.line(paint))
        if plot is not None and tagged is not None:
            drawn.append(_DRAWN[kind](model, given, tagged))
    if plot is not None:
        _draw(kind, drawn, plot)


def _stream(model: Any, is_cut: bool, as_json: bool) -> None:
    """Prints the labels of each line of standard input."""
    source, stream = input_of(model), model.stream()
    if source.kind == "text":
        before = 0
        for line in streaming.texts():
            known = stream.push(line.split() if is_cut else line)
            more, before = type(known)(known[before:]), len(known)
            if as_json:
                output.json_line({"text": line, **more.to_json()})
            else:
                output.line(more.line())
        return
    if source.kind == "audio":
        raise ConfigError(f"--stream reads text or frames of numbers, and {model.name} sound.")
    shape = model.graph_inputs[str(model.timed_input)].shape[1:]
    for number, step in enumerate(streaming.steps(shape), 1):
        known = stream.push(step)
        if as_json:
            last = {"label": known[-1].label, "begin": known[-1].begin} if known else {}
            output.json_line({"frame": number, **last})
        elif known:
            output.line(f"{number}\t{known[-1].label}")


def _draw(kind: str, drawn: list[Any], path: Path) -> None:
    from zoo.diagnostics import labelled_skeletons, labelled_sound

    draw: Any = labelled_sound.draw if kind == "audio" else labelled_skeletons.draw
    draw(drawn, path)


def _moved(model: Any, given: str, spans: Any) -> Any:
    from zoo.diagnostics.labelled_skeletons import Moved

    (prepared,) = input_of(model).prepare([given])
    joints = prepared["skeleton"]
    return Moved(Path(given).name, joints, model.labels, model.probabilities(joints), spans)


def _heard(model: Any, given: str, spans: Any) -> Any:
    import numpy as np

    from zoo.diagnostics.labelled_sound import Heard
    from zoo.layers import LogMel
    from zoo.layers.sound.mel import hertz_to_mel, mel_to_hertz

    sound = input_of(model)
    (prepared,) = sound.prepare([sound.read(given)])
    layer = LogMel(sound.rate, mel_bins=80)
    spectra = np.asarray(layer(prepared["audio"][None]))[0]
    low, high = map(hertz_to_mel, (layer.lowest_frequency, layer.highest_frequency))
    middles = mel_to_hertz(np.linspace(low, high, layer.mel_bins + 2)[1:-1])
    # A frame stands for the time around its middle.
    begin = (layer.window_length - layer.hop_length) / 2 / layer.rate
    return Heard(Path(given).name, spectra, middles, begin, layer.seconds_a_frame, spans)


def _painted(text: str, tag: str) -> str:
    return click.style(text, fg=_COLOURS.get(tag), bold=tag in _COLOURS)


# How items of a kind are drawn with their labels.
_DRAWN = {"audio": _heard, "skeleton": _moved}
