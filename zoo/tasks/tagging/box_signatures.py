"""The function of an exported tracker of boxes.

`serving_default`, of `boxes`, float32 `[batch, time, 4]`: left, top, width and height, NaN where
there is none, filled up at the end with anything, and `lengths`, int32 `[batch]`, gives `boxes` and
`deviations`, float32 of the same shape, as `track` says; zeros, which are no box, where nothing is
known, and beyond the lengths.
"""

from __future__ import annotations

import tensorflow as tf

from zoo.export.signatures import Signatures


class BoxTrackerSignatures(Signatures):
    """For `zoo.tasks.BoxTracker`; for the arguments see `Signatures`."""

    def functions(self):
        return {"serving_default": self._tracked}

    def _tracked(self, *raw):
        model = self.model
        arrays = self.arrays_of(*raw)
        # A frame of padding, as TensorFlow's loops over time cannot stack nothing.
        boxes = tf.pad(arrays["boxes"], [[0, 0], [0, 1], [0, 0]])
        said = model({**arrays, "boxes": boxes}, training=False)[:, :-1]
        seen = boxes[:, :-1, 4]
        known = tf.math.cumsum(seen, axis=1) > 0
        if not model.is_causal:
            known = tf.reduce_any(seen > 0, axis=1, keepdims=True) | known
        known &= tf.sequence_mask(arrays["lengths"], tf.shape(seen)[1])
        size = tf.exp(said[:, :, 2:, 0])
        corners = tf.concat([said[:, :, :2, 0] - size / 2, size], axis=-1)
        deviations = tf.exp(said[..., 1]) * tf.concat([tf.ones_like(size), size], axis=-1)
        return {
            "boxes": tf.where(known[:, :, None], corners, 0.0),
            "deviations": tf.where(known[:, :, None], deviations, 0.0),
        }

    @classmethod
    def answers(cls, model, items):
        found = model.track(list(items))
        time = max(map(len, found), default=0)

        def filled(rows: list) -> list:
            plain = [[value if value == value else 0.0 for value in box] for box in rows]
            return [*plain, *[[0.0] * 4] * (time - len(rows))]

        return {
            "boxes": [filled(one) for one in found],
            "deviations": [filled(one.deviations) for one in found],
        }
