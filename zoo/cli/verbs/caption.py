"""`zoo caption`: photographs in, descriptions out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from zoo.cli.verbs.decode import decoding_command
from zoo.errors import ConfigError


def _draw(model: Any, items: list[Any], path: Path) -> None:
    """Draws where the model looked for each word of its best captions."""
    from zoo.diagnostics.attention_over_images import Looked, draw, merged

    if not model.has_attention:
        raise ConfigError(f"{model.name} has no attention to be drawn: it sees one vector.")
    found = model.caption(items, return_attention=True)
    images = (one["source"] for one in model.input.prepare(items))
    pictures = [
        Looked(image, *merged(one.tokens, one.attention))
        for image, one in zip(images, found, strict=True)
    ]
    draw(pictures, path)


command = decoding_command(
    "caption",
    "captions",
    """Describe each ITEM, the file of a photograph.

    NAME is a released model or the path of a .keras file. One file gives one line, in order; of a
    file that cannot be read the line is empty, and a sentence says why.
    """,
    picture=_draw,
)
