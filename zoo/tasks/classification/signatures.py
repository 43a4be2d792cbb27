"""The functions of an exported model that labels texts.

- `serving_default`: `label` and `score`, `[batch]`: the most probable label and its probability;
- `probabilities`: `labels` and `probabilities`, `[batch, labels]`: of every label, in one order.

A text without words gets what the model holds for likely before it has read anything, as `classify`
says. Memory is in proportion to the batch and to its longest text.
"""

from __future__ import annotations

import tensorflow as tf

from zoo.export.signatures import Signatures, padded


class ClassifierSignatures(Signatures):
    """For `zoo.tasks.SequenceClassifier`; for the arguments see `Signatures`."""

    def functions(self):
        return {"serving_default": self._best, "probabilities": self._all}

    def _best(self, text):
        probabilities = self._probabilities(text)
        best = tf.argmax(probabilities, axis=-1)
        return {
            "label": tf.gather(tf.constant(self.model.labels), best),
            "score": tf.gather(probabilities, best, batch_dims=1),
        }

    def _all(self, text):
        labels = tf.constant([self.model.labels])
        return {
            # For every text again: a server cuts what it answers into rows.
            "labels": tf.repeat(labels, tf.shape(text)[0], axis=0),
            "probabilities": self._probabilities(text),
        }

    def _probabilities(self, text):
        """Float32 `[batch, labels]`."""
        tokenizer = self.model.tokenizer
        tokens, _, _ = tokenizer.tokenize(text)
        logits = self.model({"words": padded(tokenizer.look_up_words(tokens))}, training=False)
        return tf.nn.softmax(tf.cast(logits, tf.float32))

    @classmethod
    def answers(cls, model, texts):
        found = model.classify(list(texts))
        return {
            "label": [one.label for one in found],
            "score": [one.probabilities[one.label] for one in found],
        }
