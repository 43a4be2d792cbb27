"""The functions of an exported model that labels items.

- `serving_default`: `label` and `score`, `[batch]`: the most probable label and its probability;
- `probabilities`: `labels` and `probabilities`, `[batch, labels]`: of every label, in one order.

An item with nothing in it gets what the model holds for likely before it has read anything, as
`classify` says. Memory is in proportion to the batch and to its longest item.
"""

from __future__ import annotations

import tensorflow as tf

from zoo.export.signatures import Signatures


class ClassifierSignatures(Signatures):
    """For `zoo.tasks.SequenceClassifier`; for the arguments see `Signatures`."""

    def functions(self):
        return {"serving_default": self._best, "probabilities": self._all}

    def _best(self, *raw):
        probabilities = self._probabilities(*raw)
        best = tf.argmax(probabilities, axis=-1)
        return {
            "label": tf.gather(tf.constant(self.model.labels), best),
            "score": tf.gather(probabilities, best, batch_dims=1),
        }

    def _all(self, *raw):
        labels = tf.constant([self.model.labels])
        return {
            # For every item again: a server cuts what it answers into rows.
            "labels": tf.repeat(labels, tf.shape(raw[0])[0], axis=0),
            "probabilities": self._probabilities(*raw),
        }

    def _probabilities(self, *raw):
        """Float32 `[batch, labels]`."""
        logits = self.model(self.arrays_of(*raw), training=False)
        return tf.nn.softmax(tf.cast(logits, tf.float32))

    @classmethod
    def answers(cls, model, items):
        found = model.classify(list(items))
        return {
            "label": [one.label for one in found],
            "score": [one.probabilities[one.label] for one in found],
        }
