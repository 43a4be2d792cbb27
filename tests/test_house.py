"""The rules of the house that a machine can keep: where code stands, and how it speaks.

Imports are kept by import-linter (`[tool.importlinter]` in pyproject.toml), except where the names
of modules decide, for its patterns know whole names alone; here is the rest. Of the zoo only the
registered strings are imported, so all of it takes seconds.
"""

import ast
import re
from pathlib import Path

import pytest

from zoo import builtins

ROOT = Path(__file__).parents[1]
SOURCES = sorted((ROOT / "zoo").rglob("*.py"))
MOST_LINES = 400

# A recipe is its data, its model and its numbers. What is longer, and why it may be:
MOST_LINES_OF_A_RECIPE = 80
NO_RECIPE_OF_ONE_MODEL = {
    "release.py": "a tool of those who release models, which trains none",
    "tcn_table.py": "a table of many trainings of five tasks",
}

# Where backends may differ. What stands beside the rooms may only become less.
FORKS = ("zoo/backend/", "zoo/export/", "zoo/training/strategies.py")

# Models know no data: in zoo.tasks these modules alone import zoo.data, by their names.
MEETS_DATA = re.compile(r"evaluate(_\w+)?|(\w+_)?experiment")

# Rooms that know no modality, and words of one.
ROOMS_OF_ANY_INPUT = (
    "backend",
    "cells",
    "decoding",
    "training",
    "building.py",
    "hub.py",
    "saving.py",
)
TEXT_WORDS = re.compile(r"\b(tokenizer|sentence)s?\b", re.IGNORECASE)

# The room that each kind of registered part stands in.
ROOM_OF_KIND = {
    "cells": "zoo.cells.",
    "attentions": "zoo.layers.attention.",
    "datasets": "zoo.data.sets.",
    "tasks": "zoo.tasks.",
    "topologies": "zoo.tasks.",
    "searches": "zoo.decoding.",
    "rules": "zoo.decoding.",
    "exporters": "zoo.export.",
    "pictures": ("zoo.diagnostics.", "zoo.experiments."),  # the latter train what they show
}


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def docstrings(tree: ast.Module):
    """The functions of a module and their docstrings, without commands, whose help commands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and ast.get_docstring(node):
            if not any("command" in ast.unparse(d) for d in node.decorator_list):
                yield node, ast.get_docstring(node)


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_a_file_can_be_read_at_once(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MOST_LINES


@pytest.mark.parametrize("path", sorted((ROOT / "recipes").glob("*.py")), ids=relative)
def test_a_recipe_is_short(path):
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert (lines > MOST_LINES_OF_A_RECIPE) == (path.name in NO_RECIPE_OF_ONE_MODEL)
    assert f"`{path.name}`" in (ROOT / "recipes/README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_a_module_says_why_it_is_there(path):
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


def test_backends_differ_in_one_room():
    forks = {
        relative(path)
        for path in SOURCES
        if re.search(r"\b(backend|config)\.backend\(\)", path.read_text(encoding="utf-8"))
    }
    assert not [path for path in forks if not path.startswith(FORKS)]


def test_models_know_no_data():
    found = set()
    for path in (ROOT / "zoo/tasks").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                room = getattr(node, "module", None) or ""
                names = [f"{room}.{alias.name}.".lstrip(".") for alias in node.names]
                if any(name.startswith("zoo.data.") for name in names):
                    found.add(path)
    assert not [relative(path) for path in found if not MEETS_DATA.fullmatch(path.stem)]


def test_rooms_of_any_input_know_no_text():
    found = {}
    for path in SOURCES:
        if relative(path).split("/")[1] in ROOMS_OF_ANY_INPUT:
            count = len(TEXT_WORDS.findall(path.read_text(encoding="utf-8")))
            if count:
                found[relative(path)] = count
    assert not found


@pytest.mark.parametrize("kind", ROOM_OF_KIND)
def test_registered_parts_stand_in_the_room_of_their_kind(kind):
    targets = []

    def register(name, target, **about):
        targets.append(target)
        # What else is imported for a task stands in its wing too.
        targets.extend(
            value for value in about.values() if re.fullmatch(r"zoo[\w.]*:\w+", str(value))
        )

    getattr(builtins, f"register_{kind}")(register=register)
    assert targets
    for target in targets:
        # The command of a verb is the one thing that stands elsewhere.
        rooms = ROOM_OF_KIND[kind]
        rooms = (rooms,) if isinstance(rooms, str) else rooms
        assert target.startswith((*rooms, "zoo.cli.verbs.")), target
        module, _, name = target.partition(":")
        source = (ROOT / (module.replace(".", "/") + ".py")).read_text(encoding="utf-8")
        names = (
            getattr(node, "name", getattr(node, "id", None)) for node in ast.walk(ast.parse(source))
        )
        defined = set(names)
        assert name in defined, target


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_docstrings_have_one_mood(path):
    """Third person: "Returns the ids.", where others would write "Return the ids."."""
    imperatives = re.compile(
        r"(Add|Ask|Build|Call|Check|Compute|Create|Download|Find|Get|Give|Import|List|Load|Make"
        r"|Open|Print|Raise|Read|Register|Replace|Return|Run|Save|Set|Show|Take|Turn|Write|Yield)\b"
    )
    for node, text in docstrings(ast.parse(path.read_text(encoding="utf-8"))):
        assert not imperatives.match(text), f"{node.name}: {text.splitlines()[0]}"
