"""Words from characters: against a loop in NumPy, and what padding may not change."""

from __future__ import annotations

import numpy as np
import pytest
from keras import ops

from zoo.layers import CharacterCNN


@pytest.fixture
def layer():
    layer = CharacterCNN(9, embedding_size=3, filters=4, widths=(2, 3))
    layer.build((None, None, None))
    rng = np.random.default_rng(0)
    layer.set_weights([rng.normal(size=w.shape) for w in layer.weights])
    return layer


CHARACTERS = np.array(
    [[[5, 6, 7, 0], [8, 0, 0, 0], [1, 2, 3, 4]], [[4, 4, 0, 0], [0] * 4, [0] * 4]]
)


def by_hand(layer, characters):
    """The filters of each width at each place of one word, in a loop."""
    table, *kernels = (ops.convert_to_numpy(w) for w in layer.weights)
    vectors = [table[i] for i in characters if i]
    found = []
    for width, kernel, bias in zip((2, 3), kernels[::2], kernels[1::2], strict=True):
        padded = [np.zeros(3)] * (width - 1) + vectors
        places = [
            np.maximum(np.concatenate(padded[t : t + width]) @ kernel + bias, 0)
            for t in range(len(vectors))
        ]
        found.append(np.max(places, axis=0) if places else np.zeros(4))
    return np.concatenate(found)


def test_it_is_the_maximum_over_the_places(layer):
    outputs = ops.convert_to_numpy(layer(CHARACTERS))
    assert outputs.shape == (2, 3, layer.output_size) == (2, 3, 8)
    for row in range(2):
        for word in range(3):
            expected = by_hand(layer, CHARACTERS[row, word])
            np.testing.assert_allclose(outputs[row, word], expected, atol=1e-5)


def test_padding_changes_nothing(layer):
    longer = np.pad(CHARACTERS, [(0, 1), (0, 2), (0, 3)])
    outputs = ops.convert_to_numpy(layer(longer))
    expected = ops.convert_to_numpy(layer(CHARACTERS))
    np.testing.assert_allclose(outputs[:2, :3], expected, atol=1e-6)
    assert not outputs[2].any()


def test_no_widths_is_a_mistake():
    with pytest.raises(ValueError, match="at least one width"):
        CharacterCNN(9, widths=())
