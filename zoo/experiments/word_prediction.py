"""A first part of a training: a recurrence in both directions learns to predict words."""

from __future__ import annotations

import argparse
import functools
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from zoo.data import generated_batches, plan_streams, stream_batches
from zoo.experiments import recipe
from zoo.tasks.word_prediction import WordPrediction

# Options that make this part what it is.
_OPTIONS = ("texts", "max_words", "word_rate", "negatives", "rows", "time")
_NUMBERS = dict(average=1, warmup=500, decay=0.7, moving_average=0.0, mix_start=[])


def add_options(
    parser: argparse.ArgumentParser, *, epochs: int, max_words: int, texts: str | None = None
) -> None:
    """Adds the options of this part to those of a recipe.

    Args:
        parser: from `zoo.experiments.recipe.options`.
        epochs: of this part, where nothing is said.
        max_words: words that are known, where nothing is said.
        texts: data sets as for `zoo.experiments.vocabulary.texts_of`, which a recipe reads in this
            part alone. None: it has texts of its own.
    """
    add = parser.add_argument_group("words of all texts").add_argument
    add("--word-epochs", type=int, default=epochs, help="0: no such part")
    add("--max-words", type=int, default=max_words, help="words that are known")
    if texts:
        add("--texts", default=texts, help="data sets, each with its split: imdb:unlabelled")
    add("--word-rate", type=float, default=2e-3, help="learning rate")
    add("--negatives", type=int, default=1024, help="words of a sampled softmax")
    add("--rows", type=int, default=32, help="streams of text side by side")
    add("--time", type=int, default=100, help="words before gradients stop")


def predict_words(
    args: argparse.Namespace,
    build: Callable[[str], keras.Model],
    ids: np.ndarray | None,
    settings: Iterable[str],
    arrays: Mapping[str, np.ndarray] | None = None,
    **others: Any,
) -> keras.Model | None:
    """Trains the lowest layer of a model on running text, as `WordPrediction` has it.

    It is a part of a run, in its folder `words`: with other options of a later part it stays what
    it is.

    Args:
        args: from `recipe.parsed`, with the options of `add_options`.
        build: gives the untrained model for a dtype policy; its weights are the same whatever
            `others` say.
        ids: words of all texts in a row, int `[words]`; None where there are no epochs.
        settings: names of the options that make the model what it is.
        arrays: what the model reads of each id, by name, `[ids, ...]`; ids of `words` among it.
            None: the ids are those of words.
        **others: what `build` is given besides in this part, such as less dropout.

    Returns:
        The model, which can predict; see `zoo.experiments.recipe.train`. None without epochs.
    """
    if ids is None or not args.word_epochs:
        return None
    kept = {name: getattr(args, name) for name in (*settings, *_OPTIONS) if name in args}
    own = dict(epochs=args.word_epochs, learning_rate=args.word_rate, **_NUMBERS)
    args = recipe.part_of(args, "words", kept, **own)
    end = len(ids) * 98 // 100  # the last 2 % are held out
    held_out, ids = ids[end:], ids[:end]
    predictors = []  # the one that is trained: the model alone has no output for words

    def words_in(ids):
        return ids if arrays is None else arrays["words"][ids]

    def read_of(ids):
        return {name: table[ids] for name, table in (arrays or {}).items()} or {"words": ids}

    def wrap(model):
        counts = np.bincount(words_in(ids), minlength=model.tokenizer.vocabulary_size)
        predictors.append(WordPrediction(model, counts))
        return predictors[0]

    def batches(ids, epoch, start):
        generator = np.random.default_rng([args.seed, epoch, start])
        places = dict(seed=args.seed, epoch=epoch, start=start)
        streams = stream_batches(ids, rows=args.rows, time=args.time, **places)

        def with_negatives():
            for inputs, _ in streams.as_numpy_iterator():
                drawn = predictors[0].draw(generator, args.negatives)
                yield (read_of(inputs["tokens"]) | {"negatives": drawn},)

        signature = {
            name: tf.TensorSpec([args.rows, args.time, *read.shape[1:]], tf.int32)
            for name, read in read_of(ids[:1]).items()
        }
        signature["negatives"] = tf.TensorSpec([args.negatives], tf.int32)
        return generated_batches(with_negatives, (signature,), len(streams))

    def score(model):
        steps = plan_streams(held_out, rows=args.rows, time=args.time).steps
        nats = predictors[0].evaluate(batches(held_out, 0, 0), steps=steps, verbose=0)
        return {"held-out words": nats}

    plan = plan_streams(ids, rows=args.rows, time=args.time)
    words = f"{len(ids):,} words of running text"
    return recipe.train(
        args,
        functools.partial(build, **others),
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
