"""The pairs that a translator is trained on: data sets, their variants, and a teacher's."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import zoo
from zoo.data import load_pairs
from zoo.data.variants import with_variants
from zoo.experiments import recipe

if TYPE_CHECKING:
    import tensorflow as tf

_CHUNK = 512


def training_pairs(args: argparse.Namespace, names: Sequence[str]) -> tf.data.Dataset:
    """All pairs of a training.

    Args:
        args: with `run`, `strategy` and `seed`; `variants`, whether there are variants of pairs
            too; and `teacher`, a translator whose translations of the first data set are pairs too.
        names: data sets with their languages, such as "multi30k/en-fr"; one may be there twice.

    Returns:
        A data set of `(source, target)` string scalars.
    """
    pairs = load_pairs(names[0], "train")
    for name in names[1:]:
        pairs = pairs.concatenate(load_pairs(name, "train"))
    if args.variants:
        pairs = with_variants(pairs, args.seed)
    return pairs.concatenate(taught_pairs(args, names[0])) if args.teacher else pairs


def sides(names: Sequence[str]) -> Iterator[str]:
    """The training text of data sets in both languages."""
    for name in names:
        for pair in load_pairs(name, "train").as_numpy_iterator():
            yield from (side.decode() for side in pair)


def taught_pairs(args: argparse.Namespace, name: str) -> tf.data.Dataset:
    """Sentences and what another translator makes of them by beam search, kept with the run.

    A student that also reads its teacher's outputs has an easier distribution to learn (Kim and
    Rush 2016, arXiv:1606.07947, section 3.2).

    Args:
        args: with `run`, `strategy` and `teacher`, a released name or a file.
        name: a data set with its languages, of whose training split each different source sentence
            is translated once.

    Returns:
        A data set of `(source, target)` string scalars.
    """
    import tensorflow as tf

    def made() -> bytes:
        teacher = zoo.load(args.teacher)
        lines: list[str] = []
        texts = (source.decode() for source, _ in load_pairs(name, "train").as_numpy_iterator())
        # Of about one length in a batch: little is padding.
        sources = sorted(
            {" ".join(text.split()) for text in texts}, key=lambda one: (len(one), one)
        )
        for begin in range(0, len(sources), _CHUNK):
            part = sources[begin : begin + _CHUNK]
            lines += map("\t".join, zip(part, teacher.translate(part, beam_size=5), strict=True))
        return "\n".join(lines).encode()

    kept = recipe.made_once(Path(args.run) / "taught.tsv", made, args.strategy)
    rows = [line.split("\t") for line in kept.decode().split("\n")]
    return tf.data.Dataset.from_tensor_slices(([row[0] for row in rows], [row[1] for row in rows]))
