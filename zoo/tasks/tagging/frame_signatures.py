"""The function of an exported model that labels frames.

`serving_default`, of what the model's input takes, such as `audio` and `lengths`, gives for each
item its spans of neighbouring frames with one label: `labels`, strings `[batch, spans]` that are
filled up with empty ones, `begin` and `end`, in seconds where the model knows how long its frames
are, else in steps of what it reads, and `probability`, float32 of the same shape, all three filled
up with -1, and `span_count`, int32 `[batch]`. All is as `tag` says.

Memory is in proportion to the batch and to its longest item, which has at most `model.most_steps`
steps: more are refused.
"""

from __future__ import annotations

import tensorflow as tf

from zoo.export.signatures import Signatures


class FrameTaggerSignatures(Signatures):
    """For `zoo.tasks.FrameTagger`; for the arguments see `Signatures`."""

    def functions(self):
        return {"serving_default": self._tagged}

    def _tagged(self, *raw):
        model = self.model
        arrays = self.arrays_of(*raw)
        timed = model.timed_input
        # A frame of padding, so that a batch in which every item is too short for one has frames.
        more = [[0, 0]] * len(arrays[timed].shape)
        arrays[timed] = tf.pad(arrays[timed], [more[0], [0, model.shortest], *more[2:]])
        numbers, probabilities = model.labels_of(*arrays.values())
        counts = model.frame_count(arrays["lengths"])
        width = tf.shape(numbers)[1]
        places = tf.range(width)
        before = tf.concat([numbers[:, :1] - 1, numbers[:, :-1]], axis=1)
        is_first = (numbers != before) & (places < counts[:, None])
        rows, begins = (tf.cast(x, tf.int32) for x in tf.unstack(tf.where(is_first), axis=1))
        # A span ends where the next of its row begins, or with the row.
        is_last = tf.concat([rows[1:] != rows[:-1], tf.ones_like(rows[:1], tf.bool)], axis=0)
        following = tf.concat([begins[1:], begins[:1]], axis=0)
        ends = tf.where(is_last, tf.gather(counts, rows), following)
        sums = tf.pad(tf.cumsum(probabilities, axis=1), [[0, 0], [1, 0]])
        means = _at(sums, rows, ends) - _at(sums, rows, begins)
        means /= tf.cast(ends - begins, tf.float32)
        first = tf.constant(model.frame_times(-0.5), tf.float32)
        times = (first + tf.cast(x, tf.float32) * model.time_a_frame for x in (begins, ends))
        labels = tf.gather(tf.constant(model.labels), _at(numbers, rows, begins))

        def filled(values, filling):
            ragged = tf.RaggedTensor.from_value_rowids(values, rows, nrows=tf.shape(numbers)[0])
            return ragged.to_tensor(filling)

        begin, end, probability = (filled(x, -1.0) for x in (*times, means))
        span_count = tf.math.bincount(rows, minlength=tf.shape(numbers)[0], dtype=tf.int32)
        found = {"begin": begin, "end": end, "probability": probability}
        return {"labels": filled(labels, ""), **found, "span_count": span_count}

    @classmethod
    def answers(cls, model, items):
        rows = model.tag(list(items))
        width = max(map(len, rows), default=0)
        columns = {"labels": ("label", ""), "begin": ("begin", -1.0), "end": ("end", -1.0)}
        columns["probability"] = ("probability", -1.0)
        found: dict[str, list] = {
            name: [
                [*(getattr(span, key) for span in row), *[filling] * (width - len(row))]
                for row in rows
            ]
            for name, (key, filling) in columns.items()
        }
        return {**found, "span_count": [len(row) for row in rows]}


def _at(values, rows, columns):
    """Values of a matrix at places."""
    return tf.gather_nd(values, tf.stack([rows, columns], axis=1))
