"""Batches of a data set's examples, by the pipeline that takes such features."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from zoo.inputs.samples import characters
from zoo.testing.assertions import require

_BATCH_TOKENS = 64


def check_batches(features: Any, examples: list[dict[str, Any]]) -> None:
    """Requires what clause 7 says of the batches of a training split.

    Args:
        features: the `tfds.features.FeaturesDict` of the data set.
        examples: examples of the split, as NumPy gives them. Of features that none of the zoo's
            pipelines takes, nothing is required.
    """
    pipeline = _pipeline_of(features)
    if pipeline is None:
        return
    batches_of, count = pipeline(examples)

    def epoch(number: int, start: int = 0) -> list[Any]:
        batches = batches_of(seed=7, epoch=number, start=start, batch_tokens=_BATCH_TOKENS)
        return list(batches.as_numpy_iterator())

    batches = epoch(0)
    rows = 0
    for inputs, labels, weights in batches:
        for key in set(inputs) & {"words", "source", "target"}:
            ids = inputs[key]
            require(ids.dtype == np.int32 and bool((ids >= 0).all()), f"{key} has {ids.dtype}")
            rises = np.diff((ids != 0).astype(int), axis=1) > 0
            require(not rises.any(), f"{key} has padding before what is real")
        first = inputs.get("words", inputs.get("source"))
        real = (first != 0).any(axis=1)
        rows += int(real.sum())
        require(labels.shape == weights.shape, f"labels {labels.shape}, weights {weights.shape}")
        weighs = weights.reshape(len(weights), -1).max(axis=1) > 0
        require(
            bool((weighs == real).all()), "a row of padding weighs something, or a real one not"
        )
    require(rows == count, f"{rows} rows of {count} examples")
    require(_same(batches, epoch(0)), "the same seed and epoch give other batches")
    require(_same(batches[1:], epoch(0, start=1)), "from the second batch on they are others")
    if len(batches) > 3:
        require(not _same(batches, epoch(1)), "two epochs have one order")


def _pipeline_of(features: Any) -> Callable | None:
    import tensorflow_datasets as tfds

    if isinstance(features, tfds.features.Translation):
        return _pairs
    if "tokens" in features and "upos" in features:
        return _tagged
    if "label" not in features or not ("tokens" in features or "text" in features):
        return None
    names = getattr(features["label"], "names", None)  # of tfds's ClassLabel, which is a number
    if names is None and features["label"].np_dtype != np.object_:
        return None
    return functools.partial(_labelled, names=names)


# Each returns a function that gives an epoch's batches, and how many examples are in them.


def _pairs(examples):
    import tensorflow as tf

    from zoo.data import encode_pairs, plan_batches, translation_batches

    sides = tuple([example[language] for example in examples] for language in examples[0])
    tokenizer = characters()
    pairs = encode_pairs(tf.data.Dataset.from_tensor_slices(sides), tokenizer, tokenizer)
    plan = plan_batches(pairs, batch_tokens=_BATCH_TOKENS)
    require(plan.pairs + plan.left_out == len(examples), "some pairs are lost")
    return lambda **settings: translation_batches(pairs, **settings), plan.pairs


def _tagged(examples):
    from zoo.data import encode_sentences, plan_tagging, tagging_batches
    from zoo.inputs import train_words

    tokens, tags = _texts(examples, "tokens"), _texts(examples, "upos")
    labels = sorted({tag for row in tags for tag in row})
    encoded = encode_sentences(tokens, tags, train_words(tokens, min_count=1), labels)
    plan = plan_tagging(encoded, batch_tokens=_BATCH_TOKENS)
    require(plan.sentences + plan.left_out == len(examples), "some sentences are lost")
    return lambda **settings: tagging_batches(encoded, **settings), plan.sentences


def _labelled(examples, names):
    from zoo.data import classification_batches, encode_texts, plan_classification
    from zoo.data.labelled import label_text
    from zoo.inputs import train_words

    labels = [label_text(example["label"], names) for example in examples]
    if "tokens" in examples[0]:
        tokens = _texts(examples, "tokens")
    else:
        split = train_words([["a"]], min_count=1).split
        texts = [example["text"].decode() for example in examples]
        tokens = [[token for token, _, _ in row] for row in split(texts)]
    encoded = encode_texts(tokens, labels, train_words(tokens, min_count=1), sorted(set(labels)))
    plan = plan_classification(encoded, batch_tokens=_BATCH_TOKENS)
    require(plan.texts + plan.left_out == len(examples), "some texts are lost")
    return lambda **settings: classification_batches(encoded, **settings), plan.texts


def _texts(examples, key: str) -> list[list[str]]:
    return [[token.decode() for token in example[key]] for example in examples]


def _same(one: list, other: list) -> bool:
    flat = [[keras.tree.flatten(batch) for batch in batches] for batches in (one, other)]
    return len(one) == len(other) and all(
        len(a) == len(b) and all(map(np.array_equal, a, b)) for a, b in zip(*flat, strict=True)
    )
