"""What commands that answer items share."""

from __future__ import annotations

import io
import sys
from types import SimpleNamespace

import keras
import numpy as np
import pytest

from zoo.backend.compiled import Compiled
from zoo.cli.serving import answers_of
from zoo.inputs.text import Text


@pytest.mark.skipif(keras.backend.backend() == "jax", reason="JAX compiles what is asked once too")
@pytest.mark.parametrize(
    ("arguments", "shapes"),
    [(["one"], [(1, 2)]), (["one", "two"], [(None, 2)]), (["-"], [(None, 2)])],
    ids=["alone", "two", "lines"],
)
def test_one_text_alone_is_answered_without_compiling(arguments, shapes, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"one\n")))
    traces = []

    def function(ids):
        traces.append(tuple(ids.shape))
        return ids + 1

    run = Compiled(keras.Sequential(), function, [(2,)])

    def answer(texts):
        return [int(row[0]) for row in run(np.ones((len(texts), 2), int))]

    model = SimpleNamespace(input=Text())
    assert [found for _, found in answers_of(model, arguments, answer)] == [2] * len(arguments)
    assert traces == shapes
