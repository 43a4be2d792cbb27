"""The lexicon against IBM model 1 written as loops, and on a language whose words are known."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from zoo.data.lexical_translation import train_lexicon
from zoo.data.pairs import EncodedPairs


def encoded(pairs) -> EncodedPairs:
    """Pairs of lists of ids, as `encode_pairs` gives them: targets with begin and end."""
    targets = [[2, *target, 3] for _, target in pairs]
    starts = [np.cumsum([0, *map(len, side)]) for side in ([s for s, _ in pairs], targets)]
    source, target = (np.array(sum(side, []), "int32") for side in zip(*pairs, strict=True))
    return EncodedPairs(source, starts[0], np.array(sum(targets, []), "int32"), starts[1])


def expected_counts(pairs, iterations):
    """Brown et al. 1993, section 4.3, one token after the other."""
    probability = defaultdict(lambda: 1.0)
    for _ in range(iterations):
        count: dict = defaultdict(float)
        total: dict = defaultdict(float)
        for source, target in pairs:
            for t in [*target, 3]:
                norm = sum(probability[s, t] for s in source)
                for s in source:
                    count[s, t] += probability[s, t] / norm
        for (s, _), value in count.items():
            total[s] += value
        probability.update({(s, t): value / total[s] for (s, t), value in count.items()})
    return count


def test_the_table_is_that_of_model_1():
    rng = np.random.default_rng(0)
    pairs = [
        (rng.integers(4, 12, n).tolist(), rng.integers(4, 15, m).tolist())
        for n, m in rng.integers(1, 6, (40, 2))
    ]
    table = train_lexicon(encoded(pairs), source_size=13, best=3, iterations=4)
    counts = expected_counts(pairs, 4)
    assert table.shape == (13, 3)
    for source in range(4, 12):
        ranked = sorted((-value, t) for (s, t), value in counts.items() if s == source)
        assert table[source].tolist() == [t for _, t in ranked[:3]]
    assert (table[12] == 0).all()  # a token that never comes


def test_it_finds_the_words_of_a_cipher():
    """Every source token 10 + n becomes 40 + n, in another order."""
    rng = np.random.default_rng(1)
    pairs = []
    for _ in range(300):
        words = rng.integers(0, 20, rng.integers(2, 7))
        pairs.append(((words + 10).tolist(), (rng.permutation(words) + 40).tolist()))
    table = train_lexicon(encoded(pairs), source_size=30, best=5)
    assert table[10:30, 0].tolist() == list(range(40, 60))
