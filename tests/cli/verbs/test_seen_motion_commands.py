"""Commands over skeletons and features of clips: lines, JSON, a picture, what is refused."""

from __future__ import annotations

import json

import numpy as np
import pytest

import zoo
from zoo.inputs.samples import characters
from zoo.tasks.sequence_to_sequence.describe_sample import COLUMNS, SAMPLE

JOINTS = np.random.default_rng(0).normal(size=(24, 20, 3)).astype("float32")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("motion")
    zoo.save(zoo.build("segment", units=4, labels=("rest", "walk")), path / "tag.keras")
    zoo.save(zoo.build("activity", units=4, labels=("sit", "walk")), path / "act.keras")
    settings = {k: v for k, v in SAMPLE.settings.items() if k != "vocabulary_size"}
    settings["target_tokenizer"] = characters()
    zoo.save(zoo.build("describe", **settings), path / "say.keras")
    np.save(path / "a.npy", JOINTS)
    (path / "bad.npy").write_bytes(b"nothing")
    rows = "\n".join("0.5,1,2" for _ in range(4))
    (path / "clip.csv").write_text(f"{','.join(COLUMNS)}\n{rows}\n")
    return path


def test_frames_are_labelled_and_drawn(zoo_command, folder, tmp_path):
    pytest.importorskip("matplotlib")
    picture = tmp_path / "out.png"
    done = zoo_command("tag", folder / "tag.keras", folder / "a.npy", "--plot", picture)
    spans = zoo.load(folder / "tag.keras").tag(JOINTS)
    assert (done.code, done.out) == (0, spans.line() + "\n")
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_an_activity_and_a_bad_file(zoo_command, folder):
    done = zoo_command("classify", folder / "act.keras", folder / "a.npy", folder / "bad.npy")
    answer = zoo.load(folder / "act.keras").classify(JOINTS)
    assert done.lines[0] == answer.line() and done.code == 2
    assert "bad.npy holds no recorded skeleton" in done.err and done.err.count("\n") == 1


def test_a_description(zoo_command, folder):
    done = zoo_command("describe", folder / "say.keras", folder / "clip.csv", "--json")
    (found,) = map(json.loads, done.lines)
    assert found["series"] == str(folder / "clip.csv") and len(found["descriptions"]) == 1
