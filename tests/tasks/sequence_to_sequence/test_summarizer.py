"""Summing up: every search over a decoder that copies; learning to copy; how it is scored."""

from __future__ import annotations

import types

import keras
import numpy as np
import pytest
from tiny_datasets import add_aeslc, mail

import zoo
from zoo.data import read_summaries
from zoo.decoding import BeamSearch, NoRepeatNGram, SampleSearch, Shortlist
from zoo.errors import ConfigError
from zoo.inputs.samples import characters
from zoo.tasks.sequence_to_sequence.ensemble import Ensemble
from zoo.tasks.sequence_to_sequence.evaluate_summaries import summary_rows, validation_rouge
from zoo.tasks.sequence_to_sequence.summarize import LONGEST, Summarizer
from zoo.tasks.sequence_to_sequence.summarize_sample import SAMPLE

TEXTS = ["abc de", "Where is it?", "x", "one two three four"]
SIZES = {k: v for k, v in SAMPLE.settings.items() if k != "vocabulary_size"}


def model_of(seed=1, **settings):
    keras.utils.set_random_seed(seed)
    found = zoo.build("summarize", **{**SIZES, "source_tokenizer": characters(), **settings})
    rng = np.random.default_rng(seed)
    for weight in found.weights:
        weight.assign(rng.normal(size=weight.shape) * 0.7)
    return found


@pytest.fixture(scope="module")
def model():
    return model_of()


def test_a_list_gives_what_its_texts_give(model):
    assert isinstance(model, Summarizer) and model.decoder.copying and model.decoder.coverage
    listed = model.summarize(TEXTS, beam_size=3)
    assert listed == [model.summarize(text, beam_size=3) for text in TEXTS]
    assert len(set(listed)) > 1 and model.summarize(["", "a"], beam_size=3)[0] == ""


@pytest.mark.parametrize(
    "search",
    [BeamSearch(3, n_best=3), BeamSearch(3, rules=[NoRepeatNGram(1)]), SampleSearch(seed=2)],
)
def test_a_step_at_a_time_is_the_whole_sequence(model, search):
    for text in TEXTS[:2]:
        found = model.summarize(text, search=search, return_attention=True)
        found = found if isinstance(found, list) else [found]
        for one in found:
            assert len(one.tokens) <= LONGEST
            assert model.score(text, one).log_prob == pytest.approx(one.log_prob, rel=1e-3)
            np.testing.assert_allclose(one.attention.sum(-1), np.ones(len(one.tokens)), rtol=1e-4)


def test_a_stream_is_the_greedy_line(model):
    for text in TEXTS[:2]:
        assert "".join(model.summarize(text, stream=True)) == model.summarize(text, beam_size=1)


def test_an_ensemble_and_a_copy_give_what_one_gives(model, tmp_path):
    pair = Ensemble([model, model])
    inputs = {"source": np.array([[5, 6, 3]]), "target": np.array([[2, 5]])}
    np.testing.assert_allclose(pair(inputs), model(inputs), atol=1e-4)
    zoo.save(model, tmp_path / "a.keras")
    again = zoo.load(tmp_path / "a.keras")
    assert (again.task, again.longest) == ("summarize", LONGEST)
    assert again.summarize(TEXTS, beam_size=3) == model.summarize(TEXTS, beam_size=3)


def test_it_reads_the_beginning_of_a_long_text():
    tokenizer = characters()
    model = model_of(source_tokenizer=type(tokenizer)(tokenizer.proto, longest=6))
    assert model.summarize("abcdef and more " * 400) == model.summarize("abcdef")


def test_words_that_were_never_seen_are_copied():
    """The third word of a text, which a model that only writes cannot know."""
    tokenizer = characters()
    letters = np.array(tokenizer.ids(list("abcdefghijklmnopqrstuvwxyz")))
    rng = np.random.default_rng(0)

    def batch(letters, rows=32):
        source = np.concatenate([rng.choice(letters, (rows, 5)), np.full((rows, 1), 3)], 1)
        labels = np.concatenate([source[:, 2:4], np.full((rows, 1), 3)], 1)
        target = np.concatenate([np.full((rows, 1), 2), labels[:, :-1]], 1)
        return {"source": source, "target": target}, labels

    keras.utils.set_random_seed(1)  # from another beginning it may learn to write what it knows
    model = zoo.build("summarize", **{**SIZES, "units": 32, "source_tokenizer": tokenizer})
    model.compile(
        optimizer=keras.optimizers.Adam(0.01),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    for _ in range(400):
        model.train_on_batch(*batch(letters[:13]))
    inputs, labels = batch(letters[13:])  # of which none stood in a text or a summary
    found = np.asarray(model(inputs)).argmax(-1)
    assert (found[:, 0] == labels[:, 0]).mean() > 0.8


@pytest.mark.parametrize(
    "settings, says",
    [
        ({"attention": None}, "copying=True takes tokens"),
        ({"attention": None, "copying": False}, "coverage is of an attention"),
        ({"attention": "multiplicative"}, "coverage is for attention='additive' alone"),
        ({"body": "transformer"}, "copying is a setting of body='recurrent'"),
        ({"target_tokenizer": characters()}, "one tokenizer for both sides"),
    ],
)
def test_what_does_not_go_together_is_refused(settings, says):
    with pytest.raises(ConfigError, match=says):
        zoo.build("summarize", **{**SIZES, "source_tokenizer": characters(), **settings})


def test_a_shortlist_is_refused(model):
    shortlist = Shortlist([[1]] * characters().vocabulary_size, [3])
    with pytest.raises(ConfigError, match="copies tokens of the source"):
        model.with_shortlist(shortlist)


def test_other_attentions_copy_without_coverage():
    model = model_of(attention="multiplicative", coverage=None)
    assert model.decoder.copying and not model.decoder.coverage
    found = model.summarize("abc de", return_attention=True)
    assert model.score("abc de", found).log_prob == pytest.approx(found.log_prob, rel=1e-3)


def test_summaries_are_scored_against_one_line_and_against_all(tiny_mirror):
    pytest.importorskip("rouge_score")
    add_aeslc(tiny_mirror)
    lines = {text: subject for text, subject in map(mail, range(300))}
    perfect = types.SimpleNamespace(summarize=lambda texts, beam_size: [lines[t] for t in texts])
    rows = {row["metric"]: row for row in summary_rows(perfect, "aeslc", "test")}
    assert rows["ROUGE-1"]["value"] == rows["ROUGE-L, best of all"]["value"] == pytest.approx(100)
    assert rows["names that stand in the text"]["value"] == 100
    share = rows["words that stand in the text"]
    assert f"true summaries:{share['value']:.1f}" in share["signature"]  # all but "for"
    others = {one.text: one.others[0] for one in read_summaries("aeslc", "validation")}
    other = types.SimpleNamespace(summarize=lambda texts, beam_size: [others[t] for t in texts])
    rows = {row["metric"]: row for row in summary_rows(other, "aeslc", "validation")}
    assert rows["ROUGE-1"]["value"] < 50 < rows["ROUGE-1, best of all"]["value"]
    assert validation_rouge(perfect, "aeslc") == {
        "ROUGE-1": pytest.approx(100),
        "ROUGE-L": pytest.approx(100),
    }
