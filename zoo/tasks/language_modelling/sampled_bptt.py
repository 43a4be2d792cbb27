"""Training a language model of many words by a sample of them."""

from __future__ import annotations

import keras
import numpy as np
from keras import ops

from zoo.tasks.language_modelling.truncated_bptt import TruncatedBPTT
from zoo.training.carried_state import CarriedState
from zoo.training.sampled_softmax import sampled_cross_entropy, sampling_chances


class SampledBPTT(CarriedState):
    """A language model in streams, whose softmax in training is over a sample of the vocabulary.

    Every batch draws words anew, by how often they stand in the text; the loss is that of
    `zoo.training.sampled_softmax` (Jean et al. 2015, arXiv:1412.2007), which learns the weights of
    the whole softmax. `fit` wants `loss=None`, and its loss is in nats of the sampled softmax. It
    gives no logits, so that scheduled sampling does not go around it.

    Args:
        language_model, rows: as of `TruncatedBPTT`.
        counts: how often each id stands in the text, `[vocabulary]`.
        negatives: words that are drawn for a batch.
        power: words are drawn in proportion to their counts to this power.
    """

    def __init__(
        self,
        language_model: keras.Model,
        rows: int,
        counts: np.ndarray,
        negatives: int,
        power: float = 0.75,
        **kwargs,
    ):
        if language_model.cache is not None:
            language_model = language_model.with_cache(0)
        super().__init__(language_model.get_initial_state, rows, **kwargs)
        self.language_model = language_model
        chances = sampling_chances(counts, power)
        self.negatives = negatives
        self._below = np.cumsum(chances).astype("float32")
        self._chances = chances.astype("float32")
        self._random = keras.random.SeedGenerator()

    def call(self, inputs, training=False):
        """What the logits are made of, `[rows, time, width of the words' vectors]`.

        Args:
            inputs, training: as of `TruncatedBPTT.call`.
        """
        model = self.language_model
        before = self.before(inputs["begins"])
        outputs, state = model.outputs(inputs["tokens"], before, training=training)
        self.carry(state)
        return model.asked(outputs)

    def draw(self):
        """Draws words, int32 `[negatives]`."""
        places = keras.random.uniform((self.negatives,), seed=self._random)
        drawn = ops.searchsorted(ops.convert_to_tensor(self._below), places, side="right")
        return ops.minimum(ops.cast(drawn, "int32"), len(self._below) - 1)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        """The mean over all labels, as `SmoothedCrossEntropy` takes it, padding at weight 0."""
        embedding = self.language_model.embedding
        vectors = ops.cast(embedding.output_vectors, y_pred.dtype)
        losses = sampled_cross_entropy(
            y_pred,
            y,
            self.draw(),
            lambda ids: ops.take(vectors, ids, axis=0),
            embedding.bias,
            self._chances,
        )
        return ops.mean(losses if sample_weight is None else losses * sample_weight)


def in_streams(
    language_model: keras.Model, rows: int, counts: np.ndarray, negatives: int = 0
) -> CarriedState:
    """What `fit` trains of a language model: the whole softmax, or a sample of so many words.

    Args:
        language_model, rows, counts: as of `SampledBPTT`.
        negatives: 0: the whole softmax.
    """
    if negatives:
        return SampledBPTT(language_model, rows, counts, negatives)
    return TruncatedBPTT(language_model, rows)
