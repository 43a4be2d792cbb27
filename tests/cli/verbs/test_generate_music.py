"""`zoo generate` of a model of music: MIDI files, pictures, chords."""

from __future__ import annotations

import mido
import pytest
from small_composer import small_composer

import zoo
from zoo.inputs import Notes, Piece

PROMPT = "C3 G3 E4 C5, F3 A3 F4 C5"


@pytest.fixture(scope="module")
def model():
    return small_composer()


@pytest.fixture(scope="module")
def file(model, tmp_path_factory):
    path = tmp_path_factory.mktemp("music") / "music.keras"
    zoo.save(model, path)
    return path


def test_chords_are_printed(zoo_command, model, file):
    how = ["--prompt", PROMPT, "--length", "6", "--seed", "2", "--temperature", "1"]
    done = zoo_command("generate", file, *how)
    expected = model.generate(PROMPT, 6, seed=2)
    assert done.code == 0 and Piece.parse(", ".join(done.lines)) == expected


def test_music_is_written_and_drawn(zoo_command, model, file, tmp_path):
    given, out, plot = (tmp_path / name for name in ("given.mid", "bach.mid", "bach.png"))
    Piece.parse(PROMPT).save(given)
    how = ["--length", "6", "--seed", "2", "--temperature", "1", "--file", given]
    done = zoo_command("generate", file, *how, "--out", out, "--plot", plot)
    assert (done.code, done.out) == (0, "")
    assert Notes.read(str(out)) == model.generate(PROMPT, 6, seed=2)
    assert mido.MidiFile(out).length > 0
    assert plot.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    "how, message",
    [
        (["--top-k", "3"], "leave out --stream, --top-k and --top-p"),
        (["--top-p", "0.5"], "leave out --stream, --top-k and --top-p"),
        (["--prompt", "X9"], "There is no note 'X9'"),
        (["--out", "bach.wav"], "must end in .mid"),
    ],
)
def test_what_cannot_be_is_one_sentence(zoo_command, file, how, message):
    done = zoo_command("generate", file, "--length", "2", *how)
    assert done.code == 2 and message in done.err and done.err.count("\n") == 1
