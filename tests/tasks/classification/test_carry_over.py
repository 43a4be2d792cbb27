"""What is handed over, word by word, and what is not."""

from __future__ import annotations

import numpy as np
import pytest
from keras import ops

import zoo
from zoo.inputs import WordTokenizer
from zoo.tasks.classification.carry_over import carry_over


def classifier(words, task="sentiment", **config):
    config = {
        "units": 6,
        "embedding_size": 3,
        "tokenizer": WordTokenizer(words, list("abc")),
        **config,
    }
    return zoo.build(task, **config)


def vectors(model):
    return ops.convert_to_numpy(model.features.embedding.embeddings)


def test_words_that_both_know_keep_their_vectors():
    old, new = classifier(["good", "bad", "film"]), classifier(["bad", "plot", "good"])
    assert carry_over(old, new) == 2
    expected = vectors(old)[[0, 1, 3, 1, 2]]  # padding, unknown, bad, plot (new), good
    np.testing.assert_array_equal(vectors(new), expected)
    for a, b in zip(old.recurrence.weights, new.recurrence.weights, strict=True):
        np.testing.assert_array_equal(a, b)
    np.testing.assert_array_equal(old.output_layer.kernel, new.output_layer.kernel)
    one, other = (model.classify_tokens([["bad", "good"]])[0] for model in (old, new))
    assert one.probabilities == pytest.approx(other.probabilities)


def test_another_size_or_other_labels_keep_their_own():
    old = classifier(["good"])
    wider, rating = classifier(["good"], units=8), classifier(["good"], "rating")
    own, own_output = wider.recurrence.get_weights(), rating.output_layer.get_weights()
    for new in (wider, rating):
        assert carry_over(old, new) == 1
        np.testing.assert_array_equal(vectors(new), vectors(old))
    for a, b in zip(own, wider.recurrence.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    np.testing.assert_array_equal(own_output[0], rating.output_layer.kernel)
    np.testing.assert_array_equal(old.recurrence.weights[0], rating.recurrence.weights[0])


def test_vectors_of_another_width_are_refused():
    with pytest.raises(ValueError, match="are 3 wide, those of .* 4: build the model"):
        carry_over(classifier(["good"]), classifier(["good"], embedding_size=4))
