"""The examples in docstrings do what they say."""

import doctest
import importlib
from pathlib import Path

import pytest

import zoo

ROOT = Path(zoo.__file__).parent
MODULES = sorted(
    ".".join(path.relative_to(ROOT.parent).with_suffix("").parts).removesuffix(".__init__")
    for path in ROOT.rglob("*.py")
    if path.stem != "__main__"
)


@pytest.mark.parametrize("name", MODULES)
def test_examples(name):
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    done = doctest.testmod(importlib.import_module(name), optionflags=flags)
    assert done.failed == 0
