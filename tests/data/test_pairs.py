"""Batches against a plain Python reading of what the docstring promises."""

import collections
import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf

from zoo.data import EncodedPairs, bucket_shapes, encode_pairs, plan_batches, translation_batches
from zoo.errors import ConfigError
from zoo.inputs import SentencePieceTokenizer

SETTINGS = {"batch_tokens": 64, "boundaries": (4, 8, 16)}


def joined(rows):
    """Rows of ids as one array and where each begins."""
    starts = np.cumsum([0, *map(len, rows)])
    flat = [i for row in rows for i in row]
    return np.array(flat, np.int32), np.array(starts, np.int64)


def random_pairs(number=97, longest=13, seed=0):
    """Pairs of made-up ids, and the `EncodedPairs` of them."""
    generator = np.random.default_rng(seed)
    lengths = generator.integers(0, longest + 1, [number, 2])
    pairs = [
        tuple(generator.integers(4, 100, length).tolist() for length in row) for row in lengths
    ]
    source = joined([[*s, 3] for s, _ in pairs])
    target = joined([[2, *t, 3] for _, t in pairs])
    return pairs, EncodedPairs(*source, *target)


def as_numpy(dataset):
    return list(dataset.as_numpy_iterator())


def content(batches):
    """The pairs that stand in batches, read back row by row."""
    found = []
    for inputs, labels, weights in batches:
        rows = zip(inputs["source"], inputs["target"], labels, weights, strict=True)
        for source, _, label, weight in rows:
            if weight.sum():
                found.append(
                    (
                        tuple(source[: list(source).index(3)].tolist()),
                        tuple(label[: int(weight.sum()) - 1].tolist()),
                    )
                )
    return found


def test_every_pair_is_there_once():
    pairs, encoded = random_pairs()
    expected = collections.Counter((tuple(s), tuple(t)) for s, t in pairs)
    for epoch in range(3):
        batches = as_numpy(translation_batches(encoded, epoch=epoch, **SETTINGS))
        assert collections.Counter(content(batches)) == expected


def test_what_a_row_holds():
    pairs, encoded = random_pairs()
    by_source = {tuple(source): target for source, target in pairs if len(source) > 3}
    for inputs, labels, weights in as_numpy(translation_batches(encoded, **SETTINGS)):
        assert inputs["source"].dtype == inputs["target"].dtype == labels.dtype == np.int32
        assert weights.dtype == np.float32
        length = labels.shape[1]
        for source, target, label, weight in zip(
            inputs["source"], inputs["target"], labels, weights, strict=True
        ):
            if not weight.any():  # a filling row
                assert not (source.any() or target.any() or label.any())
                continue
            ids = source[: list(source).index(3)].tolist()
            assert source.tolist() == ids + [3] + [0] * (length - len(ids) - 1)
            answer = by_source.get(tuple(ids))
            if answer is not None:
                rest = [0] * (length - len(answer) - 1)
                assert target.tolist() == [2, *answer, *rest]
                assert label.tolist() == [*answer, 3, *rest]
                assert weight.tolist() == [1.0] * (len(answer) + 1) + rest


def test_a_bucket_has_one_shape_and_is_the_smallest_that_fits():
    _, encoded = random_pairs()
    assert bucket_shapes(**SETTINGS) == ((16, 4), (8, 8), (4, 16))
    for inputs, labels, weights in as_numpy(translation_batches(encoded, **SETTINGS)):
        assert labels.shape in bucket_shapes(**SETTINGS)
        assert inputs["source"].shape == inputs["target"].shape == labels.shape == weights.shape
        longest = np.maximum((inputs["source"] != 0).sum(1), weights.sum(1))
        smaller = {4: 0, 8: 4, 16: 8}[labels.shape[1]]
        assert all(length > smaller for length in longest if length)


def test_filling_rows_are_in_one_batch_of_a_bucket_only():
    _, encoded = random_pairs()
    short = collections.Counter()
    for _, labels, weights in as_numpy(translation_batches(encoded, **SETTINGS)):
        short[labels.shape] += not weights.sum(1).all()
    assert max(short.values()) == 1


def test_the_plan_is_what_happens():
    _, encoded = random_pairs()
    plan = plan_batches(encoded, **SETTINGS)
    dataset = translation_batches(encoded, epoch=5, **SETTINGS)
    batches = as_numpy(dataset)
    shapes = collections.Counter(labels.shape for _, labels, _ in batches)
    assert plan.steps == len(batches) == int(dataset.cardinality())
    assert dict(zip(plan.shapes, plan.batches, strict=True)) == shapes
    assert plan.target_tokens == encoded.target_tokens == sum(w.sum() for _, _, w in batches)
    positions = sum(labels.size for _, labels, _ in batches)
    assert plan.padding == pytest.approx(1 - plan.target_tokens / positions)
    assert (plan.pairs, plan.left_out) == (97, 0)


def test_long_pairs_are_left_out_and_counted():
    pairs, encoded = random_pairs()
    limits = {"batch_tokens": 64, "boundaries": (4, 8)}
    kept = [pair for pair in pairs if max(map(len, pair)) + 1 <= 8]
    plan = plan_batches(encoded, **limits)
    assert (plan.pairs, plan.left_out) == (len(kept), 97 - len(kept))
    assert plan.left_out > 0
    found = content(as_numpy(translation_batches(encoded, **limits)))
    assert len(found) == len(kept)
    assert plan.target_tokens == sum(len(target) + 1 for _, target in kept)


def same(first, second):
    """Whether two lists of batches are equal, in order."""
    first, second = ([tf.nest.flatten(batch) for batch in batches] for batches in (first, second))
    return len(first) == len(second) and all(
        all(a.shape == b.shape and (a == b).all() for a, b in zip(x, y, strict=True))
        for x, y in zip(first, second, strict=True)
    )


def test_the_order_is_a_function_of_seed_and_epoch():
    _, encoded = random_pairs()

    def epoch(seed, number):
        return as_numpy(translation_batches(encoded, seed=seed, epoch=number, **SETTINGS))

    assert same(epoch(1, 2), epoch(1, 2))
    assert not same(epoch(1, 2), epoch(1, 3))
    assert not same(epoch(1, 2), epoch(2, 2))
    assert not same(epoch(1, 2), epoch(2, 1))


def test_buckets_are_mixed():
    _, encoded = random_pairs(400)
    lengths = [b[1].shape[1] for b in as_numpy(translation_batches(encoded, **SETTINGS))]
    changes = sum(a != b for a, b in zip(lengths, lengths[1:], strict=False))
    assert changes > len(lengths) // 4


def test_without_shuffling_the_order_is_that_of_the_pairs():
    pairs, encoded = random_pairs()
    batches = as_numpy(translation_batches(encoded, shuffle=False, epoch=7, **SETTINGS))
    steps = [max(map(len, pair)) + 1 for pair in pairs]
    expected = [
        (tuple(pair[0]), tuple(pair[1]))
        for low, high in ((0, 4), (4, 8), (8, 16))
        for pair, length in zip(pairs, steps, strict=True)
        if low < length <= high
    ]
    assert content(batches) == expected


def test_going_on_where_a_run_stopped():
    _, encoded = random_pairs()
    whole = as_numpy(translation_batches(encoded, seed=3, epoch=4, **SETTINGS))
    for start in (0, 1, len(whole) - 1, len(whole)):
        rest = translation_batches(encoded, seed=3, epoch=4, start=start, **SETTINGS)
        assert int(rest.cardinality()) == len(whole) - start
        assert same(as_numpy(rest), whole[start:])
    with pytest.raises(ConfigError, match=f"has {len(whole)} batches"):
        translation_batches(encoded, start=len(whole) + 1, **SETTINGS)


def test_rows_are_a_multiple():
    _, encoded = random_pairs()
    assert bucket_shapes(64, (4, 10, 50), 4) == ((16, 4), (4, 10), (4, 50))
    for _, labels, _ in as_numpy(translation_batches(encoded, rows_multiple=6, **SETTINGS)):
        assert len(labels) % 6 == 0


def test_strings_are_tokenised_in_the_graph(tiny_mirror, trained_proto):
    tokenizer = SentencePieceTokenizer(trained_proto)
    texts = [*tiny_mirror.everyday[:50], ("", "Rien."), ("🙂", "")]
    sides = tuple(list(side) for side in zip(*texts, strict=True))
    dataset = tf.data.Dataset.from_tensor_slices(sides)
    encoded = encode_pairs(dataset, tokenizer, tokenizer)
    assert len(encoded) == len(texts)
    for number, (source, target) in enumerate(zip(*map(tokenizer.encode, sides), strict=True)):
        at, to = encoded.source_starts[number : number + 2]
        assert encoded.source[at:to].tolist() == [*source, 3]
        at, to = encoded.target_starts[number : number + 2]
        assert encoded.target[at:to].tolist() == [2, *target, 3]
    # Strings given directly make the same batches.
    wide = {"batch_tokens": 256, "boundaries": (64,)}
    direct = translation_batches(dataset, tokenizer, tokenizer, **wide)
    assert same(as_numpy(direct), as_numpy(translation_batches(encoded, **wide)))


def test_mistakes_get_one_sentence():
    _, encoded = random_pairs()
    empty = tf.data.Dataset.from_tensor_slices(([""], [""])).take(0)
    for wrong, words in (
        (lambda: translation_batches(empty), "source_tokenizer"),
        (lambda: translation_batches(encoded, batch_tokens=0), "positive"),
        (lambda: translation_batches(encoded, boundaries=()), "rise"),
        (lambda: translation_batches(encoded, boundaries=(8, 8)), "rise"),
        (lambda: translation_batches(encoded, boundaries=(16, 8)), "rise"),
        (lambda: bucket_shapes(64, (8,), 0), "positive"),
        (lambda: translation_batches(encoded, start=-1), "cannot start"),
    ):
        with pytest.raises(ConfigError, match=words):
            wrong()


def test_no_pairs(trained_proto):
    tokenizer = SentencePieceTokenizer(trained_proto)
    empty = tf.data.Dataset.from_tensor_slices((["a"], ["b"])).take(0)
    with pytest.raises(ConfigError, match="no pairs"):
        encode_pairs(empty, tokenizer, tokenizer)


def test_an_epoch_is_shared_by_devices():
    """`tf.distribute` splits each batch; together the replicas see every pair once."""
    code = """
import numpy as np
import tensorflow as tf
from zoo.data import EncodedPairs, translation_batches

cpu = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
starts = np.arange(0, 2 * 99 + 1, 2)
source = np.stack([np.arange(4, 103), np.full(99, 3)], 1).reshape(-1).astype("int32")
encoded = EncodedPairs(source, starts, source, starts)
batches = translation_batches(encoded, batch_tokens=30, boundaries=(4,), rows_multiple=2)
seen = []
for inputs, labels, weights in strategy.experimental_distribute_dataset(batches):
    parts = strategy.experimental_local_results(inputs["source"])
    assert [part.shape.as_list() for part in parts] == [[3, 4], [3, 4]]
    seen += [int(i) for part in parts for i in part[:, 0].numpy() if i]
print(sorted(seen) == list(range(4, 103)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.strip() == "True", done.stderr
