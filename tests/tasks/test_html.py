"""What notebooks show of results."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

from zoo.tasks.classification.results import Classification
from zoo.tasks.language_modelling.results import Surprise, TextScore
from zoo.tasks.sequence_to_sequence.results import TargetScore, Translation
from zoo.tasks.tagging.results import TaggedSequence, TaggedToken

ODD = "<b>&'\n"
WEIGHTS = np.array([[0.25, 0.75]], "float32")
RESULTS = [
    Classification("good<", {"good<": 0.9, "bad": 0.1}),
    TaggedSequence([TaggedToken("dogs<", "NOUN")]),
    Translation(ODD, -0.5, -1.0, ["<b>"], ["a", "&"], WEIGHTS),
    Translation(ODD, -0.5, -1.0, ["<b>"], ["a"], None),
    TargetScore(-1.0, -0.5, 2.0, ["<a", "\n"], [-0.5, -0.5]),
    TextScore.of(["<a", "\n"], [-0.5, -9.0]),
    Surprise(["<a", "b'"], [0.5, 12.0], " "),
]


@pytest.mark.parametrize("result", RESULTS, ids=lambda result: type(result).__name__)
def test_results_are_whole_and_escaped(result):
    text = result._repr_html_()
    ElementTree.fromstring(f"<div>{text.replace('<br>', '<br/>')}</div>")


def test_the_hottest_token_is_the_reddest():
    text = RESULTS[-1]._repr_html_()
    assert "rgba(255,0,0,0.00)" in text and "rgba(255,0,0,1.00)" in text and "12.0 bits" in text


def test_an_alignment_has_a_cell_for_each_pair_and_a_large_one_is_left_out():
    assert RESULTS[2]._repr_html_().count("<td") == 2
    large = Translation("a", 0.0, 0.0, ["a"] * 60, ["b"] * 60, np.ones((60, 60), "float32") / 60)
    assert "<td" not in large._repr_html_()
