"""Sentences of film reviews, labelled by classifiers, for another to learn from."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

import zoo
from zoo.data import read_labelled
from zoo.data.labelled import LabelledText
from zoo.experiments import recipe
from zoo.inputs.folding import folded
from zoo.inputs.sentences import cut_sentences

_CHUNK = 4096
_LENGTHS = range(3, 41)  # words of a sentence


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds the options of `taught_texts`."""
    add = parser.add_argument_group("sentences that other models label").add_argument
    add("--teachers", help="names or files, with commas, of classifiers with the same labels")
    add("--taught", type=int, default=200_000, help="sentences of IMDB's reviews they label")


def taught_texts(args: argparse.Namespace, held_out: Iterable[LabelledText]) -> list[LabelledText]:
    """Sentences of IMDB's training and unlabelled reviews, labelled and kept with the run.

    A label is drawn from the mean of what the teachers say, so that a student which reads many of
    them learns the teachers' distribution (Hinton et al. 2015, arXiv:1503.02531, section 2, at a
    temperature of 1), and reads no other labels than a data set has.

    Args:
        args: with `run`, `strategy`, `seed`, and the options of `add_options`.
        held_out: texts to choose and test by: their sentences are left out.

    Returns:
        The sentences, in an order of their own; none without teachers.
    """
    if not args.teachers:
        return []

    def made() -> bytes:
        teachers = [zoo.load(name) for name in args.teachers.split(",")]
        kept_out = {_folded(one.text) for one in held_out}
        rng = np.random.default_rng(args.seed)
        sentences = _sentences(args.taught, kept_out, rng)
        labels = drawn_labels(teachers, sentences, rng)
        return "\n".join(map("\t".join, zip(labels, sentences, strict=True))).encode()

    kept = recipe.made_once(Path(args.run) / "taught.tsv", made, args.strategy)
    rows = [line.split("\t", 1) for line in kept.decode().split("\n")]
    return [LabelledText(text, label) for label, text in rows]


def _sentences(count: int, kept_out: set[str], rng: np.random.Generator) -> list[str]:
    """Different sentences of reviews in a drawn order, at most so many."""
    reviews = [one for split in ("train", "unlabelled") for one in read_labelled("imdb", split)]
    found: dict[str, None] = {}
    for place in rng.permutation(len(reviews)).tolist():
        [sentences] = cut_sentences([reviews[place].text.replace("<br />", " ")])
        for text in sentences:
            if len(text.split()) in _LENGTHS and _folded(text) not in kept_out:
                found[text] = None
        if len(found) >= count:
            break
    return list(found)[:count]


def _folded(text: Any) -> str:
    """What a text has without case, punctuation and spaces: data sets cut words differently."""
    return folded(text if isinstance(text, str) else " ".join(text)).replace(" ", "")


def drawn_labels(
    teachers: Sequence[Any], texts: Sequence[str], rng: np.random.Generator
) -> list[str]:
    """Labels of texts, each drawn from the mean of the probabilities that classifiers give.

    Args:
        teachers: with `classify` and the same `labels`.
        texts: strings.
        rng: draws one uniform number for each text.
    """
    names = list(teachers[0].labels)
    labels: list[str] = []
    for begin in range(0, len(texts), _CHUNK):
        part = list(texts[begin : begin + _CHUNK])
        said = [
            [[one.probabilities[name] for name in names] for one in teacher.classify(part)]
            for teacher in teachers
        ]
        below = np.cumsum(np.mean(said, axis=0), axis=-1)
        places = (rng.random((len(part), 1)) * below[:, -1:] >= below).sum(-1)
        labels += [names[place] for place in places]
    return labels
