"""Pairs of several languages for the training of one model, apart from all that is held out."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from zoo.data.loading import splits_of
from zoo.data.pairs import EncodedPairs, read_pairs, stored_name
from zoo.errors import ConfigError
from zoo.inputs.ids import EOS_ID

Pair = tuple[str, str]


def held_out_sentences(names: Iterable[str]) -> dict[str, set[str]]:
    """What a model of several pairs of languages must not see before it is tested.

    Args:
        names: data sets with their languages, such as "tatoeba/en-fr" and "tatoeba/fr-nl".

    Returns:
        For each language the sentences of all splits except "train", of all the data sets, each
        without case and punctuation (`zoo.data.sets.tatoeba.folded`).

    Raises:
        UnknownNameError, ConfigError, MissingFileError, DamagedFileError, OfflineError: as
            `load_pairs` does.
    """
    from zoo.data.sets.tatoeba import folded

    found: dict[str, set[str]] = {}
    for name in names:
        source, _, target = name.partition("/")[2].partition("-")
        for split in splits_of(stored_name(name)):
            if split != "train":
                for one, other in read_pairs(name, split):
                    found.setdefault(source, set()).add(folded(one))
                    found.setdefault(target, set()).add(folded(other))
    return found


def pairs_apart(
    pairs: Iterable[Pair], languages: Pair, held_out: Mapping[str, set[str]]
) -> list[Pair]:
    """The pairs of which no side is held out.

    Args:
        pairs: `(source, target)` sentences.
        languages: of both sides, such as `("en", "fr")`.
        held_out: what `held_out_sentences` gives.

    Returns:
        The others, in their order.
    """
    from zoo.data.sets.tatoeba import folded

    sides = [held_out.get(language, set()) for language in languages]
    return [
        pair
        for pair in pairs
        if not any(folded(text) in out for text, out in zip(pair, sides, strict=True))
    ]


def in_a_row(parts: Sequence[EncodedPairs]) -> EncodedPairs:
    """The pairs of several, one after the other.

    Raises:
        ConfigError: when there is nothing.
    """
    if not parts:
        raise ConfigError("There are no pairs to put in a row: give at least one EncodedPairs.")
    found = {}
    for side in ("source", "target"):
        found[side] = np.concatenate([getattr(part, side) for part in parts])
        lengths = [np.diff(getattr(part, f"{side}_starts")) for part in parts]
        found[f"{side}_starts"] = np.concatenate([[0], np.cumsum(np.concatenate(lengths))])
    return EncodedPairs(**found)


def with_words_left_out(
    pairs: EncodedPairs, first: int, rng: np.random.Generator, part: float = 0.2, near: int = 3
) -> EncodedPairs:
    """Pairs of damaged sentences and the sentences, for denoising (Lample et al. 2018).

    The source of each is its target with every token left out with a probability and the others
    moved by at most `near` places (arXiv:1711.00043, section 2.3).

    Args:
        pairs: of which the targets are taken.
        first: id before every source.
        rng: draws.
        part: probability that a token is left out.
        near: places.

    Returns:
        As many pairs.
    """
    sentences = np.split(pairs.target, pairs.target_starts[1:-1])
    sources = []
    for sentence in sentences:
        ids = sentence[1:-1]
        ids = ids[np.argsort(np.arange(len(ids)) + rng.uniform(0, near + 1, len(ids)))]
        ids = ids[rng.random(len(ids)) >= part]
        sources.append(np.array([first, *ids, EOS_ID], np.int32))
    starts = np.concatenate([[0], np.cumsum([len(ids) for ids in sources])]).astype(np.int64)
    return dataclasses.replace(pairs, source=np.concatenate(sources), source_starts=starts)
