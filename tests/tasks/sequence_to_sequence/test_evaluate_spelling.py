"""How spellers are scored: against repairs that are known to be right, and known to be wrong."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from zoo.data.damaged_words import (
    KINDS,
    SLIP,
    Candidates,
    WordList,
    damaged_words,
    split_of,
)
from zoo.errors import ConfigError
from zoo.tasks.sequence_to_sequence import evaluate_spelling as evaluation
from zoo.tasks.sequence_to_sequence.evaluate_spelling import (
    choose_commonness,
    choose_fits,
    common_repairs,
    evaluate_spelling,
    names_row,
    slips_row,
    spelling_rows,
)

WORDS = [f"{a}{b}{c}{d}ing" for a in "bcdfg" for b in "aeiou" for c in "lmnr" for d in "kpt"]


class Lookup:
    """Looks damaged words up in the list; of those with an x at the end it repairs none."""

    def repair(self, damaged, free=False):
        candidates = Candidates(WORDS)
        kinds = ["one letter lost" if "x" not in word else KINDS[0] for word in damaged]
        found = [candidates.of(word, kind) for word, kind in zip(damaged, kinds, strict=True)]
        return [
            "?" if w.endswith("x") or free or not f else f[0]
            for w, f in zip(damaged, found, strict=True)
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


def test_what_a_training_is_scored_by():
    """Each figure is that of the validation split of the row that is reported of the test split."""
    model = Lookup()
    model.names = None
    found = evaluation.validation_scores(model, WORDS, [])
    assert list(found) == ["damaged words", "slips"]
    assert found["damaged words"] == spelling_rows(model, WORDS, "validation")[0]["value"]
    assert found["slips"] == slips_row(model, WORDS, "validation")["value"]
    assert found["damaged words"] != spelling_rows(model, WORDS, "test")[0]["value"]


def test_a_model_with_a_list_is_scored_without_it_too(monkeypatch):
    found = WordList(dict.fromkeys(WORDS, 5), {}, {})
    monkeypatch.setattr(evaluation, "read_words", lambda: found)
    model = Lookup()
    assert len(evaluate_spelling(model)) == 1 + len(KINDS) + 1
    model.lexicon = SimpleNamespace(words=WORDS)
    rows = {row["metric"]: row for row in evaluate_spelling(model)}
    assert len(rows) == 2 * (1 + len(KINDS)) + 1
    assert rows["exact_repair, freely"]["value"] == 0 < rows["exact_repair"]["value"]
    assert f"chosen among:{len(WORDS)}" in rows["exact_repair"]["signature"]
    assert "spelt:freely" in rows["exact_repair, freely"]["signature"]


def test_slips_count_where_one_word_alone_is_near():
    """Of a list without likes, one that knows the words that one slip leads to has all."""
    words = ["government", "necessary", "restaurant", "beginning", "calendar", "interesting"]
    words += [f"{a}{w}" for a in ("pre", "mis") for w in words]

    class Slips:
        def repair(self, damaged):
            return [Candidates(words).of(word, SLIP)[0] for word in damaged]

    for split in ("train", "validation", "test"):
        asked = damaged_words(words, split, kinds=[SLIP])
        row = slips_row(Slips(), words, split)
        assert row["sentences"] == len(asked) and row["metric"] == "exact_repair (slip)"
        assert row["value"] == (100 if asked else 0)
    wrong = SimpleNamespace(repair=lambda damaged: ["x"] * len(damaged))
    assert slips_row(wrong, words, "train")["value"] == 0


def test_held_out_names_are_asked_when_the_list_lacks_them():
    names = [f"{a}{b}{c}" for a in "klmn" for b in "aeiou" for c in ("la", "no", "ri", "to")]
    held_out = [name for name in names if split_of(name) == "test"]
    assert 1 < len(held_out) < 20

    class Half:
        def __init__(self, listed):
            self.names = SimpleNamespace(words=listed)

        def with_names(self, listed):
            return Half(listed)

        def is_right(self, word):
            return word in self.names.words

        def repair(self, words):
            assert words == [name.capitalize() for name in held_out]
            return [word if word == words[0] else "x" for word in words]

    row = names_row(Half(names), names, "test")
    assert row["value"] == pytest.approx(100 / len(held_out))
    assert (row["metric"], row["sentences"]) == ("names_kept", len(held_out))


def test_the_share_is_chosen_that_tells_slips_from_names():
    names = [f"{a}{b}{c}" for a in "klmn" for b in "aeiou" for c in ("la", "no", "ri", "to")]
    held_out = [name for name in names if split_of(name) == "validation"]
    slips = [one.damaged for one in damaged_words(WORDS, "validation", kinds=[SLIP])]
    assert len(held_out) > 1 and len(slips) > 1

    def model(of_slips, of_names):
        shares = {**dict.fromkeys(slips, of_slips), **dict.fromkeys(held_out, of_names)}
        return SimpleNamespace(shares=lambda asked: [shares[word] for word in asked])

    assert choose_fits(model(0.3, 0.01), WORDS, names) == pytest.approx(0.3)
    assert choose_fits(model(0.02, 0.01), WORDS, names) == pytest.approx(0.02)
    assert choose_fits(model(0.02, 0.01), WORDS, []) == 0.5


def test_common_words_count_as_the_root_of_their_frequency():
    counts = {word: 4 for word in WORDS}
    mine = [word for word in WORDS if split_of(word) == "validation"]
    common = mine[0]
    counts[common] = 900  # 30 where the others are 2
    only = SimpleNamespace(repair=lambda damaged: [common] * len(damaged))
    found = common_repairs(only, counts, "validation")
    assert found == pytest.approx(100 * 30 / (30 + 2 * (len(mine) - 1)))
    assert len(mine) > 2 and common_repairs(only, counts, "test") == 0


def test_the_weight_of_counts_is_chosen_by_unambiguous_and_by_common_words(monkeypatch):
    """Of the sum that is the highest; the least weight where two are."""
    scores = {0.0: (92, 96, 70), 0.1: (91, 95, 73), 0.2: (90, 94, 74), 0.3: (80, 80, 79)}
    scores[0.4] = (0, 0, 83)
    model = SimpleNamespace(commonness=None)

    def row(place):
        return lambda model, words, split: {"value": scores[model.commonness][place]}

    monkeypatch.setattr(evaluation, "spelling_rows", lambda *args: [row(0)(*args)])
    monkeypatch.setattr(evaluation, "slips_row", row(1))
    monkeypatch.setattr(evaluation, "common_repairs", lambda m, *_: scores[m.commonness][2])
    assert choose_commonness(model, {"a": 1}) == 0.1  # 166 with 0.1 and 0.2


def test_it_knows_no_other_data():
    with pytest.raises(ConfigError, match="on the words of imdb"):
        evaluate_spelling(Lookup(), datasets=["ptb"])
