"""The task `pos`: the part of speech of every word."""

from __future__ import annotations

from collections.abc import Sequence

import keras

from zoo.inputs.ids import vocabulary_size_of
from zoo.inputs.upos import UPOS
from zoo.layers import (
    CRF,
    CharacterCNN,
    RecurrentStack,
    WordFeatures,
)
from zoo.layers.recurrent_levels import recurrent_levels
from zoo.tasks.tagging.sequence_tagger import SequenceTagger


def build_pos(
    cell="lstm",
    *,
    units: int = 300,
    embedding_size: int = 100,
    layers: int = 2,
    character_embedding_size: int = 32,
    character_filters: int = 50,
    dropout: float = 0.4,
    recurrent_dropout: float = 0.0,
    word_dropout: float = 0.1,
    is_causal: bool = False,
    crf: bool = False,
    labels: Sequence[str] = UPOS,
    tokenizer=None,
    vocabulary_size: int | None = None,
    character_count: int = 100,
    languages: Sequence[str] = (),
    name: str = "pos",
) -> SequenceTagger:
    """An untrained tagger: word embeddings beside a CNN over characters, bidirectional layers.

    `zoo.build("pos", cell="lstm", ...)` calls it with names resolved. It is the model of Ma and
    Hovy 2016 (arXiv:1603.01354), with any cell, any number of layers, and the CRF left to choice.

    Args:
        cell: class of a recurrent cell, called with the number of units.
        units: width of each layer, of both directions together; then even.
        embedding_size: width of the word embeddings.
        layers: how many layers over time.
        character_embedding_size: width of the character embeddings.
        character_filters: filters of each width, 2, 3 and 4 characters. 0: words alone.
        dropout: fraction dropped of features, inputs of upper layers, and outputs.
        recurrent_dropout: fraction of the recurrent state dropped, see `zoo.layers.Recurrent`.
        word_dropout: fraction of the words read as unknown in training.
        is_causal: whether layers read forward alone, so that a text can be labelled while it comes;
            see `SequenceTagger.stream`.
        crf: whether a linear-chain CRF chooses the labels together.
        labels: names of the labels; those of Universal Dependencies where none are given.
        tokenizer: a `zoo.inputs.WordTokenizer`, kept in the model's file.
        vocabulary_size: number of word ids. None: as many as the tokenizer has.
        character_count: number of character ids, where there is no tokenizer.
        languages: codes of the languages that the model is for.
        name: name of the model.

    Returns:
        A built `SequenceTagger`.

    Raises:
        ConfigError: when neither a tokenizer nor a vocabulary size is given, both disagree, or
            `units` is odd.
    """
    vocabulary_size = vocabulary_size_of("pos", tokenizer, vocabulary_size)
    if tokenizer is not None:
        character_count = tokenizer.character_count

    characters = None
    if character_filters:
        characters = CharacterCNN(character_count, character_embedding_size, character_filters)
    return SequenceTagger(
        WordFeatures(
            keras.layers.Embedding(vocabulary_size, embedding_size),
            characters,
            word_dropout=word_dropout,
            dropout=dropout,
        ),
        RecurrentStack(
            recurrent_levels(cell, units, layers, is_causal, recurrent_dropout),
            dropout=dropout,
        ),
        labels,
        tokenizer,
        CRF(len(labels)) if crf else None,
        dropout=dropout,
        languages=languages,
        task="pos",
        name=name,
    )
