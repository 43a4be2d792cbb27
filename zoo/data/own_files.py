"""One's own data: pairs of lines, tables of labels, CoNLL-U and captions, read from plain files.

What is wrong in a file is said with its line. Pairs and tables are read anew each time they are
gone through, a line at a time, so that files of any size do. This module knows no model.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import NamedTuple

from zoo.errors import ConfigError, DamagedFileError, MissingFileError

_HELD_OUT, _MOST_HELD_OUT = 20, 2000  # one example in so many is kept for validation, at most


class LabelledRow(NamedTuple):
    """A text and its label."""

    text: str
    label: str


class TaggedWords(NamedTuple):
    """The words of a sentence and their tags."""

    tokens: tuple[str, ...]
    tags: tuple[str, ...]


class CaptionedFile(NamedTuple):
    """A photograph and its captions."""

    image: Path
    captions: tuple[str, ...]


class Examples(Collection):
    """Examples of files, read anew whenever they are gone through, one in memory at a time.

    Args:
        read: gives an iterator over all examples.
        is_kept: whether the example of a number is one of these. None: all are.
    """

    def __init__(self, read: Callable[[], Iterator], is_kept: Callable[[int], bool] | None = None):
        self.read = read
        self.is_kept = is_kept or (lambda number: True)
        self._count = sum(1 for _ in self)  # which also finds what is wrong in the files

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator:
        return (one for number, one in enumerate(self.read()) if self.is_kept(number))

    def __contains__(self, one: object) -> bool:
        return any(one == other for other in self)


def read_lines(path: str | Path) -> Iterator[str]:
    """Yields the lines of a file in UTF-8, without their ends, one in memory at a time.

    Raises:
        MissingFileError: if there is no such file.
        DamagedFileError: if a line is no UTF-8; the message says which.
    """
    if not Path(path).is_file():
        raise MissingFileError(f"There is no file {str(path)!r}.")
    with open(path, "rb") as file:
        for number, line in enumerate(file, 1):
            try:
                text = line.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError as error:
                raise DamagedFileError(
                    f"Line {number} of {path} is not UTF-8 (byte {error.start + 1} of it): "
                    "convert the file, for instance with `iconv -t utf-8`."
                ) from error
            yield text.rstrip("\r\n")


def read_pairs(source: str | Path, target: str | Path) -> Examples:
    """Reads pairs from two files of which the lines with one number are translations of each other.

    Pairs of which one side is blank are left out.

    Raises:
        DamagedFileError: if one file has more lines, or a line is no UTF-8.
        ConfigError: if there is no pair.
    """
    pairs = Examples(lambda: _pairs(source, target))
    if not len(pairs):
        raise ConfigError(f"{source} and {target} have no pair of lines.")
    return pairs


def _pairs(source: str | Path, target: str | Path) -> Iterator[tuple[str, str]]:
    lines, others = read_lines(source), read_lines(target)
    number = 0
    while True:
        one, other = next(lines, None), next(others, None)
        if one is None or other is None:
            break
        number += 1
        if one.strip() and other.strip():
            yield one.strip(), other.strip()
    if one is not None or other is not None:
        longer = source if other is None else target
        raise DamagedFileError(
            f"{longer} goes on after line {number}, where the other file ends: lines of one number "
            "are translations of each other, so both files have as many."
        )


def read_table(path: str | Path, text: str, label: str) -> Examples:
    """Reads `LabelledRow`s, texts and labels from a table: CSV, or TSV where the name ends in .tsv.

    Args:
        path: of the file, whose first line names the columns.
        text: name of the column of texts.
        label: name of the column of labels.

    Raises:
        ConfigError: if there is no such column, or there are fewer than two labels.
        DamagedFileError: if a row has fewer cells, or no text or label; the message says which.
    """
    rows = Examples(lambda: _rows(path, text, label))
    if len({row.label for row in rows}) < 2:
        raise ConfigError(f"The column {label!r} of {path} has fewer than two labels.")
    return rows


def _rows(path: str | Path, text: str, label: str) -> Iterator[LabelledRow]:
    delimiter = "\t" if str(path).endswith(".tsv") else ","
    reader = csv.reader((f"{line}\n" for line in read_lines(path)), delimiter=delimiter)
    try:
        header = next(reader, [])
        for column in (text, label):
            if column not in header:
                raise ConfigError(
                    f"{path} has no column {column!r}: its first line names {', '.join(header)}."
                )
        places = header.index(text), header.index(label)
        for cells in reader:
            if not cells:
                continue
            if len(cells) <= max(places) or not all(cells[place].strip() for place in places):
                raise DamagedFileError(
                    f"Line {reader.line_num} of {path} has no {text!r} or no {label!r}."
                )
            yield LabelledRow(*(cells[place].strip() for place in places))
    except csv.Error as error:
        raise DamagedFileError(f"Line {reader.line_num} of {path}: {error}.") from error


def read_conllu(path: str | Path) -> list[TaggedWords]:
    """Reads the words of a CoNLL-U file and their universal tags, the fourth column.

    Lines of multi-word tokens (`1-2`) and of empty nodes (`1.1`) are left out.

    Raises:
        DamagedFileError: if a line has not ten columns; the message says which.
        ConfigError: if there is no word.
    """
    sentences: list[TaggedWords] = []
    words: list[tuple[str, str]] = []
    for number, line in enumerate((*read_lines(path), ""), 1):
        if not line.strip():
            if words:
                tokens, tags = zip(*words, strict=True)
                sentences.append(TaggedWords(tokens, tags))
            words = []
            continue
        if line.startswith("#"):
            continue
        cells = line.split("\t")
        if len(cells) != 10:
            raise DamagedFileError(f"Line {number} of {path} has {len(cells)} columns, not 10.")
        if cells[0].isdecimal():
            if not cells[1] or cells[3] in ("", "_"):
                raise DamagedFileError(f"Line {number} of {path} has no word or no tag.")
            words.append((cells[1], cells[3]))
    if not sentences:
        raise ConfigError(f"{path} has no tagged sentence.")
    return sentences


def read_captions(path: str | Path, images: str | Path) -> list[CaptionedFile]:
    """Reads captions: a line a caption, the name of a file, a tab, and the text.

    Args:
        path: of the file of captions; a photograph may have several.
        images: folder of the photographs.

    Raises:
        DamagedFileError: if a line has no tab, no text or no file; the message says which.
        MissingFileError: if there is no such folder, or a photograph is not in it.
    """
    folder = Path(images)
    if not folder.is_dir():
        raise MissingFileError(f"There is no folder {str(images)!r}.")
    captions: dict[Path, list[str]] = {}
    for number, line in enumerate(read_lines(path), 1):
        if not line.strip():
            continue
        name, tab, text = line.partition("\t")
        if not tab or not name.strip() or not text.strip():
            raise DamagedFileError(
                f"Line {number} of {path} is not a file's name, a tab and a caption."
            )
        image = folder / name.strip()
        if image not in captions and not image.is_file():
            raise MissingFileError(f"Line {number} of {path}: there is no photograph {image}.")
        captions.setdefault(image, []).append(text.strip())
    if not captions:
        raise ConfigError(f"{path} has no captions.")
    return [CaptionedFile(image, tuple(texts)) for image, texts in captions.items()]


def held_out(examples: Collection) -> tuple[Collection, list]:
    """Splits examples in those to train on and those to choose by, evenly spaced ones.

    Raises:
        ConfigError: if there are too few.
    """
    if len(examples) < 2:
        raise ConfigError(f"{len(examples)} examples are too few to learn from and to choose by.")
    every = max(_HELD_OUT, len(examples) // _MOST_HELD_OUT)
    every = min(every, len(examples))

    def is_held_out(number: int) -> bool:
        return number % every == every - 1

    unseen = [one for number, one in enumerate(examples) if is_held_out(number)]
    kept = Examples(lambda: iter(examples), lambda number: not is_held_out(number))
    return kept if isinstance(examples, Examples) else list(kept), unseen
