"""What cuts the text of a training: made once, and kept with the run."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

import zoo
from zoo import files
from zoo.experiments import recipe
from zoo.inputs import (
    SentencePieceTokenizer,
    WordTokenizer,
    train_sentencepiece,
    train_words,
)
from zoo.inputs.byte_pieces import with_byte_pieces


def subwords_of(args: argparse.Namespace, texts: Iterable[str]) -> SentencePieceTokenizer:
    """The subwords of a run: those of the model to start from, or trained on its text.

    Args:
        args: with `run`, `strategy`, `init_from`, `vocabulary_size`; and `byte_fallback`, where
            characters without a piece can be spelt.
        texts: the training text; read when the subwords are not there yet.

    Returns:
        The tokenizer of what a model writes.
    """
    if args.init_from:
        found = zoo.load(args.init_from).target_tokenizer
    else:
        kept = Path(args.run) / "sentencepiece.model"
        found = SentencePieceTokenizer(
            recipe.made_once(
                kept, lambda: train_sentencepiece(texts, args.vocabulary_size), args.strategy
            )
        )
    if getattr(args, "byte_fallback", False):
        found = SentencePieceTokenizer(with_byte_pieces(found.proto))
    return found


def words_of(
    texts: Sequence[str], kept: Path, max_words: int, min_count: int = 3
) -> tuple[WordTokenizer, np.ndarray]:
    """The words of texts, and the ids of all texts in a row, which takes minutes of many texts.

    Args:
        texts: strings.
        kept: file that both are kept in, or read from if it is there.
        max_words: words that are known.
        min_count: times that each of them stands in the texts.

    Returns:
        The tokenizer, and ids `[words of all texts]`.
    """
    if not kept.exists():
        made = train_words(WordTokenizer().cut(texts), min_count=min_count, max_words=max_words)
        ids = np.concatenate(made.word_ids(texts))
        kept.parent.mkdir(parents=True, exist_ok=True)
        with files.replacing(kept) as part, open(part, "wb") as file:
            np.savez(file, ids=ids, words=made.words, characters=made.characters)
    with np.load(kept) as found:
        words, characters = found["words"].tolist(), found["characters"].tolist()
        return WordTokenizer(words, characters), found["ids"]
