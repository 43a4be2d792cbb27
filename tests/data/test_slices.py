"""The slices of several processes hold each row of an epoch once, and weigh as the batches do."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo.data import classification_batches, encode_texts
from zoo.data.slices import slice_batches
from zoo.errors import ConfigError
from zoo.inputs import WordTokenizer

LABELS = ("a", "b", "c")


def epoch():
    """Batches of 40 texts of 1 to 12 words, each of a word of its own, so that rows are told."""
    words = [f"w{number}" for number in range(40)]
    texts = [[word] * (1 + number % 12) for number, word in enumerate(words)]
    encoded = encode_texts(
        texts, [LABELS[n % 3] for n in range(40)], WordTokenizer(words, "w0123456789"), LABELS
    )
    return classification_batches(encoded, batch_tokens=50, boundaries=(4, 8, 12), seed=3)


def rows_of(batches):
    """The first word, the label and the weight of each row that weighs anything."""
    return [
        (int(word), int(label), float(weight))
        for inputs, labels, weights in batches.as_numpy_iterator()
        for word, label, weight in zip(inputs["words"][:, 0], labels, weights, strict=True)
        if weight
    ]


@pytest.mark.parametrize(("workers", "devices"), [(1, 1), (2, 1), (3, 1), (2, 2), (7, 1)])
def test_the_union_of_the_slices_is_the_epoch(workers, devices):
    """Rows, by hand: 12, 6 and 4 a batch, of which 7 and 3 workers leave a rest."""
    whole = rows_of(epoch())
    slices = [rows_of(slice_batches(epoch(), w, workers, devices)) for w in range(workers)]
    together = [row for rows in slices for row in rows]
    assert len(whole) == len(together) == 40
    assert sorted(row[:2] for row in together) == sorted(row[:2] for row in whole)


@pytest.mark.parametrize("workers", [2, 3, 5])
def test_the_mean_over_the_slices_is_the_mean_over_the_batch(workers):
    rng = np.random.default_rng(0)
    values, weights = rng.normal(size=(7, 4)), rng.uniform(size=(7, 4)).astype("float32")
    batches = tf.data.Dataset.from_tensors((values, values, weights))
    slices = [next(slice_batches(batches, w, workers).as_numpy_iterator()) for w in range(workers)]
    mean = np.mean([np.mean(labels * weight) for _, labels, weight in slices])
    assert mean == pytest.approx(np.mean(values * weights), rel=1e-6)
    assert {one[0].shape for one in slices} == {(-(-7 // workers), 4)}


def test_rows_without_weights_get_them_where_they_do_not_divide():
    batches = tf.data.Dataset.from_tensors(({"x": np.ones((6, 2))}, np.ones(6)))
    assert len(next(slice_batches(batches, 0, 3).as_numpy_iterator())) == 2
    _, _, weights = next(slice_batches(batches, 3, 4).as_numpy_iterator())
    assert weights.tolist() == [0, 0]
    open_ended = tf.data.Dataset.from_tensor_slices((np.arange(6), np.ones(6))).batch(4)
    _, _, weights = next(slice_batches(open_ended, 0, 2).as_numpy_iterator())
    assert weights.tolist() == [1, 1]


def test_each_device_has_a_batch_and_they_are_counted():
    batches = tf.data.Dataset.from_tensors((np.arange(8), np.arange(8))).repeat(3)
    sliced = slice_batches(batches, 1, 2, devices=2)
    assert int(sliced.cardinality()) == 6
    inputs = [inputs.tolist() for inputs, *_ in sliced.as_numpy_iterator()]
    assert inputs == [[4, 5], [6, 7]] * 3


def test_the_shapes_of_batches_stay_known():
    batches = tf.data.Dataset.from_tensors((np.ones((7, 3)), np.ones(7)))
    inputs, labels, weights = slice_batches(batches, 0, 2).element_spec
    assert (inputs.shape, labels.shape, weights.shape) == ((4, 3), (4,), (4,))


def test_a_wrong_worker_and_batches_without_labels_are_named():
    with pytest.raises(ConfigError, match="worker from 0 to 1 with 1 device or more, not of wor"):
        slice_batches(epoch(), 2, 2)
    with pytest.raises(ConfigError, match=r"\(inputs, labels, weights\), and these are not"):
        slice_batches(tf.data.Dataset.range(4).batch(2), 0, 2)


def test_a_gradient_over_slices_is_that_of_the_batch():
    """As replicas add theirs up, each divided by their number."""
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(5, 3)).astype("float32"), rng.normal(size=(5, 1)).astype("float32")
    layer = keras.layers.Dense(1)
    layer.build((None, 3))
    loss = keras.losses.MeanSquaredError()

    def gradient(inputs, labels, weights=None):
        with tf.GradientTape() as tape:
            value = loss(labels, layer(inputs), sample_weight=weights)
        return [g.numpy() for g in tape.gradient(value, layer.trainable_weights)]

    batches = tf.data.Dataset.from_tensors((x, y))
    slices = [next(iter(slice_batches(batches, worker, 3))) for worker in range(3)]
    parts = [gradient(*one) for one in slices]
    for whole, *each in zip(gradient(x, y), *parts, strict=True):
        np.testing.assert_allclose(np.mean(each, axis=0), whole, rtol=1e-5, atol=1e-6)
