"""Released files answer as they did when they were released, whatever became of the code.

`tests/support/released_answers.json` was written before the models read through an `Input`.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import zoo

ANSWERS = json.loads((Path(__file__).parent / "support/released_answers.json").read_text("utf-8"))
TEXTS = [
    "A man is riding a bicycle.",
    "Two dogs run through the snow!",
    "Good morning to you, dear Anna.",
    "",
    "It was not a bad film, I think.",
]


def answers(model) -> list:
    if model.task == "nmt":
        found = model.translate(TEXTS, beam_size=5, return_attention=True)
        return [[one.text, one.score] for one in found]
    if model.task == "pos":
        return [[list(pair) for pair in row] for row in model.tag(TEXTS)]
    if model.task in ("sentiment", "rating"):
        return [[one.label, one.probabilities[one.label]] for one in model.classify(TEXTS)]
    if model.task == "spell":
        return [model.repair(text) for text in ["good mornixx, wrld", "netwxxx"]]
    written = model.generate(["To be", "the"], 20, temperature=0)
    return [score.log_prob for score in model.score(TEXTS)] + written


def same(found, expected) -> bool:
    if isinstance(expected, float):
        return found == pytest.approx(expected, abs=2e-3)
    if isinstance(expected, list):
        return len(found) == len(expected) and all(map(same, found, expected))
    return found == expected


@pytest.mark.parametrize("ref", ANSWERS)
def test_a_released_file_answers_as_it_did(ref):
    found = answers(zoo.load(ref))
    assert same(found, ANSWERS[ref]), found
