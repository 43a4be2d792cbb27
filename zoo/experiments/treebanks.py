"""What cuts and knows the words of a tagger: those of its treebanks."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

import zoo
from zoo.data import read_tagged
from zoo.data.tagged import TaggedSentence, treebank_language
from zoo.experiments.recipe import every_nth
from zoo.inputs import TreebankWords, WordTokenizer, learn_treebank_words, train_words


def treebanks_of(args: argparse.Namespace) -> tuple[list[str], list[str], list[TaggedSentence]]:
    """The treebanks of a run, such as "ud/ewt", their languages, and their training sentences.

    Args:
        args: with `treebank`, such as "ewt,sequoia", each as often as it is read in an epoch; and
            `fraction`.
    """
    names = [f"ud/{name}" for name in args.treebank.split(",")]
    sentences = [sentence for name in names for sentence in read_tagged(name, "train")]
    languages = [treebank_language(name) for name in names]
    return names, languages, every_nth(sentences, args.fraction)


def treebank_words(sentences: Sequence[TaggedSentence], languages: Sequence[str]) -> TreebankWords:
    """The tokens that a treebank contracts or keeps whole, see `learn_treebank_words`."""
    contracted = [(sentence.tokens, sentence.contracted) for sentence in sentences]
    return learn_treebank_words(contracted, languages=languages)


def words_of_treebanks(
    args: argparse.Namespace, sentences: Sequence[TaggedSentence], languages: Sequence[str]
) -> WordTokenizer:
    """The words of a run: those of the model to start from, or of its treebanks.

    Args:
        args: with `treebank`, their names by commas; `init_from`; and `min_count`, times that each
            of the words stands in them.
        sentences: of the treebanks. Each of these cuts words in its own way, which is learnt of one
            treebank alone.
        languages: codes of the treebanks' languages.
    """
    if args.init_from:
        tokenizer = zoo.load(args.init_from).tokenizer
    else:
        tokenizer = train_words([one.tokens for one in sentences], args.min_count)
    if len(set(args.treebank.split(","))) == 1:
        tokenizer.treebank = treebank_words(sentences, languages)
    return tokenizer
