"""The page of settings: what signatures and docstrings say, and no more."""

from __future__ import annotations

import re
from pathlib import Path

from zoo.cli import settings

PAGE = Path(__file__).parents[2] / "zoo/tasks/README.md"


def test_the_committed_page_is_what_the_signatures_say():
    assert PAGE.read_text(encoding="utf-8") == settings.render(settings.own_tasks())


def test_every_setting_of_every_task_is_said():
    text = settings.render(settings.own_tasks())
    sections = [line[4:-1] for line in text.splitlines() if line.startswith("## ")]
    assert sections == sorted(settings.own_tasks()) and {"nmt", "pos", "spell"} <= {*sections}
    lines = [line for line in text.splitlines() if line.startswith("| `")]
    rows = [re.split(r"(?<!\\)\|", line)[1:-1] for line in lines]
    assert all(len(row) == 3 and len(row[2]) > 10 for row in rows)
    pos = text.partition("## `pos`")[2].partition("\n## ")[0]
    assert (
        "| `units` | `300` | width of each layer, of both directions together; then even. |" in pos
    )
    assert (
        '| `cell` | `"lstm"` | class of a recurrent cell, called with the number of units. |' in pos
    )


def test_a_docstring_is_read():
    def build(one, two=2):
        """Does it.

        Args:
            one: the first,
                of two lines.
            two: the second: a | b.

        Returns:
            three: nothing.
        """

    expected = {"one": "the first, of two lines.", "two": "the second: a | b."}
    assert settings.arguments_of(build) == expected
    assert settings.arguments_of(lambda: None) == {}


def test_the_command_writes_and_checks(zoo_command, tmp_path):
    file = tmp_path / "settings.md"
    missing = zoo_command("settings", file, "--check")
    assert missing.code == 2 and "is not what the signatures say" in missing.err
    assert zoo_command("settings", file).code == 0
    assert file.read_text(encoding="utf-8") == PAGE.read_text(encoding="utf-8")
    assert zoo_command("settings", file, "--check").code == 0
    assert zoo_command("settings").out.startswith("# Settings of every task")
    assert zoo_command("settings", "--check").code == 2
