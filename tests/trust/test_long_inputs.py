"""A long input is read in windows, or refused by a limit that is said and can be set."""

import os
import re

import numpy as np
import pytest
from small_classifier import small_classifier
from small_lm import small_lm
from small_pos import small_pos

import zoo
from zoo.errors import ConfigError
from zoo.inputs.characters import train_characters

LIMIT = r"reads at most [\d,]+ steps of an item, and .* has [\d,]+: cut it into parts, or set model"


def peak() -> int:
    """The most memory that this process has had, in bytes."""
    with open("/proc/self/status") as file:
        return int(re.search(r"VmHWM:\s+(\d+)", file.read())[1]) << 10


@pytest.fixture
def memory():
    """Fails a test that takes more than half a gigabyte beside what was there."""
    if not os.path.exists("/proc/self/clear_refs"):
        pytest.skip("the peak of memory cannot be read here")
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")
    before = peak()
    yield
    assert peak() - before < 1 << 29


@pytest.fixture
def nmt(models):
    return models["nmt"]


@pytest.fixture
def speller(models):
    return models["speller"]


def test_translating_and_scoring(nmt, memory):
    long = "A man rides a bicycle. " * 5000
    for call in (
        lambda: nmt.translate(long),
        lambda: nmt.translate(["A dog.", long], beam_size=1),
        lambda: list(nmt.translate(long, stream=True)),
        lambda: nmt.score(long, "Un chien."),
        lambda: nmt.score("A dog.", long),
        lambda: zoo.ensemble([nmt, nmt]).translate(long),
    ):
        with pytest.raises(ConfigError, match=LIMIT):
            call()


def test_a_limit_can_be_set(nmt):
    text = "A man rides a bicycle. " * 4
    expected = nmt.translate(text, beam_size=1)
    nmt.most_steps = 5
    try:
        with pytest.raises(ConfigError, match="reads at most 5 steps of an item, and item 2 of 2"):
            nmt.translate(["A", text], beam_size=1)
        nmt.most_steps = None
        assert nmt.translate(text, beam_size=1) == expected
    finally:
        del nmt.most_steps


def test_a_word_that_is_none_stays(speller, memory):
    word = "hello" * 20_000
    assert speller.repair(f"{word} 42") == f"{word} 42"
    with pytest.raises(ConfigError, match=LIMIT):
        speller.repairs(word)


def test_tagging(memory):
    tagger = small_pos()
    for text in ([["a"] * 100_000], "a " * 100_000):
        with pytest.raises(ConfigError, match=LIMIT):
            tagger.tag(text)
    assert len(tagger.tag("a " * 8000)) == 8000


def test_the_exported_tagger(tmp_path):
    import tensorflow as tf

    tagger = small_pos()
    tagger.most_steps = 30
    serve = tf.saved_model.load(str(tagger.export_saved_model(tmp_path / "tagger")))
    run = serve.signatures["serving_default"]
    assert run(text=tf.constant(["a dog " * 15]))["token_count"].numpy().tolist() == [30]
    with pytest.raises(tf.errors.InvalidArgumentError, match="An item has at most 30 steps: cut"):
        run(text=tf.constant(["a", "a dog " * 15 + "."]))


def test_functions_of_exported_models(nmt):
    """What a graph is given in one item has a limit in every function of every topology."""
    import tensorflow as tf

    from zoo.export.signatures import signatures_of

    def refused(run, **raw):
        with pytest.raises(tf.errors.InvalidArgumentError, match="at most 300 steps: cut it into"):
            run(**{name: tf.constant([value]) for name, value in raw.items()})

    for model, settings in ((nmt, {"beam_size": 1}), (small_classifier(), {})):
        model.most_steps = 300
        try:
            functions = signatures_of(model)(model, **settings).traced()
        finally:
            del model.most_steps
        for name, run in functions.items():
            more = {"target": "Un chien."} if name == "score" else {}
            run(**{key: tf.constant([value]) for key, value in {"text": "A", **more}.items()})
            refused(run, text="A dog. " * 300, **more)
            if more:
                refused(run, text="A", target="Un chien. " * 300)


def test_classifying(memory):
    classifier = small_classifier()
    for call in (
        lambda: classifier.classify("a " * 50_000),
        lambda: classifier.classify_tokens([["a"] * 50_000]),
    ):
        with pytest.raises(ConfigError, match=LIMIT):
            call()


def test_a_language_model_reads_in_windows(memory):
    model = small_lm(tokenizer=train_characters(["abc de\n"]))
    text = "abc de\n" * 3000
    score = model.score(text)
    assert len(score.tokens) == len(text) and np.isfinite(score.log_prob)
    assert model.generate(text, 1).startswith(text)
