"""A photograph once a word: the words that are put together, and the picture that is drawn."""

from __future__ import annotations

import numpy as np
import pytest

from zoo.diagnostics.attention_over_images import Looked, draw, merged
from zoo.errors import ConfigError

IMAGE = np.full((20, 30, 3), 200, "uint8")


def test_subwords_are_put_together():
    weights = np.array([[1.0, 0], [0.5, 0.5], [0, 1], [0, 0]])
    words, rows = merged(["▁a", "▁sno", "wy", "</s>"], weights)
    assert words == ["a", "snowy"]
    np.testing.assert_allclose(rows, [[1, 0], [0.25, 0.75]])


def test_nothing_was_said():
    words, rows = merged(["</s>"], np.ones((1, 4)))
    assert words == [] and rows.shape == (0, 4)


def test_what_is_looked_at_is_bright_and_the_rest_dark(tmp_path):
    image = pytest.importorskip("PIL.Image")
    pytest.importorskip("matplotlib")
    weights = np.zeros((1, 4))
    weights[0, 0] = 1  # the upper left
    draw([Looked(IMAGE, ["dog"], weights)], tmp_path / "a.png")
    with image.open(tmp_path / "a.png") as drawn:
        pixels = np.asarray(drawn.convert("L")).astype(float)
    height, width = pixels.shape
    second = pixels[height // 4 :, width // 6 : width // 3]
    left, right = np.array_split(second, 2, axis=1)
    upper = slice(0, len(second) // 3)
    assert left[upper].mean() > right[upper].mean() + 40


def test_there_is_nothing_to_draw(tmp_path):
    pytest.importorskip("matplotlib")
    with pytest.raises(ConfigError, match="no photograph was captioned"):
        draw([Looked(IMAGE, [], np.zeros((0, 4)))], tmp_path / "a.png")
    with pytest.raises(ConfigError, match="cannot be drawn"):
        draw([Looked(IMAGE, ["a"], np.ones((1, 4)))], tmp_path / "a.nothing")
    assert not list(tmp_path.iterdir())
