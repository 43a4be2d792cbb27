"""A text file of any size as ids on disk: never more of it in memory than a block.

The ids, the vocabulary and what they were made of lie in a folder, and are made once.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from zoo import files
from zoo.data import loading
from zoo.errors import ConfigError, MissingFileError
from zoo.inputs.characters import CharacterTokenizer, train_characters
from zoo.inputs.running_subwords import RunningSubwordTokenizer
from zoo.inputs.running_words import RunningWordTokenizer, train_running_words
from zoo.inputs.subword_training import train_sentencepiece

LEVELS = ("char", "word", "subword")
_BLOCK = 1 << 20  # characters that are read at once
_COUNTED = 50  # blocks that words and subwords are learnt from; more say little more
_VOCABULARY = {"word": 10_000, "subword": 4_000}


def text_blocks(path: Path) -> Iterator[str]:
    """The text of a file in parts that end with a line, or after a megabyte without one."""
    with open(path, encoding="utf-8", errors="replace", newline="\n") as file:
        while block := file.read(_BLOCK):
            yield block + (file.readline(_BLOCK) if not block.endswith("\n") else "")


def encode_text_file(
    path: str | os.PathLike,
    folder: str | os.PathLike,
    level: str = "char",
    progress: Callable[[int, int], None] | None = None,
) -> tuple[Any, np.ndarray]:
    """Turns a text file into ids, which are kept in a folder for the next time.

    Args:
        path: a text in UTF-8; what is no UTF-8 is read as the replacement character.
        folder: where `ids.bin`, the tokenizer and `text.json` are kept; made if it is missing.
        level: "char", "word" (the 10,000 most frequent) or "subword" (4,000 or fewer).
        progress: called as `progress(done, total)` with bytes, about.

    Returns:
        The tokenizer, and the ids, integers `[tokens]` mapped from the disk.

    Raises:
        MissingFileError: if there is no such file.
        ConfigError: if it is empty, or there is no such level.
    """
    path, folder = Path(path), Path(folder)
    if level not in LEVELS:
        raise ConfigError(f"level is one of {', '.join(LEVELS)}, not {level!r}.")
    if not path.is_file():
        raise MissingFileError(f"There is no text file {str(path)!r}.")
    if not path.stat().st_size:
        raise ConfigError(f"{path} is empty: give a text to learn from.")
    folder.mkdir(parents=True, exist_ok=True)
    said = {
        "text": str(path.resolve()),
        "bytes": path.stat().st_size,
        "modified": path.stat().st_mtime_ns,
        "level": level,
    }
    kept = folder / "text.json"
    known = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {}
    if {key: known.get(key) for key in said} != said:
        kept.unlink(missing_ok=True)
        tokenizer = _train(path, level)
        _assets(tokenizer).save_assets(str(folder))
        kind = _smallest_type(tokenizer.vocabulary_size)
        _write_ids(path, tokenizer, folder / "ids.bin", kind, progress)
        with files.replacing(kept) as part:
            part.write_text(json.dumps({**said, "dtype": kind}), encoding="utf-8")
        known = {**said, "dtype": kind}
    tokenizer = _empty(level)
    _assets(tokenizer).load_assets(str(folder))
    return tokenizer, np.memmap(folder / "ids.bin", known["dtype"], "r")


def _train(path: Path, level: str):
    if level == "char":
        return train_characters(text_blocks(path))
    if level == "word":
        return train_running_words(_some_blocks(path), max_words=_VOCABULARY["word"])
    lines = [line for block in _some_blocks(path) for line in block.split("\n") if line.strip()]
    if not lines:
        raise ConfigError(f"{path} holds nothing but spaces: give a text to learn from.")
    size = _VOCABULARY["subword"]
    while True:  # a small text has not so many pieces
        try:
            return RunningSubwordTokenizer(train_sentencepiece(lines, size))
        except ConfigError as error:
            if "sentencepiece" in str(error) or size < 100:
                raise
            size //= 2


def _some_blocks(path: Path) -> Iterator[str]:
    """At most so many blocks, evenly spaced over the file."""
    apart = max(1, path.stat().st_size // (_BLOCK * _COUNTED))
    return (block for number, block in enumerate(text_blocks(path)) if number % apart == 0)


def _empty(level: str):
    kinds = {
        "char": CharacterTokenizer,
        "word": RunningWordTokenizer,
        "subword": RunningSubwordTokenizer,
    }
    return kinds[level]()


def _assets(tokenizer):
    """The layer whose assets hold the vocabulary."""
    return getattr(tokenizer, "subwords", tokenizer)


def _smallest_type(vocabulary_size: int) -> str:
    return next(
        kind for kind in ("uint8", "uint16", "uint32") if vocabulary_size <= np.iinfo(kind).max + 1
    )


def _write_ids(path: Path, tokenizer, target: Path, kind: str, progress) -> None:
    total, done = path.stat().st_size, 0
    with files.replacing(target) as part, open(part, "wb") as out:
        for block in text_blocks(path):
            out.write(tokenizer.encode(block).astype(kind).tobytes())
            done += len(block.encode("utf-8", "replace"))
            if progress is not None:
                progress(min(done, total), total)


def read_text(name: str, split: str) -> str:
    """Returns the running text of a split, whose examples are its parts as `text`.

    Args:
        name: a data set for language models, such as "tiny_shakespeare" or "ptb".
        split: a split of the data set.

    Returns:
        The text, in memory.

    Raises:
        UnknownNameError, ConfigError, MissingFileError, DamagedFileError, OfflineError: as
            `load_examples` does.
    """
    parts = [
        part
        for batch in loading.load_examples(name, split).batch(1024).as_numpy_iterator()
        for part in batch["text"]
    ]
    return b"".join(parts).decode("utf-8")
