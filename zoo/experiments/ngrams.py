"""A last part of a training of a classifier: scores of n-grams beside its recurrence."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

import keras

from zoo.data import read_labelled
from zoo.data.labelled import LabelledText, encode_labelled
from zoo.tasks.classification.evaluate import validation_accuracy
from zoo.tasks.classification.ngrams import with_ngram_scores

# What the options are called that `add_options` adds, in the order of its arguments.
OPTIONS = ("ngrams", "min_texts", "strength")


def add_options(
    parser: argparse.ArgumentParser, *, longest: int, texts: str, min_texts: int, strength: float
) -> None:
    """Adds `--ngrams`, `--min-TEXTS` and `--strength` to the options of a recipe.

    Args:
        parser: from `zoo.experiments.recipe.options`.
        longest: words of the longest n-grams, where nothing is said; 0: no n-grams.
        texts: what the examples are, such as "reviews".
        min_texts, strength: as for `zoo.tasks.classification.ngrams.fit_ngram_scores`, where
            nothing is said.
    """
    add = parser.add_argument_group("n-grams").add_argument
    add("--ngrams", type=int, default=longest, help="words of the longest that score; 0: none")
    name = f"--min-{texts}"
    add(name, dest="min_texts", type=int, default=min_texts, help="that an n-gram stands in")
    add("--strength", type=float, default=strength, help=f"of {texts} against zeros")


def settings_before(args: argparse.Namespace) -> dict[str, Any]:
    """The options by which the recurrence is trained: all but those of n-grams."""
    return {name: value for name, value in vars(args).items() if name not in OPTIONS}


def with_ngrams(
    args: argparse.Namespace, model: keras.Model, dataset: str, examples: Sequence[LabelledText]
) -> keras.Model:
    """Puts scores of n-grams beside a trained classifier, if the options ask for them.

    They are weighed against the recurrence by the validation split, and a line says what came of
    it.

    Args:
        args: with the options of `add_options`.
        model: a trained `SequenceClassifier`, which stays as it is.
        dataset: whose validation split weighs, such as "imdb".
        examples: what the scores are found by.

    Returns:
        The model with scores, or the model.

    Raises:
        ConfigError: as `zoo.tasks.classification.ngrams.fit_ngram_scores`.
    """
    if not args.ngrams:
        return model
    held_out = read_labelled(dataset, "validation")
    model, line = with_ngram_scores(
        model,
        encode_labelled(examples, model.tokenizer, model.labels),
        encode_labelled(held_out, model.tokenizer, model.labels),
        longest=args.ngrams,
        min_texts=args.min_texts,
        strength=args.strength,
    )
    print(f"{line}: validation accuracy {validation_accuracy(model, [dataset])}", flush=True)
    return model
