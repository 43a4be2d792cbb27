"""The options of decoding verbs that do not change what they return, for type checkers."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any, Protocol, TypedDict

import numpy as np


class PillowImage(Protocol):
    """An image of Pillow, as far as one is told apart by it."""

    def convert(self, *args: Any, **kwargs: Any) -> Any:
        """Gives the image in another mode."""

    def getexif(self) -> Any:
        """Gives what the camera said."""


# The path of an image, its bytes, its pixels as an array, or an image of Pillow.
Image = str | os.PathLike[str] | bytes | np.ndarray | PillowImage


class DecodingOptions(TypedDict, total=False):
    """Options that every decoding verb takes.

    Attributes:
        beam_size: width of the beam.
        alpha: strength of the length normalisation.
        length_penalty: "wu" or "average".
        prefix: what outputs begin with.
    """

    beam_size: int | None
    alpha: float
    length_penalty: str
    prefix: str | Sequence[str]


class TranslationOptions(DecodingOptions, total=False):
    """Those of translating.

    Attributes:
        shortlist: whether only tokens that the source may become are considered.
        target: code of the language to translate into, of a model that writes several.
    """

    shortlist: bool
    target: str | None
