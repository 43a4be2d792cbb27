"""Music in and out: names of notes, MIDI files, rolls; what the model gets of them."""

from __future__ import annotations

import sys
from pathlib import Path

import mido
import numpy as np
import pytest

from zoo.errors import ConfigError, MissingFileError
from zoo.inputs import Notes, Piece
from zoo.inputs.piece import name_of, read_piece

PIECE = Piece([[48, 55, 64], [48, 57, 65], [], [48, 57, 72]])


def test_names_are_those_of_midi_pitches():
    assert Piece.parse("C4 A4, F#3 Bb3 B#3 Cb4,60 21") == [[60, 69], [54, 58, 59, 60], [21, 60]]
    assert [name_of(pitch) for pitch in (21, 60, 61, 108)] == ["A0", "C4", "C#4", "C8"]
    assert str(PIECE[:1]) and Piece.parse(str(PIECE)) == PIECE
    assert Piece.parse("  ") == []


@pytest.mark.parametrize("text", ["H4", "C", "C4-E4", "C4 e4 g", "A0 20"])
def test_what_is_no_note_is_refused_in_one_sentence(text):
    with pytest.raises(ConfigError, match="note|pitch") as error:
        Piece.parse(text)
    assert "\n" not in str(error.value) and str(error.value).endswith(".")


def test_a_roll_has_a_one_for_each_key_that_sounds():
    expected = np.zeros((4, 88), "uint8")
    for step, chord in enumerate(PIECE):
        expected[step, [pitch - 21 for pitch in chord]] = 1
    np.testing.assert_array_equal(PIECE.roll, expected)
    assert Piece.of_roll(expected) == PIECE


@pytest.mark.parametrize("roll", [np.zeros((3, 87)), np.full((3, 88), 2), np.zeros(88)])
def test_what_is_no_roll_is_refused(roll):
    with pytest.raises(ConfigError, match=r"array \[steps, 88\]"):
        Piece.of_roll(roll)


def test_a_midi_file_holds_repeated_pitches(tmp_path):
    PIECE.save(tmp_path / "piece.mid", tempo=120)
    events, seconds = [], 0.0
    for message in mido.MidiFile(tmp_path / "piece.mid"):  # times in seconds, by mido
        seconds += message.time
        if message.type in ("note_on", "note_off"):
            events.append((round(seconds / 0.5, 3), message.type == "note_on", message.note))
    assert sorted(events) == [
        (0, True, 48), (0, True, 55), (0, True, 64),
        (1, False, 55), (1, False, 64), (1, True, 57), (1, True, 65),
        (2, False, 48), (2, False, 57), (2, False, 65),
        (3, True, 48), (3, True, 57), (3, True, 72),
        (4, False, 48), (4, False, 57), (4, False, 72),
    ]  # fmt: skip


def test_what_is_written_is_read(tmp_path):
    PIECE.save(tmp_path / "piece.mid")
    assert read_piece(str(tmp_path / "piece.mid")) == PIECE == Notes.read(tmp_path / "piece.mid")


def test_of_a_file_chords_are_what_sounds_at_the_quarters(tmp_path):
    """Drums and silence at the beginning are left out, two notes of one pitch end with both."""
    file = mido.MidiFile(ticks_per_beat=100)
    track = mido.MidiTrack()
    for kind, note, time, channel in [
        ("note_on", 36, 0, 9), ("note_on", 60, 350, 0), ("note_on", 60, 0, 0),
        ("note_off", 60, 50, 0), ("note_on", 64, 20, 0), ("note_off", 60, 60, 0),
        ("note_off", 64, 100, 0),
    ]:  # fmt: skip
        track.append(mido.Message(kind, note=note, time=time, channel=channel, velocity=9))
    file.tracks.append(track)
    file.save(tmp_path / "other.mid")
    assert read_piece(tmp_path / "other.mid") == [[60], [60, 64], [64]]


def test_files_that_cannot_be_read_or_written_are_one_sentence(tmp_path, monkeypatch):
    (tmp_path / "no.mid").write_bytes(b"RIFF no music")
    with pytest.raises(ConfigError, match="no.mid is no MIDI file"):
        read_piece(tmp_path / "no.mid")
    with pytest.raises(MissingFileError, match="There is no MIDI file 'gone.mid'"):
        read_piece("gone.mid")
    with pytest.raises(ConfigError, match="must end in .mid"):
        PIECE.save(tmp_path / "piece.wav")
    monkeypatch.setitem(sys.modules, "mido", None)
    with pytest.raises(ConfigError, match=r"pip install 'sequence-zoo\[music\]'"):
        PIECE.save(tmp_path / "piece.mid")
    assert not (tmp_path / "piece.mid").exists()


def test_a_model_reads_silence_first():
    notes = Notes()
    first, text, none = notes.prepare([PIECE, "C3 G3 E4", Piece()])
    assert (first["series"].shape, first["lengths"]) == ((5, 88), 5)
    assert not first["series"][0].any()
    np.testing.assert_array_equal(first["series"][1:], PIECE.roll)
    assert text["series"][1, [27, 34, 43]].all() and text["series"].sum() == 3
    assert none["series"].shape == (1, 88)


def test_the_graph_reads_the_same():
    tf = pytest.importorskip("tensorflow")
    notes = Notes()
    raw = {key: tf.constant(value) for key, value in notes.raw_of(notes.samples).items()}
    found = {key: value.numpy() for key, value in notes.in_graph(raw).items()}
    for row, arrays in enumerate(notes.prepare(notes.samples)):
        length = int(arrays["lengths"])
        assert found["lengths"][row] == length and not found["series"][row, length:].any()
        np.testing.assert_array_equal(found["series"][row, :length], arrays["series"])


def test_a_bad_item_is_named():
    with pytest.raises(ConfigError, match="Item 2: There is no note 'X'"):
        Notes().prepare([PIECE, "X"])
    with pytest.raises(MissingFileError):
        Notes().prepare([Path("gone.mid")])
    with pytest.raises(ConfigError, match="generate wants a Piece or a list of pieces"):
        Notes().check("generate", [[60, 64]])
