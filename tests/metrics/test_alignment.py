"""Alignments against Och and Ney's definition, and IBM model 1 against its plain loops."""

from __future__ import annotations

import collections
import itertools

import numpy as np
import pytest

from zoo.data.lexical_translation import align
from zoo.data.pairs import EncodedPairs
from zoo.metrics.alignment import alignment_error_rate, links_of


def test_error_rate_by_hand():
    found = [{(0, 0), (1, 1), (2, 1)}, {(0, 1)}]
    sure = [{(0, 0), (1, 2)}, set()]
    possible = [{(0, 0), (1, 2), (2, 1)}, {(0, 0)}]
    # Sure links that were found: 1; possible ones: 2; of 4 found and 2 sure.
    assert alignment_error_rate(found, sure, possible) == pytest.approx(1 - (1 + 2) / (4 + 2))
    assert alignment_error_rate(sure, sure, possible) == 0
    assert alignment_error_rate([set()], [set()], [set()]) == 0
    assert alignment_error_rate([{(5, 5)}, set()], sure, possible) == 1


def test_links():
    assert links_of(np.array([2, -1, 0])) == {(0, 2), (2, 0)}


def encoded(pairs):
    source = [ids for ids, _ in pairs]
    target = [[2, *ids] for _, ids in pairs]
    starts = [np.cumsum([0, *map(len, side)]) for side in (source, target)]
    flat = [np.array(list(itertools.chain(*side)), "int32") for side in (source, target)]
    return EncodedPairs(flat[0], starts[0], flat[1], starts[1])


def test_model_1_against_plain_loops():
    rng = np.random.default_rng(0)
    pairs = [(rng.integers(4, 12, rng.integers(1, 6)).tolist() + [3], None) for _ in range(40)]
    pairs = [(source, [i + 20 for i in reversed(source[:-1])] + [3]) for source, _ in pairs]
    chances = collections.defaultdict(lambda: 1.0)
    for _ in range(4):  # Brown et al. 1993, section 4.2
        counts, totals = collections.Counter(), collections.Counter()
        for source, target in pairs:
            for t in target:
                norm = sum(chances[s, t] for s in source)
                for s in source:
                    counts[s, t] += chances[s, t] / norm
                    totals[s] += chances[s, t] / norm
        chances.update({(s, t): count / totals[s] for (s, t), count in counts.items()})
    expected = [
        [int(np.argmax([chances[s, t] for s in source])) for t in target]
        for source, target in pairs
    ]
    found = align(encoded(pairs), encoded(pairs))
    assert [links.tolist() for links in found] == expected
    # A word that was never beside another comes from none.
    (unseen,) = align(encoded([([4, 3], [99, 3])]), encoded(pairs))
    assert unseen.tolist() == [-1, 1]
