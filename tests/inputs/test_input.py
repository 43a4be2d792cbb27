"""What every `Input` says: masks, random arrays, and one sentence for a wrong item."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from zoo.errors import ConfigError
from zoo.inputs import Array, Images, Input
from zoo.inputs.ids_alone import IdsAlone
from zoo.inputs.samples import characters, letters, words


class Numbers(Input):
    """Rows of two numbers."""

    kind = "series"
    one, many, advice = "a list of pairs", "such lists", "give numbers"
    arrays = {"values": Array((None, 2), "float32"), "lengths": Array((), "int32")}

    def is_item(self, value):
        return isinstance(value, np.ndarray)


def test_ids_are_masked_by_0():
    mask = words().mask({"words": np.array([[5, 3, 0], [1, 0, 0]]), "characters": None})
    np.testing.assert_array_equal(np.asarray(mask), [[True, True, False], [True, False, False]])


def test_numbers_are_masked_by_lengths():
    arrays = {"values": np.zeros((2, 3, 2)), "lengths": np.array([2, 0])}
    mask = np.asarray(keras.ops.convert_to_numpy(Numbers().mask(arrays)))
    np.testing.assert_array_equal(mask, [[True, True, False], [False, False, False]])


def test_images_have_no_time():
    assert Images().mask({"source": np.zeros((1, 2, 2, 3))}) is None


@pytest.mark.parametrize("reader", [characters(), letters(), words(), Numbers(), Images(4, 4)])
def test_random_arrays_are_of_the_spec(reader):
    found = reader.random(np.random.default_rng(0), rows=5, time=7)
    assert set(found) == set(reader.arrays)
    for name, array in reader.arrays.items():
        expected = (5, *(7 if size is None else size for size in array.shape))
        assert found[name].shape == expected and str(found[name].dtype) == array.dtype
        if array.is_ids:
            assert found[name].max() < reader.ids_below(name)
    mask = reader.mask(found)
    if mask is not None:
        real = keras.ops.convert_to_numpy(mask)
        assert real[0].all() and not real.all()
        assert (np.diff(real.astype(int), axis=1) <= 0).all()  # padding at the right
        for name, array in reader.arrays.items():
            if array.shape[:1] == (None,):
                assert not found[name][~real].any()


def test_prepared_items_are_of_the_spec():
    for reader in (characters(), letters(), words()):
        for text, item in zip(("Two dogs", ""), reader.prepare(["Two dogs", ""]), strict=True):
            steps = {len(item[name]) for name in reader.arrays}
            assert len(steps) == 1
            assert (steps.pop() > reader.blank_steps) == bool(text)


def test_what_is_no_item_gets_one_sentence():
    with pytest.raises(ConfigError, match="^sing wants a list of pairs or a list of such lists, "):
        Numbers().check("sing", ["a"])
    with pytest.raises(ConfigError, match="not a list with a int in it: decode bytes"):
        words().check("tag", ["a", 3])


def test_ids_alone_refuse_everything():
    with pytest.raises(ConfigError, match="'m' has no tokenizer or other input, so it cannot tag"):
        IdsAlone({"words": (None,)}, name="m").check("tag", [])
