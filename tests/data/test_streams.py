"""Continuous batches: rows go on, nothing comes twice, and a text may stay on disk."""

from __future__ import annotations

import numpy as np
import pytest

from zoo.data import plan_streams, stream_batches
from zoo.errors import ConfigError


def epoch(ids, **settings):
    return [
        (inputs["tokens"].numpy(), inputs["begins"].numpy(), labels.numpy())
        for inputs, labels in stream_batches(ids, **settings)
    ]


@pytest.mark.parametrize("size", [13, 17, 40, 101])
def test_rows_go_on_and_no_token_comes_twice(size):
    ids = np.arange(size)
    plan = plan_streams(ids, rows=3, time=4)
    batches = epoch(ids, rows=3, time=4, seed=5, epoch=2)
    assert len(batches) == plan.steps and plan.tokens == plan.steps * 12
    seen = []
    for number, (tokens, begins, labels) in enumerate(batches):
        assert (begins == (number == 0)).all()
        np.testing.assert_array_equal(labels, (tokens + 1) % size)
        if number:
            np.testing.assert_array_equal(tokens[:, 0], batches[number - 1][2][:, -1])
        seen += labels.flatten().tolist()
    assert len(set(seen)) == len(seen) > size - 1 - 3 * 4


def test_epochs_begin_elsewhere_and_can_be_gone_on_with():
    ids = np.arange(500)
    one = epoch(ids, rows=2, time=8, seed=1, epoch=0)
    assert (one[0][0] != epoch(ids, rows=2, time=8, seed=1, epoch=1)[0][0]).any()
    rest = epoch(ids, rows=2, time=8, seed=1, epoch=0, start=3)
    assert len(rest) == len(one) - 3 and not rest[0][1].any()
    for (tokens, _, _), (again, _, _) in zip(one[3:], rest, strict=True):
        np.testing.assert_array_equal(tokens, again)
    assert epoch(ids, rows=2, time=8, start=len(one)) == []


def test_a_text_on_disk(tmp_path):
    ids = np.random.default_rng(0).integers(0, 200, 1000).astype("uint8")
    np.save(tmp_path / "ids.npy", ids)
    mapped = np.load(tmp_path / "ids.npy", mmap_mode="r")
    for one, other in zip(epoch(ids, rows=3, time=5), epoch(mapped, rows=3, time=5), strict=True):
        np.testing.assert_array_equal(one[0], other[0])


def test_too_little_text():
    with pytest.raises(ConfigError, match="wants a text of 13 tokens, and there are 12"):
        plan_streams(np.arange(12), rows=3, time=4)
    with pytest.raises(ConfigError, match="positive numbers"):
        plan_streams(np.arange(12), rows=0, time=4)
    with pytest.raises(ConfigError, match="has 1 batches"):
        stream_batches(np.arange(13), rows=3, time=4, start=2)
