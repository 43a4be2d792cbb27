"""Releasing: what is measured of a model, and what is refused."""

from __future__ import annotations

import json
import runpy

import pytest
from recipe_process import ROOT

from zoo import catalogue
from zoo.model_folder import ModelFolder

ROW = {"dataset": "d", "split": "test", "metric": "m", "value": 1.0}


def evaluate_alone(model, **between):
    return [{**ROW, "asked": (model, between)}]


@pytest.fixture
def release():
    return runpy.run_path(str(ROOT / "recipes/release.py"))


@pytest.mark.parametrize(
    "verb, more, between",
    [
        ("translate", {"languages": ["en", "de"]}, {"source": "en", "target": "de"}),
        ("translate", {"languages": ["de", "en"]}, {"source": "de", "target": "en"}),
        ("translate", {"languages": ["de", "en", "fr"], "targets": ["de", "en", "fr"]}, {}),
        ("tag", {"languages": ["en"]}, {}),
    ],
)
def test_a_translator_is_measured_in_its_languages(release, monkeypatch, verb, more, between):
    about = {"evaluator": f"{__name__}:evaluate_alone", "verb": verb}
    monkeypatch.setattr(catalogue, "about_of", lambda task: about)
    (row,) = release["measured"]("model", {"task": "any", **more})
    assert row["asked"] == ("model", between)


def test_what_is_released_stays_as_it_is(release, tmp_path):
    index = {"format": 1, "models": [{"name": "tiny", "revision": 1, "bytes": 1}]}
    (tmp_path / "index.json").write_text(json.dumps(index))
    (tmp_path / "m.keras").write_bytes(b"x")
    (tmp_path / "card.json").write_text(json.dumps({"name": "tiny", "revision": 1}))
    arguments = tmp_path / "m.keras", tmp_path / "card.json", ModelFolder(tmp_path)
    with pytest.raises(SystemExit, match="tiny@1 is released: raise the revision"):
        release["release"](*arguments)
    with pytest.raises(SystemExit, match="no released revision that a newer one has replaced"):
        release["retire"]("tiny@1", arguments[2])
    (tmp_path / "card.json").write_text(json.dumps({"name": "tiny", "revision": 2}))
    with open(tmp_path / "m.keras", "wb") as file:
        file.truncate(17 << 20)
    with pytest.raises(SystemExit, match="too many to be embedded"):
        release["release"](*arguments)
    assert json.loads((tmp_path / "index.json").read_text()) == index
