"""Batches of captions with the grids of their photographs, and the file that keeps the grids."""

from __future__ import annotations

import numpy as np
import pytest

from zoo.data import cached_grids, caption_batches, encode_captions, plan_batches
from zoo.errors import ConfigError
from zoo.inputs import SentencePieceTokenizer
from zoo.layers import EfficientNetLite

CAPTIONS = [
    ["A man rides a bicycle.", "A tall girl ☃ sleeps."],
    ["A dog runs."],
    ["A woman looks at the water.", "A child eats an apple.", "A man eats."],
]
BATCHING = {"batch_tokens": 100, "boundaries": (20, 50)}


@pytest.fixture
def encoded(trained_proto):
    grids = np.arange(3, dtype="float16")[:, None, None, None] + np.zeros((3, 2, 2, 4), "float16")
    views = (grids, grids + 10)
    return encode_captions(CAPTIONS, SentencePieceTokenizer(trained_proto), views)


def epoch(encoded, **settings):
    return list(caption_batches(encoded, **BATCHING, **settings).as_numpy_iterator())


def test_every_caption_once_with_its_photograph(encoded, trained_proto):
    tokenizer = SentencePieceTokenizer(trained_proto)
    found = []
    for inputs, labels, weights in epoch(encoded, seed=1):
        assert inputs["source"].dtype == np.float16 and inputs["source"].shape[1:] == (2, 2, 4)
        for source, target, label, weight in zip(
            inputs["source"], inputs["target"], labels, weights, strict=True
        ):
            if not label.any():
                assert not weight.any() and not target.any()
                continue
            real = label != 0
            assert target[0] == tokenizer.bos_id and label[real][-1] == tokenizer.eos_id
            np.testing.assert_array_equal(target[real][1:], label[real][:-1])
            np.testing.assert_array_equal(weight, real & (label != tokenizer.unknown_id))
            found.append((source[0, 0, 0] % 10, tuple(label[real][:-1])))
    texts = [(i, text) for i, texts in enumerate(CAPTIONS) for text in texts]
    ids = tokenizer.encode([text for _, text in texts])
    assert sorted(found) == sorted((i, tuple(row)) for (i, _), row in zip(texts, ids, strict=True))
    assert any(tokenizer.unknown_id in row for row in ids)


def test_an_epoch_is_a_function_of_seed_and_number(encoded):
    def same(one, other):
        return all(
            np.array_equal(a[0]["source"], b[0]["source"]) and np.array_equal(a[1], b[1])
            for a, b in zip(one, other, strict=True)
        )

    first = epoch(encoded, seed=1, epoch=2)
    assert len(first) == plan_batches(encoded, **BATCHING).steps
    assert same(first, epoch(encoded, seed=1, epoch=2))
    assert same(first[1:], epoch(encoded, seed=1, epoch=2, start=1))
    assert not same(first, epoch(encoded, seed=1, epoch=3))
    batches = [batch for number in range(8) for batch in epoch(encoded, epoch=number)]
    seen = {value for inputs, *_ in batches for value in np.unique(inputs["source"])}
    assert seen == {0, 1, 2, 10, 11, 12}
    plain = epoch(encoded, shuffle=False)
    assert max(batch[0]["source"].max() for batch in plain) < 10


def test_mistakes(encoded, trained_proto):
    tokenizer = SentencePieceTokenizer(trained_proto)
    with pytest.raises(ConfigError, match="captions of 3 photographs and features of 2"):
        encode_captions(CAPTIONS, tokenizer, [encoded.views[0][:2]])
    with pytest.raises(ConfigError, match="no captions"):
        encode_captions([], tokenizer, [])


# Grids on disk ------------------------------------------------------------------------------------


def test_grids_are_computed_once_for_each_network(tmp_path, monkeypatch):
    monkeypatch.setenv("ZOO_HOME", str(tmp_path))
    images = np.random.default_rng(0).integers(0, 256, (40, 8, 8, 3), "uint8")
    calls = []

    def photographs():
        calls.append(1)
        return iter(images)

    def network():
        made = EfficientNetLite([(3, 2, 2, 6)], stem_filters=4, head_filters=0)
        made.build((None, None, None, 3))
        made.built = True
        return made

    first = network()
    grids = cached_grids(first, photographs, 40, "few")
    assert grids.dtype == np.float16
    np.testing.assert_allclose(grids, first(images), atol=1e-2)
    np.testing.assert_array_equal(cached_grids(first, photographs, 40, "few"), grids)
    assert len(calls) == 1
    mirrored = cached_grids(first, photographs, 40, "few", mirrored=True)
    np.testing.assert_allclose(mirrored, first(images[:, :, ::-1]), atol=1e-2)
    cached_grids(network(), photographs, 40, "few")
    assert len(calls) == 3
    with pytest.raises(ConfigError, match="should be 39 photographs, and there are more"):
        cached_grids(first, photographs, 39, "other")
    with pytest.raises(ConfigError, match="should be 41 photographs, and there are 40"):
        cached_grids(first, photographs, 41, "other")
    assert len(list((tmp_path / "features").iterdir())) == 3
