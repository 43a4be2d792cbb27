"""Questions and their stories as ids, in Python and in the graph."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from zoo.errors import ConfigError
from zoo.inputs import Stories, Story, WordTokenizer

WORDS = ["mary", "left", ".", "where", "is", "?"]
CONTEXTS = (
    "Mary left. John left early on Mary left. Mary",
    "",
    "é Mary! Mary left\nMary.",
    " ... ",
    "Mr. Mary left the U.S. at 10.30. Mary left",
)


@pytest.fixture
def stories():
    return Stories(WordTokenizer(WORDS, ["a"]), 4)


def test_sentences_end_at_signs_and_where_they_are_too_long(stories):
    prepared, texts = stories.read_stories([("Where is Mary?", one) for one in CONTEXTS])
    assert texts[0] == ["Mary left.", "John left early on", "Mary left.", "Mary"]
    assert texts[1:4] == [[], ["é Mary!", "Mary left\nMary."], ["..."]]
    assert texts[4] == ["Mr. Mary left the", "U.S. at 10.30.", "Mary left"]
    assert prepared[0]["words"].tolist() == [[2, 3, 4, 0], [1, 3, 1, 1], [2, 3, 4, 0], [2, 0, 0, 0]]
    assert prepared[1]["words"].shape == (0, 4)
    assert prepared[0]["question"].tolist() == [5, 6, 2, 7]


def test_a_batch_reads_each_story_as_it_is_alone(stories):
    items = [("Mary?", one) for one in CONTEXTS]
    together = stories.read_stories(items)
    for number, item in enumerate(items):
        (alone,), (texts,) = stories.read_stories([item])
        np.testing.assert_array_equal(alone["words"], together[0][number]["words"])
        assert texts == together[1][number]
    assert stories.read_stories([]) == ([], [])


def test_the_graph_reads_the_same(stories):
    import tensorflow as tf

    items = [("Where is Mary?", one) for one in CONTEXTS]
    raw = {name: tf.constant(values) for name, values in stories.raw_of(items).items()}
    found = stories.in_graph(raw)
    prepared, texts = stories.read_stories(items)
    sentences = stories.sentences_in_graph(raw["context"]).numpy()
    for row, (arrays, lines) in enumerate(zip(prepared, texts, strict=True)):
        count = len(lines)
        np.testing.assert_array_equal(found["words"][row, :count], arrays["words"])
        np.testing.assert_array_equal(found["question"][row], arrays["question"])
        assert not np.any(found["words"][row, count:])
        assert [one.decode() for one in sentences[row]] == lines + [""] * (4 - count)


def test_a_sentence_is_real_where_a_word_is(stories):
    words = np.array([[[0, 2, 0, 0], [0, 0, 0, 0]]], "int32")
    assert np.asarray(stories.mask({"words": words})).tolist() == [[True, False]]


def test_what_is_unknown_is_said_as_it_is_written(stories):
    assert stories.unknown([("Where is Peter ¿?", ""), ("Mary?", "")]) == [["Peter"], []]


def test_a_line_is_a_question_and_the_story_behind_it():
    assert Stories.read("Who left? Mary?\tMary left.") == Story("Who left? Mary?", "Mary left.")
    assert Stories.read("Who left?  Mary left. ") == Story("Who left?", "Mary left.")
    assert Stories.read("Mary left") == Story("Mary left", "")
    assert Stories.read("Where is  Mary?\tMary left. ") == Story("Where is Mary?", "Mary left.")
    assert Stories.read("Where is Mary?") == Story("Where is Mary?", "")


def test_a_long_question_is_refused_by_its_beginning(stories):
    with pytest.raises(ConfigError, match="at most 4 words, .* begins with 'Where is Mary, is"):
        stories.prepare([("Where is Mary, is she?", "")])
    with pytest.raises(ConfigError, match="sentence_length is at least 1, not 0"):
        Stories(WordTokenizer(WORDS, ["a"]), 0)


def test_only_pairs_of_strings_are_items(stories):
    assert stories.is_item(("a", "b")) and stories.is_item(Story("a", "b"))
    assert not any(map(stories.is_item, (["a", "b"], ("a",), ("a", 3), "ab")))
    with pytest.raises(ConfigError, match="answer wants a question and its context"):
        stories.check("answer", [("a", 3)])


def test_its_config_makes_it_again(stories):
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(stories))
    assert again.get_config() == stories.get_config()
    assert again.sentence_length == 4
