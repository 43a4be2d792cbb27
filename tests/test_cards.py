"""MODEL_CARDS.md is what the index says, and no more."""

from pathlib import Path

import pytest

from zoo import cards, hub
from zoo.errors import DamagedFileError
from zoo.files import sha256_of
from zoo.model_folder import ModelFolder

MODEL = {
    "name": "nmt-tiny",
    "revision": 1,
    "task": "nmt",
    "file": "nmt-tiny.keras",
    "sha256": "ab" * 32,
    "bytes": 1234567,
    "licence": "Apache-2.0",
    "datasets": ["Multi30k (CC BY-NC-SA)", "Tatoeba (CC BY 2.0)"],
    "parameters": 6100000,
    "languages": ["en", "fr"],
    "summary": "Translates.",
    "recipe": "python recipes/nmt.py",
    "hardware": "2 cores",
    "time": "3 h",
    "seeds": "three, 58.1 to 59.0 on the validation split",
    "metrics": [
        {
            "dataset": "multi30k/en-fr",
            "split": "test_2016_flickr",
            "metric": "sacrebleu_13a",
            "value": 59.019,
            "signature": "nrefs:1|tok:13a",
            "sentences": 1000,
            "seconds": 10.0,
        }
    ],
    "notes": ["A note."],
}


def test_a_card_has_every_fact():
    text = cards.render({"format": 1, "models": [MODEL]})
    for fact in (
        "## nmt-tiny, revision 1",
        "Translates.",
        "| Languages | en to fr |",
        "| Parameters | 6,100,000 |",
        "| File | `nmt-tiny.keras`, 1,234,567 bytes |",
        f"| SHA-256 | `{'ab' * 32}` |",
        "| Licence | Apache-2.0 |",
        "| Trained on | Multi30k (CC BY-NC-SA); Tatoeba (CC BY 2.0) |",
        "| Training command | `python recipes/nmt.py` |",
        "| Hardware | 2 cores |",
        "| Time | 3 h |",
        "| Seeds | three, 58.1 to 59.0 on the validation split |",
        "| multi30k/en-fr | test_2016_flickr | sacrebleu_13a | 59.02 | 1,000 "
        "| `nrefs:1\\|tok:13a` |",
        "\n\nA note.\n",
    ):
        assert fact in text
    assert "| URL |" not in text  # not said, so not shown
    tagger = {**MODEL, "name": "pos-tiny", "task": "pos"}
    assert "| Languages | en, fr |" in cards.render({"format": 1, "models": [tagger]})
    assert text.endswith("\n") and not text.endswith("\n\n")


def test_models_beside_it_follow_with_their_own_scores():
    rows = [{**MODEL["metrics"][0], "value": 57.25}]
    other = {
        "title": "On half the data",
        "recipe": "train --half",
        "metrics": rows,
        "notes": ["?!"],
    }
    text = cards.render({"models": [{**MODEL, "beside": [other]}]})
    own, _, compared = text.partition("\n### On half the data\n")
    assert "59.02" in own and "57.25" not in own and "A note." in own
    for fact in ("| Training command | `train --half` |", "| 57.25 | 1,000 |", "\n\n?!\n"):
        assert fact in compared
    assert "SHA-256" not in compared  # there is no file


def test_the_newest_revision_comes_first():
    text = cards.render({"models": [MODEL, {**MODEL, "revision": 2}, {**MODEL, "name": "a"}]})
    order = [line for line in text.splitlines() if line.startswith("## ")]
    assert order == ["## a, revision 1", "## nmt-tiny, revision 2", "## nmt-tiny, revision 1"]


def test_no_model_yet():
    assert "No model is released yet." in cards.render({"models": []})


@pytest.mark.parametrize("content", ["", "{}", '{"format": 2, "models": []}', "[]"])
def test_a_damaged_index(tmp_path, monkeypatch, content):
    (tmp_path / "index.json").write_text(content)
    monkeypatch.setattr(cards, "folders", lambda: [ModelFolder(tmp_path)])
    with pytest.raises(DamagedFileError, match="is not an index of models"):
        cards.read_index()


def test_the_command_writes_and_checks(tmp_path, monkeypatch):
    from click.testing import CliRunner

    from zoo.cli.app import cli
    from zoo.errors import ConfigError

    monkeypatch.setattr(cards, "read_index", lambda: {"models": [MODEL]})
    monkeypatch.setattr(cards, "read_comparisons", list)
    monkeypatch.setattr(cards, "read_table", list)
    file = tmp_path / "MODEL_CARDS.md"
    run = CliRunner().invoke
    missing = run(cli, ["cards", str(file), "--check"])
    assert isinstance(missing.exception, ConfigError)
    assert run(cli, ["cards", str(file)]).exit_code == 0
    assert file.read_text() == cards.render({"models": [MODEL]})
    assert run(cli, ["cards", str(file), "--check"]).exit_code == 0
    file.write_text(file.read_text().replace("59.02", "62.00"))
    stale = run(cli, ["cards", str(file), "--check"])
    assert "is not what the index says: run `zoo cards" in str(stale.exception)


# What is really in the repository --------------------------------------------------------------


def test_the_committed_cards_are_what_the_index_says():
    file = Path(__file__).parents[1] / "MODEL_CARDS.md"
    assert file.read_text(encoding="utf-8") == cards.render(
        cards.read_index(), cards.read_comparisons(), cards.read_table()
    )


def test_the_embedded_files_are_those_of_the_index_and_small_enough():
    files = {path.name: path for path in hub.EMBEDDED.glob("*.keras")}
    models = {model["file"]: model for model in cards.read_index()["models"]}
    assert set(files) <= set(models)
    for name, path in files.items():
        assert sha256_of(path) == models[name]["sha256"]
        assert path.stat().st_size == models[name]["bytes"] <= 16 * 2**20
    assert sum(path.stat().st_size for path in files.values()) <= 48 * 2**20
