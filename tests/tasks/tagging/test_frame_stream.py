"""Frames that come one by one, or some at a time: labelled as the whole is."""

from __future__ import annotations

import numpy as np
import pytest

from zoo.errors import ConfigError
from zoo.tasks.tagging.segment import build_segment
from zoo.tasks.tagging.segment_sample import LABELS

JOINTS = np.random.default_rng(5).normal(size=(70, 20, 3)).astype("float32")


def model(**settings):
    return build_segment(units=8, labels=LABELS, dropout=0.0, **{"is_causal": True, **settings})


@pytest.mark.parametrize("joins", [None, (3,)])
@pytest.mark.parametrize("step", [1, 7, 70])
def test_it_ends_with_what_the_whole_gives(joins, step):
    tagger = model(joins=joins)
    whole, stream = tagger.tag(JOINTS), tagger.stream()
    for begin in range(0, 70, step):
        known = stream.push(JOINTS[begin] if step == 1 else JOINTS[begin : begin + step])
        if joins is None:  # nothing waits
            assert known[-1].end == min(begin + step, 70)
    found = stream.end()
    assert [one[:3] for one in found] == [one[:3] for one in whole]
    for one, other in zip(found, whole, strict=True):
        assert abs(one.probability - other.probability) < 1e-5


def test_what_is_known_does_not_change():
    """A causal label is final: what comes later cannot change it."""
    stream = model().stream()
    before: list = []
    for frame in JOINTS[:30]:
        known = list(stream.push(frame))
        assert known[: max(len(before) - 1, 0)] == before[:-1]
        before = known


def test_two_streams_do_not_meet():
    tagger = model()
    one, other = tagger.stream(), tagger.stream()
    for frame in JOINTS[:20]:
        one.push(frame)
        other.push(-frame)
    assert one.end() == tagger.stream().push(JOINTS[:20])


def test_probabilities_of_every_frame():
    tagger = model()
    rows = tagger.probabilities(JOINTS)
    assert rows.shape == (70, 3)
    np.testing.assert_allclose(rows.sum(axis=1), 1, atol=1e-5)
    first = tagger.tag(JOINTS)[0]
    mean = rows[: int(first.end), LABELS.index(first.label)].mean()
    assert abs(first.probability - mean) < 1e-5
    assert tagger.probabilities(JOINTS[:0]).shape == (0, 3)


def test_what_cannot_be_a_stream():
    with pytest.raises(ConfigError, match="reads backwards"):
        model(is_causal=False).stream()
    tagger = model().with_transitions([np.array([0, 1])], 1.0)
    with pytest.raises(ConfigError, match="chooses the labels of all frames together"):
        tagger.stream()
    stream = model().stream()
    with pytest.raises(ConfigError, match=r"the shape \[20, 3\], several one axis before it"):
        stream.push(np.zeros((19, 3)))
    with pytest.raises(ConfigError, match="none of them missing"):
        stream.push(np.full((20, 3), np.nan))
    stream.end()
    with pytest.raises(ConfigError, match="has ended"):
        stream.push(JOINTS)
