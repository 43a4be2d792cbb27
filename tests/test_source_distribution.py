"""A source distribution has what makes and checks the models: recipes, cards, tests, plugins."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
WANTED = (
    "MODEL_CARDS.md",
    "LICENSE",
    "recipes/README.md",
    "recipes/nmt_attn_en_fr.py",
    "recipes/cards",
    "tests/conftest.py",
    "tests/support/tiny_model.py",
    "tests/support/released_answers.json",
    "tests/cli/conftest.py",
    "plugins/zoo-indrnn/pyproject.toml",
    "zoo/weights/index.json",
    "zoo/py.typed",
)


def test_it_has_recipes_and_tests(tmp_path):
    pytest.importorskip("setuptools")
    copy = tmp_path / "copy"
    copy.mkdir()
    for folder in ("zoo", "recipes", "tests", "plugins"):
        left_out = shutil.ignore_patterns("*.keras", "*.egg-info", "build")
        shutil.copytree(ROOT / folder, copy / folder, ignore=left_out)
    for file in ("LICENSE", "MANIFEST.in", "MODEL_CARDS.md", "README.md", "pyproject.toml"):
        shutil.copy(ROOT / file, copy / file)
    script = f"from setuptools import build_meta; build_meta.build_sdist({str(tmp_path)!r})"
    done = subprocess.run([sys.executable, "-c", script], cwd=copy, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    (archive,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(archive) as found:
        names = {name.partition("/")[2] for name in found.getnames()}
    assert [name for name in WANTED if name not in names] == []
    assert [name for name in names if name.endswith(".pyc") or "__pycache__" in name] == []
    here = {str(path.relative_to(ROOT)) for path in (ROOT / "tests").rglob("*.py")}
    assert here <= names
