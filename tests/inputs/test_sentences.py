"""Where a text is cut, and that the graph cuts it there too."""

from __future__ import annotations

import random

import pytest

from zoo.inputs.sentences import (
    MOST_WORDS,
    calm,
    calm_in_graph,
    cut_in_graph,
    cut_sentences,
    is_shouted,
)

CUT = {
    "Hello. My name is Tom. I live in Boston.": ["Hello.", "My name is Tom.", "I live in Boston."],
    "Hello, Mr. Li!  How are you? fine.": ["Hello, Mr. Li!", "How are you?", "fine."],
    "hello. my cat sleeps. where? here": ["hello.", "my cat sleeps.", "where?", "here"],
    "yes. hello. well.": ["yes.", "hello.", "well."],
    "J. R. R. Tolkien wrote it.": ["J. R. R. Tolkien wrote it."],
    "The U.S. Army left at 5 p.m. on Monday.": ["The U.S. Army left at 5 p.m. on Monday."],
    "It costs 3.50. 12 are left.": ["It costs 3.50.", "12 are left."],
    '"Stop!" he said. "Go." She went.': ['"Stop!" he said.', '"Go."', "She went."],
    "Quoi ? Été. À demain !": ["Quoi ?", "Été.", "À demain !"],
    "Well… maybe... or not.": ["Well… maybe... or not."],
    "1. Wash the rice.\n2. Cook it.": ["1. Wash the rice.", "2. Cook it."],
    "no end": ["no end"],
    "A\x01b": ["A b"],
    " \t\n ": [""],
    "": [""],
}


@pytest.mark.parametrize("text", CUT)
def test_sentences(text):
    assert cut_sentences([text]) == [CUT[text]]


def test_long_sentences_are_cut_by_words():
    words = [f"w{i}" for i in range(2 * MOST_WORDS + 1)]
    parts = cut_sentences([" ".join(words)])[0]
    assert [len(part.split()) for part in parts] == [MOST_WORDS, MOST_WORDS, 1]
    assert " ".join(parts).split() == words


def test_capitals():
    loud = ["WHERE ARE YOU?", "ÇA VA ?", "OK", "A 1 B"]
    assert [calm(text) for text in loud] == ["Where are you?", "Ça va ?", "Ok", "A 1 b"]
    quiet = ["I", "I am", "é", "", "1985", "OKay", "USA is big"]
    assert all(map(is_shouted, loud)) and not any(map(is_shouted, quiet))
    assert [calm(text) for text in quiet] == quiet


def test_a_graph_cuts_and_calms_alike():
    """Known texts, and 2,000 of what the rules speak of in any order."""
    import tensorflow as tf

    rng = random.Random(0)
    parts = [*"aAbÉéß.!? \n\t\u00a0'\"»1Z…\x01", "Mr. ", "U.S. ", "the. ", "😀"]
    texts = [*CUT, *("".join(rng.choices(parts, k=40)) for _ in range(2000))]
    expected = cut_sentences(texts)
    found = cut_in_graph(tf.constant([text.encode() for text in texts])).to_list()
    assert [[part.decode() for part in row] for row in found] == expected
    flat = [part for row in expected for part in row]
    calmed, shouted = calm_in_graph(tf.constant([part.encode() for part in flat]))
    assert [part.decode() for part in calmed.numpy()] == [calm(part) for part in flat]
    assert shouted.numpy().tolist() == [is_shouted(part) for part in flat]
    assert 10 < sum(shouted.numpy()) < len(flat) / 2
    assert cut_in_graph(tf.constant([], tf.string)).to_list() == []
