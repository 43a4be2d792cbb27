"""Training a detector of what is unusual in clips with its state carried from batch to batch."""

from __future__ import annotations

import keras
from keras import ops, tree

from zoo.backend.replicas import replica, rows_of_replica, share_of_replica
from zoo.tasks.forecasting.clip_detector import ClipDetector


class WatchedBPTT(keras.Model):
    """A `ClipDetector` whose state after one batch is the state before the next.

    A row of a batch goes on where the same row of the batch before ended, so that the model has
    seen states as old as clips are long, while gradients go back to the beginning of a batch and no
    further (Williams and Peng 1990). Batches are those of `zoo.data.watch_batches`, which say where
    a row begins anew. `fit` trains the weights of `detector`, which is used and saved without this.

    Args:
        detector: the model.
        rows: rows of every batch, a multiple of the replicas that share it.
    """

    def __init__(self, detector: ClipDetector, rows: int, **kwargs):
        super().__init__(**kwargs)
        self.detector = detector
        self.rows = rows
        self.carried = [
            self.add_weight(
                name=f"carried_{number}",
                shape=state.shape,
                initializer="zeros",
                trainable=False,
                aggregation="sum",  # of the shares of replicas
            )
            for number, state in enumerate(tree.flatten(detector.get_initial_state(rows)))
        ]
        self.built = True

    def build(self, input_shape=None):
        self.built = True

    def call(self, inputs, training=False):
        """What is expected of the next frames, see `ClipDetector`.

        Args:
            inputs: its arrays, and `begins`, bool `[rows]`: where it is True the state is that
                before a clip.
            training: whether the recurrence takes its fused path.
        """
        rows = inputs["source"].shape[0] or self.rows // replica()[1]
        first = self.detector.get_initial_state(rows)
        before = [
            ops.where(
                ops.reshape(inputs["begins"], (-1, *(1 for _ in new.shape[1:]))),
                new,
                ops.cast(rows_of_replica(old, rows), new.dtype),
            )
            for new, old in zip(tree.flatten(first), self.carried, strict=True)
        ]
        said, state = self.detector(
            {"source": inputs["source"], "lengths": inputs["lengths"]},
            initial_state=tree.pack_sequence_as(first, before),
            training=training,
            return_state=True,
        )
        for variable, value in zip(self.carried, tree.flatten(state), strict=True):
            variable.assign(share_of_replica(ops.stop_gradient(value), self.rows))
        return said
