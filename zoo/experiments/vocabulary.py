"""What cuts the text of a training: made once, and kept with the run."""

from __future__ import annotations

import argparse
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

import zoo
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
    return WordTokenizer([*tokenizer.words, *others[:most]], tokenizer.characters)
