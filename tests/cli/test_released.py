"""What is known of released models by their names is what the indexes say."""

from __future__ import annotations

from pathlib import Path

from zoo.cards import folders
from zoo.released import ELSEWHERE

FILE = Path(__file__).parents[2] / "zoo/released.py"


def test_the_command_writes_what_is_committed(zoo_command, tmp_path):
    file = tmp_path / "released.py"
    missing = zoo_command("released", file, "--check")
    assert missing.code == 2 and "is not what the indexes say: run `zoo released" in missing.err
    assert zoo_command("released", file).code == 0
    assert file.read_text(encoding="utf-8") == FILE.read_text(encoding="utf-8")
    assert zoo_command("released", file, "--check").code == 0


def test_the_core_knows_what_its_distributions_have():
    found = {m["name"] for folder in folders()[1:] for m in folder.read()["models"]}
    assert found == set(ELSEWHERE)
