"""Reading unlabelled text first: each direction of a recurrence predicts the word it comes to."""

from __future__ import annotations

import keras
import numpy as np
from keras import ops

from zoo.errors import ConfigError
from zoo.layers.build_once import build_once
from zoo.training.sampled_softmax import sampled_cross_entropy, sampling_chances


class WordPrediction(keras.Model):
    """Trains the features and the lowest layer of a classifier or tagger as language models.

    The forward direction predicts the next word and the backward direction the one before, as in
    Dai and Le 2015 (arXiv:1511.01432), both by the vectors that the model reads words with. The
    softmax is over the true word and a sample of all words, see `zoo.training.sampled_softmax`
    (Jean et al. 2015, arXiv:1412.2007). The weights are the model's own, so that there is nothing
    to carry over afterwards. Layers above keep what they began with: they see both directions, and
    with them what is to be predicted. Nothing is dropped of the features.

    Called on `{"words": [batch, time], "negatives": [n]}`, int ids, and what else the features
    read of each word, such as `characters`, it gives the cross-entropy of every prediction,
    float32 `[2 * batch, time - 1]`, in which unknown words and padding are 0. `fit` wants data
    sets of such dicts alone.

    Args:
        model: a `SequenceClassifier` or `SequenceTagger` with `zoo.layers.WordFeatures`, whose
            lowest layer is bidirectional.
        counts: how often each id stands in the text, `[vocabulary]`.
        power: words are drawn in proportion to their counts to this power.

    Raises:
        ConfigError: when the lowest layer has a single direction.
    """

    def __init__(self, model: keras.Model, counts: np.ndarray, power: float = 0.75, **kwargs):
        super().__init__(**{"dtype": model.recurrence.dtype_policy, **kwargs})
        lowest = model.recurrence.layers[0]
        if not hasattr(lowest, "backward"):
            raise ConfigError(
                "Words are predicted by both directions of the lowest layer, and this one reads "
                "forward alone: build the model with is_causal=False."
            )
        self.features = model.features
        self.embedding = model.features.embedding
        self.recurrence = lowest
        # Neither padding nor the unknown word is drawn.
        self.chances = sampling_chances(counts, power, first=2)
        self._chances = self.chances.astype("float32")
        width = self.embedding.output_dim
        self.projections = [
            keras.layers.Dense(width, name=f"to_word_{i}", dtype=self.dtype_policy)
            for i in range(2)
        ]
        self.bias = self.add_weight(
            name="bias", shape=(len(counts),), initializer="zeros", autocast=False
        )
        self.build()

    def build(self, input_shape=None):
        if self.built:
            return
        directions = (self.recurrence.forward, self.recurrence.backward)
        for projection, direction in zip(self.projections, directions, strict=True):
            build_once(projection, (None, None, direction.output_size))
        self.built = True

    def draw(self, generator: np.random.Generator, count: int) -> np.ndarray:
        """Draws words, int32 `[count]`."""
        return generator.choice(len(self.chances), count, p=self.chances).astype("int32")

    def call(self, inputs, training=False):
        words, negatives = inputs["words"], inputs["negatives"]
        read = [inputs[name] for name in self.features.reads]
        vectors = self.features(*read, training=False)
        after, _ = self.recurrence.forward(vectors, training=training)
        before, _ = self.recurrence.backward(vectors, training=training)
        asked = [self.projections[0](after[:, :-1]), self.projections[1](before[:, 1:])]
        asked = ops.concatenate(asked, axis=0)
        labels = ops.concatenate([words[:, 1:], words[:, :-1]], axis=0)

        losses = sampled_cross_entropy(
            asked, labels, negatives, self.embedding, self.bias, self._chances
        )
        return ops.where(labels > 1, losses, 0.0)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        """The mean over all predictions."""
        count = ops.maximum(ops.sum(ops.cast(y_pred > 0, "float32")), 1.0)
        return ops.sum(y_pred) / count
