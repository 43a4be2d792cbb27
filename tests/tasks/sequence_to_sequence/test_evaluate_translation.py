"""Evaluation: the right sentences, the right references, and no test split where one chooses."""

import pytest

from zoo.data import pairs, read_pairs, references
from zoo.data.sets import multi30k
from zoo.errors import ConfigError, UnknownNameError
from zoo.tasks.sequence_to_sequence import evaluate_translation as evaluation
from zoo.tasks.sequence_to_sequence.evaluate_translation import (
    evaluate_translation,
    validation_bleu,
)


class Oracle:
    """A model that knows the answers, and keeps what it was asked.

    Args:
        pairs: `(source, target)` sentences it knows.
        spoil: what it does to each answer.
    """

    def __init__(self, pairs, spoil=lambda text: text):
        self.answers, self.spoil = dict(pairs), spoil
        self.asked, self.beams = [], set()

    def translate(self, texts, beam_size):
        self.asked += texts
        self.beams.add(beam_size)
        return [self.spoil(self.answers[text]) for text in texts]


def everything(mirror, source=0, target=1):
    """All pairs of the tiny mirror."""
    rows = [row for rows in mirror.descriptions.values() for row in rows if len(row) > target]
    pairs = [(row[source], row[target]) for row in rows]
    return (mirror.everyday if (source, target) == (0, 1) else []) + pairs


def test_a_perfect_model_has_100_everywhere(tiny_mirror):
    model = Oracle(everything(tiny_mirror))
    rows = evaluate_translation(model)
    assert [(row["dataset"], row["split"], row["metric"]) for row in rows] == [
        ("multi30k/en-fr", "test_2016_flickr", "bleu_lc_norm_tok"),
        ("multi30k/en-fr", "test_2016_flickr", "sacrebleu_13a"),
        ("multi30k/en-fr", "test_2017_flickr", "bleu_lc_norm_tok"),
        ("multi30k/en-fr", "test_2017_flickr", "sacrebleu_13a"),
        ("multi30k/en-fr", "test_2017_mscoco", "bleu_lc_norm_tok"),
        ("multi30k/en-fr", "test_2017_mscoco", "sacrebleu_13a"),
        ("tatoeba/en-fr", "test", "sacrebleu_13a"),
    ]
    assert all(row["value"] == pytest.approx(100) for row in rows)
    assert [row["sentences"] for row in rows[:6]] == [4, 4, 3, 3, 2, 2]
    assert all(row["seconds"] >= 0 for row in rows)
    assert "lc.norm.tok.fr" in rows[0]["signature"] and "tok:13a" in rows[1]["signature"]
    assert model.beams == {5}


def test_lower_case_costs_the_cased_score_only(tiny_mirror):
    rows = evaluate_translation(Oracle(everything(tiny_mirror), str.lower), datasets=["multi30k"])
    for row in rows:
        assert (row["value"] == pytest.approx(100)) == (row["metric"] == "bleu_lc_norm_tok")


def test_answers_in_the_wrong_order_are_noticed(tiny_mirror):
    class Shuffled(Oracle):
        def translate(self, texts, beam_size):
            return super().translate(texts, beam_size)[::-1]

    rows = evaluate_translation(Shuffled(everything(tiny_mirror)))
    assert all(row["value"] < 95 for row in rows)


def test_each_everyday_sentence_is_asked_once_and_any_reference_counts(tiny_mirror):
    texts, translations = references("tatoeba/en-fr", "test")
    assert max(map(len, translations)) > 1
    for choice in (0, -1):
        answers = [(t, options[choice]) for t, options in zip(texts, translations, strict=True)]
        model = Oracle(answers)
        (row,) = evaluate_translation(model, datasets=["tatoeba"])
        assert model.asked == texts
        assert row["value"] == pytest.approx(100)
        assert row["sentences"] == len(texts)


def test_other_languages_have_the_splits_that_exist(tiny_mirror):
    rows = evaluate_translation(
        Oracle(everything(tiny_mirror, 0, 3)), source="en", target="cs", beam_size=2
    )
    assert {(row["dataset"], row["split"]) for row in rows} == {
        ("multi30k/en-cs", "test_2016_flickr")
    }
    rows = evaluate_translation(
        Oracle(everything(tiny_mirror, 2, 0)), source="de", target="en", datasets=["multi30k"]
    )
    assert len(rows) == 6 and all(row["value"] == pytest.approx(100) for row in rows)


def test_mistakes_get_one_sentence(tiny_mirror):
    model = Oracle([])
    with pytest.raises(ConfigError, match="No data set has 'en' to 'it'"):
        evaluate_translation(model, target="it")
    with pytest.raises(ConfigError, match="tatoeba/en-fr"):
        evaluate_translation(model, source="en", target="cs", datasets=["tatoeba"])
    with pytest.raises(UnknownNameError):
        evaluate_translation(model, datasets=["tatoebas"])
    with pytest.raises(ConfigError, match="positive"):
        validation_bleu(model, ["multi30k/en-fr"], sentences=0)


def test_progress_reaches_the_end(tiny_mirror, monkeypatch):
    monkeypatch.setattr(evaluation, "_CHUNK", 3)
    seen = []
    evaluate_translation(
        Oracle(everything(tiny_mirror)),
        datasets=["multi30k"],
        progress=lambda *arguments: seen.append(arguments),
    )
    assert seen == [
        ("multi30k/en-fr test_2016_flickr", 3, 4),
        ("multi30k/en-fr test_2016_flickr", 4, 4),
        ("multi30k/en-fr test_2017_flickr", 3, 3),
        ("multi30k/en-fr test_2017_mscoco", 2, 2),
    ]


def test_validation_sees_no_test_split(tiny_mirror, monkeypatch):
    asked = []
    load_pairs = pairs.load_pairs

    def watched(name, split):
        asked.append((name, split))
        return load_pairs(name, split)

    monkeypatch.setattr(pairs, "load_pairs", watched)
    monkeypatch.setattr(multi30k.Multi30k, "tokenised_references", None)
    model = Oracle(everything(tiny_mirror))
    scores = validation_bleu(model, ["multi30k/en-fr", "tatoeba/en-fr"])
    assert scores == {
        "multi30k/en-fr": pytest.approx(100),
        "tatoeba/en-fr": pytest.approx(100),
    }
    assert asked == [("multi30k/en-fr", "validation"), ("tatoeba/en-fr", "validation")]
    validation = {source for name, split in tuple(asked) for source, _ in read_pairs(name, split)}
    assert set(model.asked) == validation
    assert model.beams == {1}


def test_validation_of_some_sentences_takes_them_evenly(tiny_mirror):
    texts, _ = references("tatoeba/en-fr", "validation")
    model = Oracle(everything(tiny_mirror))
    validation_bleu(model, ["tatoeba/en-fr"], sentences=2)
    assert model.asked == [texts[0], texts[len(texts) // 2]]
    model = Oracle(everything(tiny_mirror))
    validation_bleu(model, ["tatoeba/en-fr"], sentences=10_000)
    assert model.asked == texts


class Several:
    """An oracle for each language; asked without one it fails, as it has no `translate`."""

    targets = ("de", "en", "fr")

    def __init__(self, mirror):
        column = {"en": 0, "fr": 1, "de": 2}
        self.oracles = {
            target: Oracle(
                pair
                for source in column
                if source != target
                for pair in everything(mirror, column[source], column[target])
            )
            for target in column
        }
        self.oracles["en"].answers |= {b: a for a, b in mirror.everyday}

    def toward(self, target):
        return self.oracles[target]


def test_a_model_of_several_languages_is_scored_on_each_pair(tiny_mirror):
    model = Several(tiny_mirror)
    rows = evaluate_translation(model, datasets=["multi30k"])
    pairs = ["de-en", "de-fr", "en-de", "en-fr", "fr-de", "fr-en"]
    assert list(dict.fromkeys(row["dataset"] for row in rows)) == [f"multi30k/{p}" for p in pairs]
    assert all(row["value"] == pytest.approx(100) for row in rows)
    one = evaluate_translation(model, source="de", target="fr", datasets=["multi30k"])
    assert {row["dataset"] for row in one} == {"multi30k/de-fr"}
    found = validation_bleu(model, ["multi30k/en-de", "multi30k/de-fr"])
    assert list(found.values()) == [pytest.approx(100)] * 2
