"""Images and their labels: splits, batches, shifts; one order for a seed."""

from __future__ import annotations

import numpy as np
import pytest
from tiny_datasets import add_mnist

from zoo.data import EncodedImages, encode_images, image_batches, read_labelled
from zoo.errors import ConfigError

RNG = np.random.default_rng(0)
IMAGES = EncodedImages(
    RNG.integers(0, 256, (10, 6, 5)).astype("uint8"), np.arange(10, dtype="int32")
)


def batches(**settings):
    return list(image_batches(IMAGES, rows=3, **settings).as_numpy_iterator())


def test_splits_are_the_first_and_the_last_of_those_to_train_on(tiny_mirror):
    add_mnist(tiny_mirror)
    sizes = [len(read_labelled("mnist", split)) for split in ("train", "validation", "test")]
    assert sizes == [55, 5, 20]
    first = read_labelled("mnist", "validation")[0]
    assert first.label == "5" and first.text.shape == (28, 28) and first.text[14, 10] == 205


def test_each_image_is_there_once_with_its_label():
    found = batches(seed=2)
    labels = np.concatenate([batch[1] for batch in found])
    assert len(found) == 3 and len(set(labels.tolist())) == 9
    for inputs, labels, weights in found:
        np.testing.assert_array_equal(inputs["source"][..., 0], IMAGES.images[labels])
        assert (inputs["source"] == inputs["source"][..., :1]).all() and (weights == 1).all()


def test_images_are_moved_and_what_comes_in_is_dark():
    for inputs, labels, _ in batches(seed=2, shift=2):
        for moved, label in zip(inputs["source"][..., 0], labels, strict=True):
            wide = np.pad(IMAGES.images[label], 2)
            ways = [wide[r : r + 6, s : s + 5] for r in range(5) for s in range(5)]
            assert any((moved == way).all() for way in ways)
    moved = np.concatenate([b[0]["source"][..., 0] for b in batches(seed=2, shift=2)])
    still = np.concatenate([b[0]["source"][..., 0] for b in batches(seed=2)])
    assert (moved != still).any()


def test_one_seed_and_epoch_is_one_order_from_any_batch_on():
    whole, later = batches(seed=3, shift=1), batches(seed=3, shift=1, start=1)
    for one, other in zip(whole[1:], later, strict=True):
        np.testing.assert_array_equal(one[0]["source"], other[0]["source"])
    other = batches(seed=3, shift=1, epoch=1)
    assert any((a[1] != b[1]).any() for a, b in zip(whole, other, strict=True))


def test_what_cannot_be_batched_is_refused():
    with pytest.raises(ConfigError, match="no images"):
        encode_images([], "01")
    with pytest.raises(ConfigError, match="3 batches, so it cannot start at number 4"):
        image_batches(IMAGES, rows=3, start=4)
