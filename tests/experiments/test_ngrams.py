"""The options of n-grams: called after the examples, and no part of what the recurrence is."""

from __future__ import annotations

import argparse

from zoo.experiments import ngrams


def parsed(*given):
    parser = argparse.ArgumentParser()
    parser.add_argument("--units", type=int, default=3)
    ngrams.add_options(parser, longest=2, texts="reviews", min_texts=5, strength=0.05)
    return parser.parse_args(given)


def test_the_recurrence_is_the_same_with_other_ngrams():
    args = parsed("--min-reviews", "7", "--ngrams", "1", "--strength", "0.5")
    assert (args.ngrams, args.min_texts, args.strength) == (1, 7, 0.5)
    assert ngrams.settings_before(args) == ngrams.settings_before(parsed()) == {"units": 3}


def test_without_ngrams_the_model_stays_what_it_is():
    model = object()
    assert ngrams.with_ngrams(parsed("--ngrams", "0"), model, "imdb", []) is model
