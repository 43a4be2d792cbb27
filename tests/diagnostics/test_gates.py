"""Gates and states over an item: against equations in NumPy, and against what layers give."""

from __future__ import annotations

import numpy as np
import pytest
from keras import ops
from numpy_cells import lstm, sigmoid
from small_lm import small_lm
from small_pos import small_pos

from zoo.diagnostics.gates import draw, gates_of
from zoo.diagnostics.loops import loops_of, steps_of
from zoo.errors import ConfigError
from zoo.inputs import CharacterTokenizer

TEXT = "abba cab"


@pytest.fixture(scope="module")
def model():
    return small_lm(tokenizer=CharacterTokenizer("abc "), cell="lstm")


def test_an_lstm_is_its_equations(model):
    found = gates_of(model, [TEXT], layer=1, units="0,7,3")
    assert found["steps"] == ["(begin)", *TEXT] and found["cell"] == "LSTM"
    assert list(found["gates"]) == ["i", "f", "o"] and list(found["states"]) == ["h", "c"]
    cell = model.recurrence.layers[0].cell
    weights = [ops.convert_to_numpy(w).astype("float64") for w in cell.weights]
    ids = [model.tokenizer.begin_id, *model.tokenizer.encode(TEXT)]
    vectors = ops.convert_to_numpy(model.embedding(np.array([ids])))[0].astype("float64")
    states = [np.zeros(8), np.zeros(8)]
    chosen = [0, 7, 3]
    for t, x in enumerate(vectors):
        a = x @ weights[0] + weights[2] + states[0] @ weights[1]
        i, f, _, o = np.split(a, 4)
        for name, value in {"i": i, "f": f, "o": o}.items():
            np.testing.assert_allclose(found["gates"][name][t], sigmoid(value)[chosen], atol=1e-5)
        states = lstm(weights, x, states)
        np.testing.assert_allclose(found["states"]["h"][t], states[0][chosen], atol=1e-5)
        np.testing.assert_allclose(found["states"]["c"][t], states[1][chosen], atol=1e-5)


@pytest.mark.parametrize(
    ("cell", "gates", "states"),
    [("simple", [], ["h"]), ("gru", ["z", "r"], ["h"]), ("mogrifier", [], ["h", "c"])],
)
def test_any_cell(cell, gates, states):
    small = small_lm(tokenizer=CharacterTokenizer("abc "), cell=cell)
    loops, _ = loops_of(small, TEXT)
    for loop in loops:
        found = steps_of(loop)
        assert (list(found.gates), list(found.states)) == (gates, states)
        outputs = ops.convert_to_numpy(loop.outputs)
        np.testing.assert_allclose(found.states["h"], outputs, atol=1e-4)


def test_both_directions_along_words():
    small = small_pos()
    loops, _ = loops_of(small, "a b c d")
    assert [loop.name for loop in loops[:2]] == ["layer 1, forward", "layer 1, backward"]
    for loop in loops:
        found, outputs = steps_of(loop), ops.convert_to_numpy(loop.outputs)
        np.testing.assert_allclose(next(iter(found.states.values())), outputs, atol=1e-4)
        first = -1 if loop.layer.go_backwards else 0
        assert not ops.convert_to_numpy(found.around[0])[first].any()


def test_the_units_that_move_most_are_shown(model, tmp_path, figures):
    found = gates_of(model, [TEXT])
    every = gates_of(model, [TEXT], units=",".join(map(str, range(8))))["states"]["c"].std(0)
    assert found["units"] == np.argsort(-every, kind="stable")[:4].tolist()
    draw(found, tmp_path / "a.svg")
    assert "<svg" in (tmp_path / "a.svg").read_text()
    blocks = [axis for axis in figures[0].axes if axis.get_ylabel().startswith("unit ")]
    assert len(blocks) == 4
    shut = blocks[1].images[0].get_array()
    np.testing.assert_allclose(shut[1], found["gates"]["f"][:, 1], rtol=1e-6)
    assert [label.get_text() for label in blocks[-1].get_xticklabels()][1:5] == ["a", "b", "b", "a"]


def test_what_is_not_there(model, tmp_path):
    with pytest.raises(ConfigError, match="over one item, not over 0"):
        gates_of(model, [])
    with pytest.raises(ConfigError, match="units 0 to 7, and not all of 3,8"):
        gates_of(model, [TEXT], units="3,8")
    with pytest.raises(ConfigError, match="numbers by commas"):
        gates_of(model, [TEXT], units="a")
    with pytest.raises(ConfigError, match="no recurrent layer 3 .* 1: layer 1, 2: layer 2"):
        gates_of(model, [TEXT], layer=3)
    still = small_lm(tokenizer=CharacterTokenizer("abc "), body="tcn")
    with pytest.raises(ConfigError, match="no recurrent layer along the steps"):
        gates_of(still, [TEXT])
    with pytest.raises(ConfigError, match="at most 150"):
        draw(gates_of(model, ["ab" * 100]), tmp_path / "a.png")
    assert not list(tmp_path.iterdir())
