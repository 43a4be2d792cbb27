"""How an item is given on the page, by the kind of widget: a text, a file, a drawing."""

from __future__ import annotations

import base64
import binascii
import dataclasses
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from zoo.demo import limits
from zoo.demo.part import Part
from zoo.errors import ConfigError

_DRAWING = re.compile(r"data:image/png;base64,([A-Za-z0-9+/=]*)")
_HERE = Path(__file__).parent
_SHEET = (
    "<div class='zoo-pad'><canvas width='280' height='280' tabindex='0' role='img' aria-label="
    "'A sheet to draw on: arrow keys draw, with Shift they move the pen'></canvas>"
    "<button type='button'>Clear</button></div>"
)


@dataclasses.dataclass(frozen=True)
class Widget:
    """One kind of widget.

    Attributes:
        make: gives the Gradio component of a part.
        item: gives the item of a model from the component's value; a `ConfigError` says what is
            wrong with it.
        is_text: whether the value is a text, which is given by Enter and has examples.
    """

    make: Callable[[Part], Any]
    item: Callable[[Any, Any], Any]
    is_text: bool = False

    def given(self, value: Any) -> Callable[[Any], Any]:
        """A function from a model to its item; its `path` is that of a file that was given."""

        def item_of(model: Any) -> Any:
            return self.item(value, model)

        item_of.path = value if isinstance(value, (str, os.PathLike)) and not self.is_text else None  # type: ignore[attr-defined]
        return item_of


def _textbox(part: Part, label: str = "Text") -> Any:
    import gradio

    return gradio.Textbox(
        label=label,
        placeholder="Write, then press Enter",
        lines=1,
        max_lines=8,
        max_length=limits.CHARACTERS,
    )


def _notes(part: Part) -> Any:
    return _textbox(part, "Chords to begin with, such as C3 G3 E4 C5; none: any")


def _photograph(part: Part) -> Any:
    import gradio

    return gradio.Image(
        label="A photograph",
        type="filepath",
        sources=["upload", "webcam", "clipboard"],
        image_mode=None,  # the file as it is
        buttons=[],
        height=320,
    )


def _recording(part: Part) -> Any:
    import gradio

    return gradio.Audio(
        label=f"Speak, or give a file, of at most {limits.SECONDS} seconds",
        type="filepath",
        sources=["upload", "microphone"],
        buttons=[],
    )


def _table(part: Part) -> Any:
    import gradio

    return gradio.File(
        label="A CSV file, a row a step and a column a series; without one, an example",
        type="filepath",
    )


def _file(part: Part) -> Any:
    import gradio

    return gradio.File(label="A file", type="filepath")


def _sheet(part: Part) -> Any:
    import gradio

    return gradio.HTML(
        "",
        html_template=_SHEET,
        js_on_load=(_HERE / "drawing.js").read_text(encoding="utf-8"),
        apply_default_css=False,
        label="A sheet to draw on",
    )


def _text_item(value: Any, model: Any) -> Any:
    text = limits.check_text(str(value or ""))
    reader: Any = getattr(model, "input", None)  # a plugin's model may not say what it reads
    reads_pairs = hasattr(reader, "is_item") and not reader.is_item(text)
    return reader.read(text) if reads_pairs else text


def _notes_item(value: Any, model: Any) -> Any:
    from zoo.inputs.piece import Piece

    text = str(value or "")
    if text.strip():
        limits.check_text(text)
    return Piece.parse(text)


def _file_item(value: Any, model: Any) -> Any:
    if not value:
        raise ConfigError("There is no file yet: choose one first.")
    return model.input.read(str(limits.check_file(value)))


def _table_item(value: Any, model: Any) -> Any:
    return _file_item(value, model) if value else model.input.samples[0]


def _sound_item(value: Any, model: Any) -> Any:
    if not value:
        raise ConfigError("There is no sound yet: record something, or choose a file.")
    return model.input.read(str(limits.check_sound(value)))


def _drawn_item(value: Any, model: Any) -> Any:
    """A PNG file's bytes; the drawing in its middle, as large as digits of MNIST are."""
    found = _DRAWING.fullmatch(str(value or ""))
    if found is None:
        raise ConfigError("There is no drawing yet: draw on the sheet first.")
    try:
        content = base64.b64decode(found[1], validate=True)
    except binascii.Error as error:
        raise ConfigError("The drawing did not arrive whole: draw it again.") from error
    if len(content) > limits.BYTES:
        raise ConfigError("The drawing is too large: draw on the sheet of this page.")
    from zoo.demo.centred import centred

    return centred(content)


WIDGETS = {
    "text": Widget(_textbox, _text_item, is_text=True),
    "image": Widget(_photograph, _file_item),
    "sound": Widget(_recording, _sound_item),
    "table": Widget(_table, _table_item),
    "music": Widget(_notes, _notes_item, is_text=True),
    "file": Widget(_file, _file_item),
    "drawing": Widget(_sheet, _drawn_item),
}
