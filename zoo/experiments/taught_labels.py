"""Texts without labels, and those that trained classifiers or taggers give them."""

from __future__ import annotations

import argparse
import collections
import itertools
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import zoo
from zoo.data.labelled import LabelledText
from zoo.data.tagged import TaggedSentence
from zoo.errors import ConfigError
from zoo.experiments import recipe
from zoo.experiments.vocabulary import texts_of
from zoo.inputs import WordTokenizer
from zoo.inputs.sentences import cut_sentences

_CHUNK = 4096  # texts labelled between two lines of progress
_LENGTHS = range(3, 61)  # words of a sentence that is taught
_APART = 64  # texts from one whose sentences are taken to the next


def add_options(parser: argparse.ArgumentParser, texts: str, most: int | None = None) -> None:
    """Adds `--teacher` to the options of a recipe, and `--taught`, how many texts it labels.

    Args:
        parser: from `zoo.experiments.recipe.options`.
        texts: what is labelled, such as "unlabelled reviews".
        most: how many of them, where nothing is said. None: all, and there is no such option.
    """
    add = parser.add_argument_group("labels of a trained model").add_argument
    add("--teacher", help=f"released name or file, whose labels of {texts} are learnt too")
    if most:
        add("--taught", type=int, default=most, help="how many are")


def with_taught(
    args: argparse.Namespace, labelled: list[LabelledText], texts: Sequence[LabelledText]
) -> list[LabelledText]:
    """Adds texts with their likeliest labels by the teacher, found once and kept with the run.

    A student with noise in its training can learn more from labels of a teacher no larger than
    itself than the teacher knew (Xie et al. 2020, arXiv:1911.04252).

    Args:
        args: with `run`, `strategy` and `teacher`, a released name or a file; None: add nothing.
        labelled: what is learnt in any case.
        texts: whose own labels, where they have any, are not read.

    Returns:
        The labelled texts, and then the others in their order.

    Raises:
        ConfigError: if the teacher has other labels than those of `labelled`.
    """
    if not args.teacher:
        return labelled

    labels = sorted({one.label for one in labelled})

    def labels_of(teacher, part):
        return [answer.label for answer in teacher.classify([one.text for one in part])]

    (found,) = _found(args, [args.teacher], labels, texts, labels_of)
    return labelled + [
        LabelledText(one.text, label) for one, label in zip(texts, found, strict=True)
    ]


def with_taught_tags(
    args: argparse.Namespace,
    sentences: list[TaggedSentence],
    tokenizer: WordTokenizer,
    labels: Sequence[str],
) -> list[TaggedSentence]:
    """Adds sentences with the tags that most of several teachers give each word.

    What several models say together is learnt by one (Hinton et al. 2015, arXiv:1503.02531).

    Args:
        args: with `run` and `strategy`; `teacher`, released names or files by commas, None where
            nothing is added; `taught`, how many sentences are, or as many as there are; and
            `texts`, as for `zoo.experiments.vocabulary.texts_of`, whose sentences of 3 to 60 words
            are taken.
        sentences: what is learnt in any case.
        tokenizer: cuts sentences into words.
        labels: of the teachers and of the student.

    Returns:
        The sentences, and then the others in their order. Where as many teachers say one thing as
        another, the first of them is right.

    Raises:
        ConfigError: if a teacher has other labels.
    """
    if not args.teacher:
        return sentences
    words = _rows(list(texts_of(args.texts)), tokenizer, args.taught)

    def labels_of(teacher, part):
        return [[tag for _, tag in tagged] for tagged in teacher.tag(part)]

    said = _found(args, args.teacher.split(","), sorted(labels), words, labels_of)
    added = []
    for row, *tags in zip(words, *said, strict=True):
        votes = map(collections.Counter, zip(*tags, strict=True))
        most = tuple(vote.most_common(1)[0][0] for vote in votes)
        added.append(TaggedSentence(" ".join(row), tuple(row), most))
    return sentences + added


def _rows(texts: list[str], tokenizer: WordTokenizer, most: int) -> list[list[str]]:
    """The words of sentences of texts that lie far from each other, so that all kinds are read."""
    rows: list[list[str]] = []
    for begin in range(_APART):
        if len(rows) >= most:
            break
        sentences = itertools.chain.from_iterable(cut_sentences(texts[begin::_APART]))
        rows += [row for row in tokenizer.cut(list(sentences)) if len(row) in _LENGTHS]
    return rows[:most]


def _found(
    args: argparse.Namespace,
    teachers: Sequence[str],
    labels: Sequence[str],
    items: Sequence[Any],
    labels_of: Callable[[Any, Sequence[Any]], list],
) -> list[list]:
    """What each teacher says of each item, found once and kept with the run."""

    def said(name: str) -> Iterator[Any]:
        teacher = zoo.load(name)
        if sorted(teacher.labels) != labels:
            raise ConfigError(
                f"{name} has the labels {', '.join(teacher.labels)}, and these are wanted: "
                f"{', '.join(labels)}. Give another --teacher."
            )
        for begin in range(0, len(items), _CHUNK):
            part = items[begin : begin + _CHUNK]
            yield from labels_of(teacher, part)
            print(f"{name}: {begin + len(part):,} of {len(items):,} labelled", flush=True)

    def made() -> bytes:
        return json.dumps([list(said(name)) for name in teachers]).encode()

    kept = json.loads(recipe.made_once(Path(args.run) / "taught.json", made, args.strategy))
    if [len(found) for found in kept] != [len(items)] * len(teachers):
        raise ConfigError(
            f"{args.run} has labels of other texts or teachers ({len(kept[0]):,} texts by "
            f"{len(kept)}, and {len(items):,} by {len(teachers)} are wanted): give another --run."
        )
    return kept
