"""Music as what a model reads: which keys of a piano sound, a quarter note a step."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import keras
import numpy as np

from zoo.errors import ConfigError
from zoo.inputs.piece import KEYS, LOWEST, Piece, name_of, read_piece
from zoo.inputs.series import Series
from zoo.inputs.table import Table

if TYPE_CHECKING:
    import tensorflow as tf


@keras.saving.register_keras_serializable(package="zoo")
class Notes(Series):
    """Zeros and ones of 88 keys, after one step of silence with which every piece begins.

    An item is a `zoo.inputs.Piece`; the names of notes, "C3 G3 E4 C5, F3 A3 F4 C5", chords between
    commas; the path of a MIDI file (`pathlib.Path`, or a string that ends in .mid); or an array
    `[steps, 88]` of zeros and ones.
    """

    kind = "music"
    one, many = "a Piece", "pieces"
    advice = "give zoo.inputs.Piece, names of notes, or paths of MIDI files"
    blank_steps = 1

    def __init__(self, **kwargs):
        super().__init__([name_of(LOWEST + key) for key in range(KEYS)], **kwargs)

    @property
    def samples(self) -> tuple[Piece, ...]:  # type: ignore[override]
        """Three pieces, one of them without chords."""
        chords = [[48 + step % 5, 64, 67 + step % 3] for step in range(20)]
        return Piece(chords), Piece(chords[:3]), Piece()

    def is_item(self, value: Any) -> bool:
        """Whether it is a piece, a text, a path, an array or a table."""
        return isinstance(value, (Piece, str, os.PathLike, np.ndarray, Table))

    def tables(self, items: Sequence[Any]) -> list[Table]:
        """Brings items into the form of tables `[steps, 88]`, without the silence before them.

        Raises:
            ConfigError: if one cannot be read, or is no piece of music; the message names it.
            MissingFileError: if there is no such file.
        """
        return [
            item if isinstance(item, Table) else self._table(item, f"Item {number}")
            for number, item in enumerate(items, 1)
        ]

    def _table(self, item: Any, what: str) -> Table:
        try:
            if isinstance(item, (str, os.PathLike)):
                item = read_piece(item)
            piece = item if isinstance(item, Piece) else Piece.of_roll(item)
        except ConfigError as error:
            raise ConfigError(f"{what}: {error}") from error
        return Table(piece.roll.astype("float64"), tuple(self.columns))

    def prepare(self, items: Sequence[Any], names=None) -> list[dict[str, np.ndarray]]:
        """Turns pieces into arrays.

        Returns:
            For each `series`, float32 `[1 + steps, 88]`, the first step being silence, and
            `lengths`, how many these are.

        Raises:
            ConfigError, MissingFileError: as `tables`.
        """
        rolls = [np.pad(table.values, [(1, 0), (0, 0)]) for table in self.tables(items)]
        return [
            {"series": roll.astype("float32"), "lengths": np.array(len(roll), "int32")}
            for roll in rolls
        ]

    def in_graph(self, raw: Mapping[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        """Puts silence before each piece; what is beyond its length becomes silence too."""
        import tensorflow as tf

        arrays = super().in_graph(raw)
        series = tf.pad(arrays["series"], [[0, 0], [1, 0], [0, 0]])
        return {"series": series, "lengths": arrays["lengths"] + 1}

    def random(self, rng: np.random.Generator, rows: int, time: int) -> dict[str, np.ndarray]:
        """Zeros and ones, the first step of each row silent; see `Input.random`."""
        found = super().random(rng, rows, time)
        found["series"] = (found["series"] > 1.5).astype("float32")
        found["series"][:, 0] = 0
        return found

    @classmethod
    def read(cls, argument: str) -> Piece:  # type: ignore[override]
        """The piece in a MIDI file, or of the names of notes; see `zoo.inputs.piece.read_piece`."""
        return read_piece(argument)

    def get_config(self):
        return {"name": self.name}
