"""The pairs that a translator is trained on: data sets, their variants, and a teacher's."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import zoo
from zoo.data import load_pairs
from zoo.data.directions import languages_of, pairs_apart
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
    import tensorflow as tf

    pairs = load_pairs(names[0], "train")
    for name in names[1:]:
        pairs = pairs.concatenate(load_pairs(name, "train"))
    if args.variants:
        pairs = with_variants(pairs, args.seed)
    if args.teacher:
        sources = (
            source.decode() for source, _ in load_pairs(names[0], "train").as_numpy_iterator()
        )
        taught = tuple(map(list, zip(*taught_pairs(args, sources), strict=True)))
        pairs = pairs.concatenate(tf.data.Dataset.from_tensor_slices(taught))
    return pairs


def sides(names: Sequence[str]) -> Iterator[str]:
    """The training text of data sets in both languages."""
    for name in names:
        for pair in load_pairs(name, "train").as_numpy_iterator():
            yield from (side.decode() for side in pair)


def taught_pairs(args: argparse.Namespace, sources: Iterable[str]) -> list[tuple[str, str]]:
    """Sentences and what another translator makes of them by beam search, kept with the run.

    A student that also reads its teacher's outputs has an easier distribution to learn (Kim and
    Rush 2016, arXiv:1606.07947, section 3.2).

    Args:
        args: with `run`, `strategy` and `teacher`, a released name or a file.
        sources: sentences, of which each different one is translated once.

    Returns:
        `(source, target)` sentences, the short ones first.
    """

    def made() -> bytes:
        teacher = zoo.load(args.teacher)
        lines: list[str] = []
        # Of about one length in a batch: little is padding.
        different = {" ".join(text.split()) for text in sources}
        texts = sorted(different, key=lambda one: (len(one), one))
        for begin in range(0, len(texts), _CHUNK):
            part = texts[begin : begin + _CHUNK]
            lines += map("\t".join, zip(part, teacher.translate(part, beam_size=5), strict=True))
        return "\n".join(lines).encode()

    kept = recipe.made_once(Path(args.run) / "taught.tsv", made, args.strategy)
    source_and_target = (line.partition("\t")[::2] for line in kept.decode().split("\n"))
    return list(source_and_target)


def taught_apart(
    args: argparse.Namespace,
    name: str,
    pairs: Iterable[tuple[str, str]],
    held_out: Mapping[str, set[str]],
) -> list[tuple[str, list[tuple[str, str]]]]:
    """A teacher's translations for `encode_both_ways` to read one way, apart from what is held out.

    Args:
        args: as of `taught_pairs`.
        name: a data set with its languages, from the first of which the teacher translates.
        pairs: its `(source, target)` sentences; the sources are translated.
        held_out: what `zoo.data.directions.held_out_sentences` gives.

    Returns:
        The data set and its `(source, translation)` sentences, alone in a list.
    """
    taught = taught_pairs(args, (source for source, _ in pairs))
    return [(name, pairs_apart(taught, languages_of(name), held_out))]
