"""What one model has learnt, handed to another that knows other words."""

from __future__ import annotations

import keras
import numpy as np
from keras import ops


def carry_over(source: keras.Model, model: keras.Model) -> int:
    """Copies what two models of words have in common.

    That is the vector of every word that both know, and the weights of the recurrence and of the
    output layer where their shapes are alike; labels must be alike too. What a new word needs, the
    vector of the unknown word, is the beginning of every other vector.

    Args:
        source: a `SequenceClassifier` or `SequenceTagger` with a tokenizer.
        model: another of the same class, whose embedding is as wide.

    Returns:
        How many words both know.

    Raises:
        ValueError: when the embeddings differ in width.
    """
    vectors = ops.convert_to_numpy(source.features.embedding.embeddings)
    embeddings = model.features.embedding.embeddings
    if embeddings.shape[1] != vectors.shape[1]:
        raise ValueError(
            f"The embeddings of {source.name!r} are {vectors.shape[1]} wide, those of "
            f"{model.name!r} {embeddings.shape[1]}: build the model with as wide ones."
        )
    first = 2  # ids of words follow padding and the unknown word
    place = {word: i for i, word in enumerate(source.tokenizer.words, first)}
    whence = [place.get(word) for word in model.tokenizer.words]
    known = [i for i, word in enumerate(whence, first) if word is not None]
    new = np.tile(vectors[1], (embeddings.shape[0], 1))
    new[0] = vectors[0]
    new[known] = vectors[[word for word in whence if word is not None]]
    embeddings.assign(new)

    parts = [(source.recurrence, model.recurrence)]
    if source.labels == model.labels:
        parts.append((source.output_layer, model.output_layer))
    for old, copy in parts:
        if [w.shape for w in old.weights] == [w.shape for w in copy.weights]:
            copy.set_weights(old.get_weights())
    return len(known)
