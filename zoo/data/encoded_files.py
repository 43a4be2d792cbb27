"""Encoded examples on disk: made a part at a time, and mapped, so that batches read their own.

Gives what `encode_pairs` and `encode_texts` give, of files that are larger than memory.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from zoo import files
from zoo.data.labelled import EncodedTexts, encode_texts
from zoo.data.pairs import EncodedPairs, encode_pair_lists
from zoo.errors import ConfigError

_PART = 16_384  # examples that are in memory at once


def encode_pairs_on_disk(
    pairs: Iterable[tuple[str, str]], folder: Path, source_tokenizer: Any, target_tokenizer: Any
) -> EncodedPairs:
    """The same as `encode_pair_lists`, in files of a folder.

    Args:
        pairs: source and target, gone through once.
        folder: where the arrays are written, in place of those that are there; made if missing.
        source_tokenizer: of the source side.
        target_tokenizer: of the target side.

    Returns:
        The ids, arrays that are mapped from the files.

    Raises:
        ConfigError: when there is no pair.
    """

    def parts():
        for part in _parts(pairs):
            sources, targets = zip(*part, strict=True)
            found = encode_pair_lists(sources, targets, source_tokenizer, target_tokenizer)
            yield {
                "source": (found.source, np.diff(found.source_starts)),
                "target": (found.target, np.diff(found.target_starts)),
            }

    arrays = _written(parts(), folder, ("source", "target"))
    (source, source_starts), (target, target_starts) = arrays
    return EncodedPairs(source, source_starts, target, target_starts)


def encode_texts_on_disk(
    rows: Iterable[tuple[str, str]],
    folder: Path,
    tokenizer: Any,
    names: Sequence[str],
    *,
    longest: int | None = None,
) -> EncodedTexts:
    """The same as `encode_texts`, in files of a folder.

    Args:
        rows: text and label, gone through once.
        folder, tokenizer, names, longest: as for `encode_pairs_on_disk` and `encode_texts`.

    Raises:
        ConfigError: when there is no text, or a label is none of the names.
    """

    def parts():
        for part in _parts(rows):
            texts, labels = zip(*part, strict=True)
            found = encode_texts(texts, labels, tokenizer, names, longest=longest)
            one_each = np.ones(len(labels), np.int64)
            yield {"words": (found.words, found.lengths), "labels": (found.labels, one_each)}

    (words, starts), (labels, _) = _written(parts(), folder, ("words", "labels"))
    return EncodedTexts(words, labels, starts)


def _parts(examples: Iterable) -> Iterator[list]:
    left = iter(examples)
    while part := list(itertools.islice(left, _PART)):
        yield part


def _written(
    parts: Iterable[dict[str, tuple[np.ndarray, np.ndarray]]], folder: Path, names: Sequence[str]
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Writes the parts one after the other; for each name ids int32 and starts int64."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [(folder / f"{name}.ids", folder / f"{name}.starts") for name in names]
    with contextlib.ExitStack() as stack:

        def opened(path: Path) -> Callable[[np.ndarray], Any]:
            part = stack.enter_context(files.replacing(path))
            file = stack.enter_context(open(part, "wb"))
            return lambda array: file.write(array.tobytes())

        writers = [(opened(ids), opened(starts)) for ids, starts in paths]
        ends = [0] * len(names)
        for _, write_starts in writers:
            write_starts(np.zeros(1, np.int64))
        for part in parts:
            for i, (name, (write_ids, write_starts)) in enumerate(zip(names, writers, strict=True)):
                ids, lengths = part[name]
                write_ids(ids.astype(np.int32))
                starts = ends[i] + np.cumsum(lengths, dtype=np.int64)
                write_starts(starts)
                ends[i] = int(starts[-1])
        if not ends[0]:
            raise ConfigError("There are no examples to encode: the files given are empty.")
    return [(np.memmap(a, np.int32, "r"), np.memmap(b, np.int64, "r")) for a, b in paths]
