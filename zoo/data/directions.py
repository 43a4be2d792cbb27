"""Pairs of several languages for the training of one model, apart from all that is held out."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from zoo.data.batching import starts_of
from zoo.data.loading import splits_of
from zoo.data.pairs import EncodedPairs, encode_pair_lists, read_pairs, stored_name
from zoo.errors import ConfigError
from zoo.inputs.folding import folded
from zoo.inputs.ids import EOS_ID
from zoo.inputs.subwords import language_piece

if TYPE_CHECKING:
    from zoo.inputs.subwords import SentencePieceTokenizer

Pair = tuple[str, str]


def held_out_sentences(names: Iterable[str]) -> dict[str, set[str]]:
    """What a model of several pairs of languages must not see before it is tested.

    Args:
        names: data sets with their languages, such as "tatoeba/en-fr" and "tatoeba/fr-nl".

    Returns:
        For each language the sentences of all splits except "train", of all the data sets, each
        without case and punctuation (`zoo.inputs.folding.folded`).

    Raises:
        UnknownNameError, ConfigError, MissingFileError, DamagedFileError, OfflineError: as
            `load_pairs` does.
    """
    found: dict[str, set[str]] = {}
    for name in names:
        source, target = languages_of(name)
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
    sides = [held_out.get(language, set()) for language in languages]
    return [
        pair
        for pair in pairs
        if not any(folded(text) in out for text, out in zip(pair, sides, strict=True))
    ]


def languages_of(name: str) -> Pair:
    """The languages of both sides of a data set.

    Example:
        >>> languages_of("tatoeba/en-fr")
        ('en', 'fr')
    """
    source, _, target = name.partition("/")[2].partition("-")
    return source, target


def both_ways(names: Iterable[str]) -> list[str]:
    """Data sets with their languages, each in both directions.

    Example:
        >>> both_ways(["tatoeba/en-fr"])
        ['tatoeba/en-fr', 'tatoeba/fr-en']
    """
    pairs = ((name.partition("/")[0], *languages_of(name)) for name in names)
    return [f"{data}/{way}" for data, a, b in pairs for way in (f"{a}-{b}", f"{b}-{a}")]


def encode_both_ways(
    pairs: Sequence[tuple[str, Sequence[Pair]]],
    tokenizer: SentencePieceTokenizer,
    damaged: float = 0.0,
    seed: int = 0,
    one_way: Sequence[tuple[str, Sequence[Pair]]] = (),
) -> EncodedPairs:
    """Pairs of several languages for the training of one model.

    Each pair is there in both directions, its source behind the piece of the language of its target
    (Johnson et al. 2017, arXiv:1611.04558, section 3). Where asked, a part of the sentences of each
    pair's second language is there once more, behind the piece of that language and with words left
    out and moved: otherwise a text that is not English always became English, and its language
    would tell as much as the piece (denoising, Siddhant et al. 2020, arXiv:2005.04816).

    Args:
        pairs: data sets with their languages, and their pairs; one may stand there several times.
        tokenizer: of all languages, with their pieces (`zoo.inputs.language_piece`).
        damaged: part of the sentences, drawn once from each data set.
        seed: draws them.
        one_way: more pairs that are read from their first language into the second alone, such as
            sentences with a teacher's translations.

    Returns:
        The ids of all.

    Raises:
        ConfigError: when there is no pair, or the piece of a language is not in the vocabulary.
    """
    reads = {
        code: tokenizer.beginning_with(language_piece(code))
        for name, _ in [*pairs, *one_way]
        for code in languages_of(name)
    }
    parts, rng = [], np.random.default_rng(seed)
    for name, listed in pairs:
        one, other = languages_of(name)
        sources, targets = [pair[0] for pair in listed], [pair[1] for pair in listed]
        parts.append(encode_pair_lists(sources, targets, reads[other], tokenizer))
        parts.append(encode_pair_lists(targets, sources, reads[one], tokenizer))
    for name, listed in one_way:
        sources, targets = [pair[0] for pair in listed], [pair[1] for pair in listed]
        parts.append(encode_pair_lists(sources, targets, reads[languages_of(name)[1]], tokenizer))
    for name, listed in dict(pairs).items():
        reader = reads[languages_of(name)[1]]
        some = [text for _, text in listed if rng.random() < damaged]
        if some:
            whole = encode_pair_lists(some, some, reader, tokenizer)
            parts.append(with_words_left_out(whole, reader.first_id, rng))
    return in_a_row(parts)


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
        found[f"{side}_starts"] = starts_of(np.concatenate(lengths))
    return EncodedPairs(**found)


def with_words_left_out(
    pairs: EncodedPairs,
    first: int | None,
    rng: np.random.Generator,
    part: float = 0.2,
    near: int = 3,
) -> EncodedPairs:
    """Pairs of damaged sentences and the sentences, for denoising (Lample et al. 2018).

    The source of each is its target with every token left out with a probability and the others
    moved by at most `near` places (arXiv:1711.00043, section 2.3).

    Args:
        pairs: of which the targets are taken.
        first: id before every source. None: none.
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
        before = [] if first is None else [first]
        sources.append(np.array([*before, *ids, EOS_ID], np.int32))
    starts = starts_of([*map(len, sources)])
    return dataclasses.replace(pairs, source=np.concatenate(sources), source_starts=starts)
