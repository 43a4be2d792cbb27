"""The functions of an exported model that answers questions about stories.

- `serving_default`: `answer` and `score`, `[batch]`: the most probable answer and its probability;
- `reading`: the same, and `sentences`, `[batch, sentences]`, with `attention`, `[batch, readings,
  sentences]`: how much of the question each replaced in each reading.

All take a `question` and a `context`, strings `[batch]`. Of a question that is too long the first
words are read. Memory is in proportion to the batch and to the square of its longest story.
"""

from __future__ import annotations

import tensorflow as tf

from zoo.export.signatures import Signatures


class AnswererSignatures(Signatures):
    """For `zoo.tasks.Answerer`; for the arguments see `Signatures`."""

    def functions(self):
        return {"serving_default": self._best, "reading": self._reading}

    def _best(self, *raw):
        return self._read(*raw)[0]

    def _reading(self, question, context):
        found, attention = self._read(question, context)
        sentences = self.model.input.sentences_in_graph(context)
        return {**found, "sentences": sentences, "attention": attention}

    def _read(self, *raw):
        logits, attention = self.model.read(self.arrays_of(*raw), training=False)
        probabilities = tf.nn.softmax(tf.cast(logits, tf.float32))
        best = tf.argmax(probabilities, axis=-1)
        found = {
            "answer": tf.gather(tf.constant(self.model.labels), best),
            "score": tf.gather(probabilities, best, batch_dims=1),
        }
        return found, attention

    @classmethod
    def answers(cls, model, items):
        found = model.answer(list(items), return_attention=True)
        return {
            "answer": [one.text for one in found],
            "score": [one.probability for one in found],
        }
