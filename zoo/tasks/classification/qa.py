"""The task `qa`: a question about a story is answered."""

from __future__ import annotations

from collections.abc import Sequence

import keras

from zoo.errors import ConfigError
from zoo.inputs.stories import Stories
from zoo.layers import QueryReduction, Recurrent, StoryReader
from zoo.tasks.classification.answerer import Answerer


def build_qa(
    cell=None,
    *,
    labels: Sequence[str],
    tokenizer,
    units: int = 50,
    layers: int = 2,
    dropout: float = 0.1,
    sentence_length: int = 12,
    dataset: str | None = None,
    name: str = "qa",
) -> Answerer:
    """An untrained query-reduction network (Seo et al. 2017, arXiv:1606.04582).

    `zoo.build("qa", ...)` calls it with names resolved. Each layer reads all sentences of the story
    and changes the question by those that it finds of use; the last state is the answer.

    Args:
        cell: class of a recurrent cell, called with the number of units, that reads the words of a
            sentence and of the question. None: they are sums of embeddings weighted by places.
        labels: the answers.
        tokenizer: a `zoo.inputs.WordTokenizer`, kept in the model's file.
        units: width of embeddings and layers.
        layers: readings of the story; all but the last run forward and backward.
        dropout: fraction dropped of embeddings, of reduced questions, and of the last state.
        sentence_length: the most words of a sentence and of a question; a longer sentence is read
            as several.
        dataset: the data set the model is for, such as "babi".
        name: name of the model.

    Returns:
        A built `Answerer`.

    Raises:
        ConfigError: when there is no layer, no answer, or `sentence_length` is not positive.
    """
    if layers < 1:
        raise ConfigError(f"layers is at least 1, not {layers}.")
    if not labels:
        raise ConfigError("labels are the answers that there may be: give at least one.")
    reader = StoryReader(
        keras.layers.Embedding(tokenizer.vocabulary_size, units, embeddings_initializer=_NORMAL),
        [QueryReduction(units, dropout, number < layers - 1) for number in range(layers)],
        None if cell is None else Recurrent(cell(units)),
        dropout,
    )
    return Answerer(
        reader,
        labels,
        Stories(tokenizer, sentence_length),
        dropout=dropout,
        dataset=dataset,
        task="qa",
        name=name,
    )


# Ten sentences' worth of words, as wide as a state, still add up to numbers below 1.
_NORMAL = {"class_name": "RandomNormal", "config": {"stddev": 0.1}}
