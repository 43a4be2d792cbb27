"""A first part of a training: a recurrence in both directions learns to predict words."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from zoo.data import generated_batches, plan_streams, stream_batches
from zoo.experiments import recipe
from zoo.tasks.classification.word_prediction import WordPrediction

_OPTIONS = ("word_rate", "negatives", "rows", "time")  # of what makes this part what it is


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds the options of this part to those of a recipe."""
    add = parser.add_argument_group("words of all texts").add_argument
    add("--word-epochs", type=int, default=2, help="0: no such part")
    add("--word-rate", type=float, default=2e-3, help="learning rate")
    add("--negatives", type=int, default=1024, help="words of a sampled softmax")
    add("--rows", type=int, default=32, help="streams of text side by side")
    add("--time", type=int, default=100, help="words before gradients stop")


def predict_words(
    args: argparse.Namespace,
    build: Callable[[str], keras.Model],
    ids: np.ndarray,
    settings: Iterable[str],
    **changed: Any,
) -> keras.Model | None:
    """Trains a classifier's recurrence on running text, as `WordPrediction` has it.

    It is a part of a run, in its folder `words`: with other options of a later part it stays what
    it is.

    Args:
        args: from `recipe.parsed`, with the options of `add_options`.
        build: gives the untrained classifier for a dtype policy.
        ids: words of all texts in a row, int `[words]`.
        settings: names of the options that make the model what it is.
        **changed: options of a recipe that have another value in this part.

    Returns:
        The classifier, which can predict; see `zoo.experiments.recipe.train`. None without epochs.
    """
    if not args.word_epochs:
        return None
    kept = {name: getattr(args, name) for name in (*settings, *_OPTIONS)}
    own = dict(epochs=args.word_epochs, learning_rate=args.word_rate, **changed)
    args = recipe.part_of(args, "words", kept, **own)
    end = len(ids) * 98 // 100  # the last 2 % are held out
    held_out, ids = ids[end:], ids[:end]
    predictors = []  # the one that is trained: the model alone has no output for words

    def wrap(model):
        counts = np.bincount(ids, minlength=model.tokenizer.vocabulary_size)
        predictors.append(WordPrediction(model, counts))
        return predictors[0]

    def batches(ids, epoch, start):
        generator = np.random.default_rng([args.seed, epoch, start])
        places = dict(seed=args.seed, epoch=epoch, start=start)
        streams = stream_batches(ids, rows=args.rows, time=args.time, **places)

        def with_negatives():
            for inputs, _ in streams.as_numpy_iterator():
                drawn = predictors[0].draw(generator, args.negatives)
                yield ({"words": inputs["tokens"], "negatives": drawn},)

        words = tf.TensorSpec([args.rows, args.time], tf.int32)
        drawn = tf.TensorSpec([args.negatives], tf.int32)
        return generated_batches(
            with_negatives, ({"words": words, "negatives": drawn},), len(streams)
        )

    def score(model):
        steps = plan_streams(held_out, rows=args.rows, time=args.time).steps
        nats = predictors[0].evaluate(batches(held_out, 0, 0), steps=steps, verbose=0)
        return {"held-out words": nats}

    plan = plan_streams(ids, rows=args.rows, time=args.time)
    words = f"{len(ids):,} words of running text"
    return recipe.train(
        args,
        build,
        recipe.Epochs(
            lambda epoch, start: batches(ids, epoch, start), plan.steps, plan.tokens, 0.0, words
        ),
        score=score,
        metric="nats of a sampled softmax",
        lower_is_better=True,
        digits=3,
        loss=None,
        wrap=wrap,
        settings=kept,
    )
