"""Pictures and sounds within HTML, so that the page asks for no further files."""

from __future__ import annotations

import base64
import io
import tempfile
import wave
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from zoo.errors import ConfigError
from zoo.tasks.html import escaped

_SIDE = 640  # pixels of the longer side of a photograph that is shown
_SMALLEST = 0.6  # how much of a picture's pixels it is shown on at least
_RATE = 11_025  # samples a second of music
_BEAT = 0.6  # seconds


def image_of(draw: Callable[[Path], None], what: str) -> str:
    """A picture that a function draws into a file, as an `<img>` that scrolls where it is too wide.

    Args:
        draw: called with the path of the file.
        what: is seen, for who cannot see it.

    Raises:
        ConfigError: if it cannot be drawn.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "picture.png"
        draw(path)
        content = path.read_bytes()
    least = int.from_bytes(content[16:20], "big") * _SMALLEST  # of its width, which PNG says there
    style = f"min-width:{least:.0f}px"
    image = f"<img class='zoo-picture' style='{style}' alt='{escaped(what)}' src='{_png(content)}'>"
    return f"<div class='zoo-scroll' tabindex='0'>{image}</div>"


def photograph(pixels: np.ndarray) -> str:
    """The source of an `<img>` of a photograph, uint8 `[height, width, 3]`, smaller if it is large.

    Raises:
        ConfigError: if Pillow is not installed.
    """
    image = _pillow().fromarray(pixels)
    image.thumbnail((_SIDE, _SIDE))
    content = io.BytesIO()
    image.save(content, "JPEG", quality=85)
    return _source("image/jpeg", content.getvalue())


def veil(weights: np.ndarray) -> str:
    """The source of an `<img>`, a pixel a cell: dark where it was not looked at.

    Args:
        weights: float `[height, width]`.
    """
    pixels = np.zeros((*weights.shape, 4), "uint8")
    pixels[..., 3] = np.round(204 * (1 - weights / max(float(weights.max()), 1e-9)))
    content = io.BytesIO()
    _pillow().fromarray(pixels).save(content, "PNG")
    return _png(content.getvalue())


def music(chords: Sequence[Sequence[int]]) -> str:
    """An `<audio>` that plays chords, lists of MIDI pitches; a pitch that goes on is held."""
    time = np.arange(round(_BEAT * _RATE)) / _RATE
    sound = np.zeros((len(chords), len(time)))
    for step, chord in enumerate(chords):
        for pitch in chord:
            is_held = step and pitch in chords[step - 1]
            goes_on = step + 1 < len(chords) and pitch in chords[step + 1]
            phase = 2 * np.pi * 440 * 2 ** ((pitch - 69) / 12) * (time + step * _BEAT)
            tone = np.sin(phase) + 0.3 * np.sin(2 * phase)
            rises = 1 if is_held else np.minimum(time / 0.01, 1)
            falls = 1 if goes_on else np.minimum((_BEAT - time) / 0.05, 1)
            sound[step] += tone * rises * falls
    samples = (sound.reshape(-1) / max(np.abs(sound).max(), 1e-9) * 0.6 * 32767).astype("<i2")
    content = io.BytesIO()
    with wave.open(content, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(_RATE)
        file.writeframes(samples.tobytes())
    return f"<audio controls src='{_source('audio/wav', content.getvalue())}'></audio>"


def _png(content: bytes) -> str:
    return _source("image/png", content)


def _source(kind: str, content: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


def _pillow():
    try:
        from PIL import Image
    except ImportError as error:
        raise ConfigError(
            "Pictures need Pillow: install it with pip install 'sequence-zoo[images]'."
        ) from error
    return Image
