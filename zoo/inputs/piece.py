"""Music as chords in a row, read from and written as MIDI files or the names of notes."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from zoo import files
from zoo.errors import ConfigError, MissingFileError

LOWEST, KEYS = 21, 88  # A0, the lowest key of a piano, and how many it has
_STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_NAMES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
_NOTE = re.compile(r"([A-Ga-g])([#b]?)(-?\d)")
_LONGEST = 100_000  # quarter notes of a file that is read
_MIDI = (".mid", ".midi")


def name_of(pitch: int) -> str:
    """The name of a MIDI pitch in scientific notation: 60 is C4, 61 C#4."""
    return f"{_NAMES[pitch % 12]}{pitch // 12 - 1}"


class Piece(list):
    """Chords, a quarter note each: a list of lists of MIDI pitches from 21 (A0) to 108 (C8).

    Args:
        chords: for each step the pitches that sound, in any order; none where there is silence.

    Raises:
        ConfigError: if one is no key of a piano.

    Example:

    >>> piece = Piece.parse("C3 E4 G4, F3 F4 A4")
    >>> piece[0], str(piece)
    ([48, 64, 67], 'C3 E4 G4, F3 F4 A4')
    """

    def __init__(self, chords: Iterable[Iterable[int]] = ()):
        super().__init__(sorted({int(pitch) for pitch in chord}) for chord in chords)
        for step, chord in enumerate(self):
            for pitch in chord:
                if not LOWEST <= pitch < LOWEST + KEYS:
                    raise ConfigError(
                        f"The pitch {pitch} of chord {step + 1} is no key of a piano: pitches are "
                        f"those of MIDI, {LOWEST} to {LOWEST + KEYS - 1}, middle C being 60."
                    )

    @property
    def roll(self) -> np.ndarray:
        """Uint8 `[steps, 88]`, 1 where a key sounds, the lowest key first."""
        found = np.zeros((len(self), KEYS), "uint8")
        for step, chord in enumerate(self):
            found[step, [pitch - LOWEST for pitch in chord]] = 1
        return found

    @classmethod
    def of_roll(cls, roll: np.ndarray) -> Piece:
        """The piece whose `roll` is an array `[steps, 88]` of zeros and ones.

        Raises:
            ConfigError: if it has another shape or other values.
        """
        roll = np.asarray(roll)
        if roll.ndim != 2 or roll.shape[1] != KEYS or not np.isin(roll, (0, 1)).all():
            raise ConfigError(
                f"A roll is an array [steps, {KEYS}] of zeros and ones, one for each key of a "
                f"piano, and this is {roll.dtype} {list(roll.shape)}."
            )
        return cls([LOWEST + int(key) for key in np.flatnonzero(row)] for row in roll)

    @classmethod
    def parse(cls, text: str) -> Piece:
        """The piece that a text names: notes between spaces, chords between commas.

        Args:
            text: such as "C3 G3 E4 C5, F3 A3 F4 C5"; 60 and C4 are middle C, sharps are written
                `#`, flats `b`. An empty one is a piece without chords.

        Raises:
            ConfigError: if there is no such note.
        """
        if not text.strip():
            return cls()
        return cls([_pitch_of(note) for note in chord.split()] for chord in text.split(","))

    def __str__(self) -> str:
        return ", ".join(" ".join(map(name_of, chord)) for chord in self)

    def to_json(self) -> dict[str, Any]:
        """Plain data: the `chords`, lists of pitches."""
        return {"chords": [list(chord) for chord in self]}

    def save(self, path: str | os.PathLike, tempo: float = 80.0) -> None:
        """Writes a MIDI file: one track, a piano, on which a repeated pitch is held.

        Args:
            path: of the file, which ends in .mid.
            tempo: quarter notes a minute.

        Raises:
            ConfigError: if mido is not installed, or `path` ends otherwise.
            MissingFileError: if the folder of the file does not exist.
        """
        path = Path(path)
        if path.suffix.lower() not in _MIDI:
            raise ConfigError(f"Music is written as a MIDI file, so {path} must end in .mid.")
        mido = _mido()
        file = mido.MidiFile(type=0)
        track = mido.MidiTrack()
        file.tracks.append(track)
        track.append(mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(tempo)))
        waited, sounding = 0, set[int]()
        for chord in [*self, []]:
            now = set(chord)
            events = [("note_off", pitch) for pitch in sorted(sounding - now)]
            events += [("note_on", pitch) for pitch in sorted(now - sounding)]
            for kind, pitch in events:
                track.append(mido.Message(kind, note=pitch, velocity=64, time=waited))
                waited = 0
            waited += file.ticks_per_beat
            sounding = now
        with files.replacing(path) as part:
            file.save(part)


def read_piece(argument: str | os.PathLike) -> Piece:
    """The piece that an argument means: a MIDI file where it ends in .mid, else names of notes.

    Of a file each chord is what sounds where a quarter note begins, drums left out.

    Raises:
        MissingFileError: if there is no such file.
        ConfigError: if it is no MIDI file, is too long or counts time otherwise, if mido is not
            installed, or if there is no such note.
    """
    path = Path(argument)
    if isinstance(argument, str) and path.suffix.lower() not in _MIDI:
        return Piece.parse(argument)
    if not path.is_file():
        raise MissingFileError(f"There is no MIDI file {str(path)!r}.")
    mido = _mido()
    try:
        file = mido.MidiFile(path)
        messages, unit = list(mido.merge_tracks(file.tracks)), file.ticks_per_beat
    except (OSError, ValueError, EOFError, KeyError, IndexError) as error:
        raise ConfigError(f"{path} is no MIDI file that can be read: {error}.") from error
    if not 0 < unit < 1 << 15 or sum(message.time for message in messages) > unit * _LONGEST:
        raise ConfigError(f"{path} has more than {_LONGEST:,} quarter notes, or counts none.")
    return Piece(_chords(messages, unit))


def _chords(messages: Iterable[Any], unit: int) -> list[list[int]]:
    """What sounds at the beginning of each quarter note of `unit` ticks."""
    chords: list[list[int]] = []
    sounding: dict[tuple[int, int], int] = {}
    time = 0
    for message in messages:
        time += message.time
        while len(chords) * unit < time and (chords or sounding):
            chords.append(sorted({note for _, note in sounding}))
        if message.type not in ("note_on", "note_off") or message.channel == 9:
            continue
        key = (message.channel, message.note)
        if not LOWEST <= message.note < LOWEST + KEYS:
            continue
        if message.type == "note_on" and message.velocity:
            if not chords and not sounding:
                time = 0  # silence before the first note is left out
            sounding[key] = sounding.get(key, 0) + 1
        elif sounding.get(key, 0) > 1:
            sounding[key] -= 1
        else:
            sounding.pop(key, None)
    return chords


def _pitch_of(note: str) -> int:
    if note.isdecimal():
        return int(note)
    found = _NOTE.fullmatch(note)
    if not found:
        raise ConfigError(
            f"There is no note {note!r}: write C4, F#3 or Bb4, notes between spaces and chords "
            "between commas, or name a file that ends in .mid."
        )
    letter, sign, octave = found.groups()
    return _STEPS[letter.upper()] + {"": 0, "#": 1, "b": -1}[sign] + 12 * (int(octave) + 1)


def _mido() -> Any:
    try:
        import mido
    except ImportError:
        raise ConfigError(
            "MIDI files need mido: install it with pip install 'sequence-zoo[music]'."
        ) from None
    return mido
