"""What words in a row say of a text's label: a linear model, to stand beside a recurrence."""

from __future__ import annotations

import keras
from keras import ops

_FACTORS = (24_517, 30_103, 18_731, 27_091, 21_277)  # of the words of an n-gram, for its bucket
_CHECKS = (113, 59, 211, 163, 89)  # and for its fingerprint
_FOLD = 65_521  # ids are taken modulo this, so that no product leaves 32 bits
_FINGERPRINTS = 251
EMPTY = 0


@keras.saving.register_keras_serializable(package="zoo")
class NGramScores(keras.layers.Layer):
    """The sum of one score a label for every n-gram of a text that is known.

    N-grams are known by a hash (Weinberger et al. 2009, arXiv:0902.2206): it says in which bucket
    the scores are, and one of 251 fingerprints says whether they are those of this n-gram. So
    what was never scored adds nothing, but for one n-gram in some hundreds. One that stands twice
    counts twice. The layer has no scores at first;
    `zoo.tasks.classification.ngrams.fit_ngram_scores` finds them.

    Args:
        outputs: number of labels.
        longest: words of the longest n-grams, 1 to 5.
        buckets: how many n-grams there is room for; several times as many as are scored, since
            one bucket holds one.

    Raises:
        ValueError: when there is no such `longest`.
    """

    def __init__(self, outputs: int, longest: int = 3, buckets: int = 1_048_573, **kwargs):
        super().__init__(**kwargs)
        if not 1 <= longest <= len(_FACTORS):
            raise ValueError(f"longest is 1 to {len(_FACTORS)}, not {longest}.")
        self.outputs = outputs
        self.longest = longest
        self.buckets = buckets

    def build(self, words_shape=None):
        self.fingerprints = self.add_weight(
            name="fingerprints",
            shape=(self.buckets,),
            dtype="uint8",
            initializer="zeros",
            trainable=False,
        )
        self.scores = self.add_weight(
            name="scores", shape=(self.buckets, self.outputs), initializer="zeros", autocast=False
        )
        self.bias = self.add_weight(
            name="bias", shape=(self.outputs,), initializer="zeros", autocast=False
        )

    def call(self, words):
        """Adds up.

        Args:
            words: int `[batch, time]`, 0 = padding, at the right alone.

        Returns:
            Float32 `[batch, outputs]`.
        """
        total = ops.expand_dims(ops.convert_to_tensor(self.bias), 0)
        for buckets, fingerprints in self.hashes(words):
            known = ops.take(self.fingerprints, buckets, axis=0)
            is_known = ops.equal(ops.cast(known, "int32"), fingerprints)
            scores = ops.take(self.scores, buckets, axis=0)
            is_known = ops.cast(ops.expand_dims(is_known, -1), scores.dtype)
            total = total + ops.sum(scores * is_known, axis=1)
        return total

    def hashes(self, words):
        """Where the n-grams of texts are kept.

        Args:
            words: as for `call`.

        Yields:
            For n = 1, 2, ..., bucket and fingerprint of the n-gram that begins at each word, int32
            `[batch, time]`. The fingerprint is -1 where there is none: at padding, where the text
            ends before the n-gram does, and for the unknown word alone.
        """
        words = ops.cast(words, "int32")
        time = ops.shape(words)[1]
        ahead = ops.pad(words, ((0, 0), (0, self.longest - 1)))
        buckets, checks = ops.zeros_like(words), ops.zeros_like(words)
        for n in range(1, self.longest + 1):
            last = ahead[:, n - 1 : n - 1 + time]
            folded = ops.mod(last, _FOLD)
            buckets = ops.mod(
                buckets + ops.mod(folded * _FACTORS[n - 1], self.buckets), self.buckets
            )
            checks = ops.mod(checks + folded * _CHECKS[n - 1], _FINGERPRINTS)
            is_ngram = last > (1 if n == 1 else 0)
            # One sum may be that of an n-gram and of a longer one: their number tells them apart.
            yield (
                ops.mod(buckets + n * 77_777, self.buckets),
                ops.where(is_ngram, 1 + ops.mod(checks + n * 17, _FINGERPRINTS), -1),
            )

    def compute_output_shape(self, words_shape):
        return (words_shape[0], self.outputs)

    def get_config(self):
        return {
            **super().get_config(),
            "outputs": self.outputs,
            "longest": self.longest,
            "buckets": self.buckets,
        }
