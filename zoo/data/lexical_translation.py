"""Which target tokens a source token may become, learnt from pairs of sentences."""

from __future__ import annotations

import numpy as np

from zoo.data.pairs import EncodedPairs


def train_lexicon(
    pairs: EncodedPairs, source_size: int, best: int = 30, iterations: int = 4
) -> np.ndarray:
    """The likeliest translations of every source token, by IBM model 1.

    Brown et al. 1993, "The Mathematics of Statistical Machine Translation", section 4.3:
    expectation-maximisation of `t(target token | source token)`, where any source token of a
    sentence may have given any target token of it.

    Args:
        pairs: the encoded pairs.
        source_size: number of source ids.
        best: translations kept for each source token.
        iterations: of expectation-maximisation.

    Returns:
        int32 `[source_size, best]`, the likeliest first; 0, which is padding, where a token has
        fewer.
    """
    target_size = int(pairs.target.max()) + 1
    together, count, _ = _model_1(pairs, target_size, iterations)
    return _best_of(together // target_size, together % target_size, count, source_size, best)


def align(pairs: EncodedPairs, trained_on: EncodedPairs, iterations: int = 4) -> list[np.ndarray]:
    """For each target token of a pair, the source token that it most likely comes from.

    Brown et al. 1993, section 4.2: of IBM model 1 every target token has a likeliest alignment of
    its own. Where no source token of its sentence was ever beside it in training, it has none.

    Args:
        pairs: what is aligned.
        trained_on: pairs of the same vocabularies that the model learns from.
        iterations: as for `train_lexicon`.

    Returns:
        For each pair int places in the source `[target tokens]`, the end of sequence included on
        both sides; -1 for none.
    """
    target_size = 1 + int(max(pairs.target.max(), trained_on.target.max()))
    together, _, probability = _model_1(trained_on, target_size, iterations)
    source, target, places = _side_by_side(pairs)
    key = source.astype("int64") * target_size + target
    found = np.minimum(np.searchsorted(together, key), len(together) - 1)
    likely = np.where(together[found] == key, probability[found], 0.0)
    links, begin = [], 0
    sizes = zip(np.diff(pairs.source_starts), np.diff(pairs.target_starts) - 1, strict=True)
    for source_length, target_length in sizes:
        end = begin + source_length * target_length
        table = likely[begin:end].reshape(target_length, source_length)
        links.append(np.where(table.max(1) > 0, table.argmax(1), -1))
        begin = end
    return links


def _model_1(pairs: EncodedPairs, target_size: int, iterations: int):
    """Source and target that stand together as one number, how often, and `t(target | source)`."""
    source, target, places = _side_by_side(pairs)
    together, seen = np.unique(source.astype("int64") * target_size + target, return_inverse=True)
    del source, target
    probability = np.ones(len(together), "float32")
    for _ in range(iterations):
        likelihood = probability[seen]
        expected = likelihood / np.bincount(places, likelihood)[places]
        count = np.bincount(seen, expected, minlength=len(together))
        given = together // target_size
        probability = (count / np.bincount(given, count)[given]).astype("float32")
    return together, count, probability


def _side_by_side(pairs: EncodedPairs):
    """Every source token beside every target token of its sentence.

    Returns:
        Source ids, target ids, and the place of the target token in the data, `[n]` each.
    """
    source_lengths = np.diff(pairs.source_starts)
    target_lengths = np.diff(pairs.target_starts) - 1  # without the begin of sentence
    sizes = source_lengths * target_lengths
    pair = np.repeat(np.arange(len(pairs)), sizes)
    within = np.arange(len(pair)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    place = pairs.target_starts[pair] + 1 + within // source_lengths[pair]
    source = pairs.source[pairs.source_starts[pair] + within % source_lengths[pair]]
    return source, pairs.target[place], place


def _best_of(source, target, count, source_size: int, best: int) -> np.ndarray:
    """The `best` targets of each source, by count."""
    order = np.lexsort((-count, source))
    source, target = source[order], target[order]
    first = np.searchsorted(source, source)  # where the source's targets begin
    rank = np.arange(len(source)) - first
    kept = rank < best
    table = np.zeros((source_size, best), "int32")
    table[source[kept], rank[kept]] = target[kept]
    return table
