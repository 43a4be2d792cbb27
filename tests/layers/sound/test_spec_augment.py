"""What SpecAugment hides: whole bands and spans, no wider than said, of what is real."""

from __future__ import annotations

import numpy as np
import pytest
from keras import ops

from zoo.errors import ConfigError
from zoo.layers import SpecAugment

ONES = np.ones((400, 60, 16), "float32")


def hidden(frames=ONES, mask=None, **settings):
    """Spans `[batch, frames]` and bands `[batch, features]` that are hidden in whole."""
    found = ops.convert_to_numpy(SpecAugment(seed=3, **settings)(frames, mask=mask, training=True))
    assert set(np.unique(found)) <= {0.0, 1.0}
    spans, bands = (found == 0).all(axis=2), (found == 0).all(axis=1)
    np.testing.assert_array_equal(found == 0, spans[:, :, None] | bands[:, None, :])
    return spans, bands


def test_widths_are_drawn_from_0_to_the_most():
    spans, bands = hidden(frequency_masks=1, frequency_width=4, time_masks=1, time_width=9)
    for flags, most in ((spans, 9), (bands, 4)):
        widths = flags.sum(axis=1)
        counts = np.bincount(widths, minlength=most + 1)
        assert len(counts) == most + 1 and counts.min() > 0.5 * len(ONES) / (most + 1)
        # In one piece: it begins once at most.
        assert ((np.diff(flags.astype(int), axis=1, prepend=0) == 1).sum(axis=1) <= 1).all()
        assert (flags.mean(axis=0) > 0).all()  # anywhere


def test_two_masks_hide_more():
    settings = {"frequency_width": 4, "time_width": 9}
    one = [x.sum() for x in hidden(frequency_masks=1, time_masks=1, **settings)]
    two = [x.sum() for x in hidden(frequency_masks=2, time_masks=2, **settings)]
    none = [x.sum() for x in hidden(frequency_masks=0, time_masks=0, **settings)]
    assert two[0] > 1.5 * one[0] and two[1] > 1.5 * one[1] and none == [0, 0]


def test_spans_lie_within_what_is_real():
    lengths = np.array([[60], [10], [1], [0]] * 100)
    mask = np.arange(60) < lengths
    spans, _ = hidden(mask=mask, frequency_masks=0, time_masks=1, time_width=30, time_share=0.2)
    assert not (spans & ~mask).any()
    most = spans.sum(axis=1).reshape(100, 4).max(axis=0)
    assert most.tolist() == [12, 2, 0, 0]


def test_it_does_nothing_outside_of_training_and_differs_in_it():
    layer = SpecAugment(seed=3)
    np.testing.assert_array_equal(ops.convert_to_numpy(layer(ONES[:2])), ONES[:2])
    first, second = (ops.convert_to_numpy(layer(ONES[:8], training=True)) for _ in range(2))
    assert (first != second).any()
    again = SpecAugment.from_config(layer.get_config())
    np.testing.assert_array_equal(ops.convert_to_numpy(again(ONES[:8], training=True)), first)


def test_narrow_input_may_be_hidden_in_whole():
    _, bands = hidden(ONES[:, :, :3], frequency_masks=1, frequency_width=27, time_masks=0)
    assert np.bincount(bands.sum(axis=1)).min() > 60


def test_what_makes_no_sense_is_refused():
    with pytest.raises(ConfigError, match="time_share from 0 to 1"):
        SpecAugment(time_share=1.5)
    with pytest.raises(ConfigError, match="at least 0"):
        SpecAugment(time_masks=-1)
