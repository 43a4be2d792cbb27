"""What cuts the text of a training: made once, and kept with the run."""

from __future__ import annotations

import argparse
import array
import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

import zoo
from zoo.data.loading import load_examples
from zoo.errors import ConfigError
from zoo.experiments import recipe
from zoo.inputs import (
    SentencePieceTokenizer,
    WordTokenizer,
    train_sentencepiece,
    train_words,
)
from zoo.inputs.byte_pieces import with_byte_pieces


def subwords_of(
    args: argparse.Namespace, texts: Iterable[str], control_pieces: Sequence[str] = ()
) -> SentencePieceTokenizer:
    """The subwords of a run: those of the model to start from, or trained on its text.

    Args:
        args: with `run`, `strategy`, `init_from`, `vocabulary_size`; and `byte_fallback`, where
            characters without a piece can be spelt.
        texts: the training text; read when the subwords are not there yet.
        control_pieces: as for `train_sentencepiece`.

    Returns:
        The tokenizer of what a model writes.
    """
    if args.init_from:
        found = zoo.load(args.init_from).target_tokenizer
    else:
        kept = Path(args.run) / "sentencepiece.model"
        found = SentencePieceTokenizer(
            recipe.made_once(
                kept,
                lambda: train_sentencepiece(
                    texts, args.vocabulary_size, control_pieces=control_pieces
                ),
                args.strategy,
            )
        )
    if getattr(args, "byte_fallback", False):
        found = SentencePieceTokenizer(with_byte_pieces(found.proto))
    return found


def words_of(
    args: argparse.Namespace, texts: Sequence[str], min_count: int = 3
) -> tuple[WordTokenizer, np.ndarray]:
    """The words of a run, and the ids of all texts in a row, which takes minutes of many texts.

    Args:
        args: with `run`, in whose folder both are kept; `strategy`; and `max_words`, how many words
            are known.
        texts: strings; read when the words are not there yet.
        min_count: times that each of the words stands in the texts.

    Returns:
        The tokenizer, and ids `[words of all texts]`.
    """

    def made() -> bytes:
        tokenizer = train_words(
            WordTokenizer().cut(texts), min_count=min_count, max_words=args.max_words
        )
        ids, file = np.concatenate(tokenizer.word_ids(texts)), io.BytesIO()
        np.savez(file, ids=ids, words=tokenizer.words, characters=tokenizer.characters)
        return file.getvalue()

    kept = recipe.made_once(Path(args.run) / "words.npz", made, args.strategy)
    with np.load(io.BytesIO(kept)) as found:
        words, characters = found["words"].tolist(), found["characters"].tolist()
        return WordTokenizer(words, characters), found["ids"]


def with_words_of(
    tokenizer: WordTokenizer, other: WordTokenizer, most: int | None = None
) -> WordTokenizer:
    """A tokenizer that knows words of another one too, after its own.

    Args:
        tokenizer: whose words come first, and whose characters are known.
        other: whose words follow in its order, the most frequent ones first.
        most: of them that are taken. None: all.
    """
    known = set(tokenizer.words)
    others = [word for word in other.words if word not in known]
    return WordTokenizer(
        [*tokenizer.words, *others[:most]],
        tokenizer.characters,
        tokenizer.word_length,
        tokenizer.treebank,
    )


class WrittenWords(NamedTuple):
    """Running text as places in the list of its different words; None of them where none is read.

    Attributes:
        tokenizer: which knows the text's frequent words too.
        ids: int32 `[words]`, the place of each word of the text.
        arrays: what `tokenizer` gives of each different word: `words` int32 `[places]` and
            `characters` int32 `[places, letters]`.
    """

    tokenizer: WordTokenizer
    ids: np.ndarray | None
    arrays: dict[str, np.ndarray] | None


def written_words_of(args: argparse.Namespace, tokenizer: WordTokenizer) -> WrittenWords:
    """The words of a text and how each is written, for models that read letters too.

    Args:
        args: with `run`, in whose folder they are kept; `strategy`; `texts` and `fraction`, which
            of `texts_of` are read; `word_epochs`, 0 where none are; and `max_words`, how many words
            are known in the end: those of `tokenizer`, and then the text's most frequent ones.
        tokenizer: of the text that is learnt afterwards, which cuts.
    """
    if not args.word_epochs:
        return WrittenWords(tokenizer, None, None)

    def made() -> bytes:
        places: dict[str, int] = {}
        ids = array.array("i")
        texts = recipe.every_nth(list(texts_of(args.texts)), args.fraction)
        for words in tokenizer.cut(texts):
            ids.extend(places.setdefault(word, len(places)) for word in words)
        counts = np.bincount(ids, minlength=len(places)).tolist()
        found = train_words(([word] * n for word, n in zip(places, counts, strict=True)))
        file = io.BytesIO()
        written = np.frombuffer("\n".join(places).encode(), "uint8")  # no word has a line's end
        np.savez(file, ids=np.array(ids, "int32"), written=written, words=found.words)
        return file.getvalue()

    kept = recipe.made_once(Path(args.run) / "written.npz", made, args.strategy)
    with np.load(io.BytesIO(kept)) as file:
        ids, words = file["ids"], file["words"].tolist()
        written = file["written"].tobytes().decode().split("\n")
    known = with_words_of(
        tokenizer, WordTokenizer(words), max(args.max_words - len(tokenizer.words), 0)
    )
    (arrays,) = known.prepare([written])
    return WrittenWords(known, ids, arrays)


def texts_of(names: str) -> Iterator[str]:
    """Yields the texts of data sets, without what they are labelled with.

    Args:
        names: data sets by commas, each with its split where that is not "train", such as
            "imdb,imdb:unlabelled,essays".

    Raises:
        UnknownNameError, ConfigError, MissingFileError, DamagedFileError, OfflineError: as
            `zoo.data.load_examples` does; ConfigError also for examples without a text.
    """
    for name in names.split(","):
        dataset, _, split = name.partition(":")
        examples = load_examples(dataset, split or "train")
        if "text" not in examples.element_spec:
            raise ConfigError(f"The examples of {dataset!r} have no text: give other data sets.")
        for example in examples.as_numpy_iterator():
            yield example["text"].decode()
