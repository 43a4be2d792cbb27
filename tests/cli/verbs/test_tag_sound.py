"""`zoo tag` of files of sound: labels with times, JSON, a picture."""

from __future__ import annotations

import json

import pytest
from small_frame_tagger import recordings, small_frame_tagger

import zoo


@pytest.fixture(scope="module")
def model():
    return small_frame_tagger()


@pytest.fixture(scope="module")
def folder(model, tmp_path_factory):
    soundfile = pytest.importorskip("soundfile")
    path = tmp_path_factory.mktemp("phonemes")
    zoo.save(model, path / "m.keras")
    for name, sound in zip("abc", recordings(3), strict=True):
        soundfile.write(path / f"{name}.wav", sound / 2, 16000, subtype="FLOAT")
    (path / "bad.wav").write_bytes(b"no sound")
    return path


def test_labels_with_times(zoo_command, folder, model):
    done = zoo_command("tag", folder / "m.keras", folder / "b.wav")
    assert (done.code, done.err) == (0, "")
    rows = [line.split("\t") for line in done.lines]
    spans = model.tag(folder / "b.wav")
    expected = [[f"{one.begin:.2f}", f"{one.end:.2f}", one.label] for one in spans]
    assert rows == expected and len(rows) > 1


def test_files_are_set_apart_and_a_bad_one_is_said(zoo_command, folder, model):
    files = [folder / f"{name}.wav" for name in ("b", "bad", "c")]
    done = zoo_command("tag", folder / "m.keras", *files)
    first, last = (model.tag(files[number]).line() for number in (0, 2))
    assert done.out == f"{first}\n\n\n\n{last}\n"
    assert done.code == 2 and "bad.wav" in done.err and done.err.count("\n") == 1


def test_json(zoo_command, folder, model):
    done = zoo_command("tag", folder / "m.keras", folder / "a.wav", folder / "c.wav", "--json")
    short, long = map(json.loads, done.lines)
    assert short == {"audio": str(folder / "a.wav"), "spans": []}
    assert [one["label"] for one in long["spans"]] == [
        one.label for one in model.tag(folder / "c.wav")
    ]
    assert set(long["spans"][0]) == {"label", "begin", "end", "probability"}


def test_a_picture(zoo_command, folder, tmp_path):
    pytest.importorskip("matplotlib")
    picture = tmp_path / "out.png"
    done = zoo_command("tag", folder / "m.keras", folder / "b.wav", "--plot", picture)
    assert done.code == 0 and picture.read_bytes().startswith(b"\x89PNG")


def test_options_of_other_models_are_refused(zoo_command, folder, tmp_path):
    done = zoo_command("tag", folder / "m.keras", folder / "b.wav", "--tokens")
    assert done.code == 2 and "are for texts, and" in done.err and done.out == ""
    done = zoo_command("tag", folder / "m.keras")
    assert done.code == 2 and "one audio each" in done.err
