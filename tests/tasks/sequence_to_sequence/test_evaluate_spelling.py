"""How spellers are scored: against repairs that are known to be right, and known to be wrong."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from zoo.data.damaged_words import KINDS, Candidates, damaged_words, split_of
from zoo.errors import ConfigError
from zoo.tasks.sequence_to_sequence import evaluate_spelling as evaluation
from zoo.tasks.sequence_to_sequence.evaluate_spelling import evaluate_spelling, spelling_rows

WORDS = [f"{a}{b}{c}{d}ing" for a in "bcdfg" for b in "aeiou" for c in "lmnr" for d in "kpt"]


class Lookup:
    """Looks damaged words up in the list; of those with an x at the end it repairs none."""

    def repair(self, damaged, free=False):
        candidates = Candidates(WORDS)
        kinds = ["one letter lost" if "x" not in word else KINDS[0] for word in damaged]
        found = [candidates.of(word, kind) for word, kind in zip(damaged, kinds, strict=True)]
        return [
            "?" if w.endswith("x") or free else f[0] for w, f in zip(damaged, found, strict=True)
        ]


def test_rows_count_what_is_right():
    examples = damaged_words(WORDS, "test")
    assert len(examples) > 20 and all(split_of(example.word) == "test" for example in examples)
    right = sum(not example.damaged.endswith("x") for example in examples)
    rows = {row["metric"]: row for row in spelling_rows(Lookup(), WORDS, "test")}
    assert rows["exact_repair"]["value"] == pytest.approx(100 * right / len(examples))
    assert rows["exact_repair"]["sentences"] == len(examples)
    lost = rows["exact_repair (one letter lost)"]
    assert lost["value"] == 100 and lost["split"] == "test"
    assert lost["sentences"] == sum(example.kind == "one letter lost" for example in examples)


def test_a_model_with_a_list_is_scored_without_it_too(monkeypatch):
    monkeypatch.setattr(evaluation, "read_words", lambda: dict.fromkeys(WORDS, 5))
    model = Lookup()
    assert len(evaluate_spelling(model)) == 1 + len(KINDS)
    model.lexicon = SimpleNamespace(words=WORDS)
    rows = {row["metric"]: row for row in evaluate_spelling(model)}
    assert len(rows) == 2 * (1 + len(KINDS))
    assert rows["exact_repair, freely"]["value"] == 0 < rows["exact_repair"]["value"]
    assert f"chosen among:{len(WORDS)}" in rows["exact_repair"]["signature"]
    assert "spelt:freely" in rows["exact_repair, freely"]["signature"]


def test_it_knows_no_other_data():
    with pytest.raises(ConfigError, match="on the words of imdb"):
        evaluate_spelling(Lookup(), datasets=["ptb"])
