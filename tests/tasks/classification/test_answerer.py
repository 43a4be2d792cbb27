"""Answers to questions about stories, what was read for them, and how they are scored."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from small_answerer import ANSWERS, QUESTIONS, STORY, small_answerer
from tiny_datasets import add_babi

import zoo
from zoo.cells import GRUCell
from zoo.errors import ConfigError
from zoo.inputs import Story
from zoo.tasks import Answer
from zoo.tasks.classification.evaluate_answers import evaluate_answers, validation_answers
from zoo.tasks.classification.qa_experiment import QAExperiment

OTHER = "John took the milk! Mary moved to the garden"


@pytest.fixture(scope="module")
def model():
    return small_answerer(3)


def test_one_question_or_many_of_one_story_or_of_several(model):
    one = model.answer(QUESTIONS[0], STORY)
    assert one in ANSWERS
    singly = [model.answer(question, STORY) for question in QUESTIONS]
    assert model.answer(list(QUESTIONS), STORY) == singly
    several = [model.answer(QUESTIONS[0], STORY), model.answer(QUESTIONS[1], OTHER)]
    assert model.answer(list(QUESTIONS[:2]), [STORY, OTHER]) == several
    assert model.answer([Story(QUESTIONS[0], STORY), (QUESTIONS[1], OTHER)]) == several
    assert model.answer((QUESTIONS[0], STORY)) == one
    assert model.answer([], STORY) == model.answer([]) == []


def test_stories_and_questions_both_matter(model):
    models = [small_answerer(seed) for seed in range(8)]
    by_question = {tuple(one.answer(list(QUESTIONS), STORY)) for one in models}
    assert any(len(set(answers)) > 1 for answers in by_question)
    assert any(one.answer(QUESTIONS[0], STORY) != one.answer(QUESTIONS[0], OTHER) for one in models)


def test_what_was_read_stands_beside_the_answer(model):
    found = model.answer(QUESTIONS[0], STORY, return_attention=True)
    assert isinstance(found, Answer) and found.text == model.answer(QUESTIONS[0], STORY)
    assert " ".join(found.sentences) == STORY
    assert found.attention.shape == (2, 3)
    arrays = model.input.prepare([(QUESTIONS[0], STORY)])[0]
    inputs = {name: values[None] for name, values in arrays.items()}
    logits, attention = model.read(inputs)
    np.testing.assert_allclose(found.attention, np.asarray(attention)[0], atol=1e-6)
    probabilities = np.asarray(keras.ops.softmax(logits))[0]
    assert found.probability == pytest.approx(probabilities.max(), abs=1e-5)
    assert found.text == ANSWERS[probabilities.argmax()]
    long, short = model.answer([QUESTIONS[0]] * 2, [STORY, OTHER], return_attention=True)
    assert (long.attention.shape[1], short.attention.shape[1]) == (3, 2)


def test_as_plain_data_as_a_line_and_sentence_by_sentence():
    found = Answer("apple,milk", 0.5, ("A b.", "C\nd."), np.array([[0.25, 1], [0, 0.125]]))
    assert found.to_json() == {
        "answer": "apple,milk",
        "probability": 0.5,
        "read": [
            {"sentence": "A b.", "weights": [0.25, 0.0]},
            {"sentence": "C\nd.", "weights": [1.0, 0.125]},
        ],
    }
    assert found.line() == "apple,milk\t0.500"
    assert found.lines_read() == ["0.25  0.00  A b.", "1.00  0.12  C d."]
    assert "apple,milk" in found._repr_html_() and "C" in found._repr_html_()


def test_an_empty_story_gets_what_is_likely_before_anything_was_read(model):
    found = model.answer(list(QUESTIONS), ["", " \n ", ""], return_attention=True)
    bias = np.asarray(model.output_layer.bias)
    assert {one.text for one in found} == {ANSWERS[bias.argmax()]}
    assert all(one.sentences == () and one.attention.shape == (2, 0) for one in found)


@pytest.mark.parametrize(
    "arguments, message",
    [
        (("Where is Mary?",), "has no story: give answer.question, context."),
        ((["a", "b"], ["c"]), "2 questions and 1 contexts"),
        (("a", ["c"]), "a string as the context"),
        ((["a"], 3), "a string as the context"),
        (([3], "c"), "a list of strings as the question"),
        ((3,), "answer wants a question and its context, a pair of strings"),
        ((["a", "b"],), "answer wants a question and its context, a pair of strings"),
        ((" ".join("abcdefghi"), "c"), "at most 8 words, .* has 9: shorten it"),
    ],
)
def test_what_is_no_question_gets_one_sentence(model, arguments, message):
    with pytest.raises(ConfigError, match=message) as caught:
        model.answer(*arguments)
    assert "\n" not in str(caught.value)


def test_a_story_of_100_000_words_is_refused_by_its_sentences(model):
    with pytest.raises(ConfigError, match="at most 1,024 steps of an item, .* has 20,000: cut it"):
        model.answer(QUESTIONS[0], "Mary took the milk. " * 20_000)


def test_settings_that_make_no_model():
    with pytest.raises(ConfigError, match="layers is at least 1, not 0"):
        small_answerer(layers=0)
    with pytest.raises(ConfigError, match="at least one"):
        small_answerer(labels=[])


def test_a_cell_reads_the_words():
    model = small_answerer(cell="gru")
    assert isinstance(model.reader.recurrence.cell, GRUCell)
    assert model.answer(QUESTIONS[0], STORY) in ANSWERS


def test_it_answers_the_same_after_saving(model, tmp_path):
    zoo.save(model, tmp_path / "m.keras")
    again = zoo.load(tmp_path / "m.keras")
    assert again.labels == list(ANSWERS) and again.input.sentence_length == 8
    for one, other in zip(
        again.answer(list(QUESTIONS), STORY, return_attention=True),
        model.answer(list(QUESTIONS), STORY, return_attention=True),
        strict=True,
    ):
        assert one.text == other.text
        np.testing.assert_allclose(one.attention, other.attention, atol=1e-6)


@pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="only TensorFlow writes SavedModels"
)
def test_an_export_answers_the_same_and_says_what_it_read(model, tmp_path):
    import tensorflow as tf

    path = model.export_saved_model(tmp_path / "qa")
    served = tf.saved_model.load(path).signatures
    items = [(QUESTIONS[0], STORY), (QUESTIONS[1], OTHER), (QUESTIONS[2], "")]
    raw = {name: tf.constant(values) for name, values in model.input.raw_of(items).items()}
    found, expected = served["reading"](**raw), model.answer(items, return_attention=True)
    assert [one.decode() for one in found["answer"].numpy()] == [one.text for one in expected]
    for row, one in enumerate(expected):
        count = len(one.sentences)
        sentences = [text.decode() for text in found["sentences"][row].numpy()]
        assert sentences == [*one.sentences, *[""] * (3 - count)]
        np.testing.assert_allclose(found["attention"][row, :, :count], one.attention, atol=1e-5)
    alone = served["serving_default"](**raw)
    np.testing.assert_allclose(alone["score"], [one.probability for one in expected], atol=1e-5)
    assert set(alone) == {"answer", "score"}


class Oracle:
    """Has one answer to all questions."""

    name = "oracle"
    labels = ("garden", "office")
    dataset = "babi"

    def answer(self, items):
        return ["garden"] * len(items)


def test_scores_are_the_mean_of_kinds_and_each_kind(tiny_mirror):
    add_babi(tiny_mirror)
    progress = []
    rows = evaluate_answers(Oracle(), progress=lambda *said: progress.append(said))
    kinds = ("mean of kinds", "of qa1_small-facts")
    assert [row["metric"] for row in rows[:2]] == [f"accuracy, {kinds[0]}", f"accuracy {kinds[1]}"]
    assert len(rows) == 21 and rows[0]["value"] == 50 and rows[1]["value"] == 50
    assert rows[0]["signature"] == "kinds:20|answers:2" and rows[0]["sentences"] == 1600
    assert progress[-1] == ("babi test", 1600, 1600)
    assert set(validation_answers(Oracle(), ["babi"])) == {"babi"}
    nameless = Oracle()
    nameless.dataset = None
    with pytest.raises(ConfigError, match="does not say what data set"):
        evaluate_answers(nameless)


def test_the_mean_is_of_kinds_however_many_questions_each_has(monkeypatch):
    from zoo import data
    from zoo.data import Question

    questions = [Question("q", "c", "garden", "a")] + [Question("q", "c", "office", "b")] * 3
    monkeypatch.setattr(data, "read_questions", lambda name, split: questions)
    assert evaluate_answers(Oracle())[0]["value"] == 50


def test_the_experiment_knows_words_and_answers_of_the_training_stories(tiny_mirror):
    add_babi(tiny_mirror)
    experiment = QAExperiment("babi", 0.5)
    model = zoo.build("qa", units=4, **experiment.settings)
    assert model.labels == ["garden", "office"] and "mary" in model.input.tokenizer.words
    experiment.encode(model)
    assert experiment.steps == len(list(experiment.batches(0, 0)))
    assert 0 <= experiment.score(model) <= 100
