"""Training a detector of what is unusual in clips with its state carried from batch to batch."""

from __future__ import annotations

from zoo.tasks.forecasting.clip_detector import ClipDetector
from zoo.training.carried_state import CarriedState


class WatchedBPTT(CarriedState):
    """A `ClipDetector` whose state after one batch is the state before the next.

    The model has so seen states as old as clips are long, see `CarriedState`. Batches are those of
    `zoo.data.watch_batches`, which say where a row begins anew. `fit` trains the weights of
    `detector`, which is used and saved without this.

    Args:
        detector: the model.
        rows: rows of every batch, a multiple of the replicas that share it.
    """

    def __init__(self, detector: ClipDetector, rows: int, **kwargs):
        super().__init__(detector.get_initial_state, rows, **kwargs)
        self.detector = detector

    def call(self, inputs, training=False):
        """What is expected of the next frames, see `ClipDetector`.

        Args:
            inputs: its arrays, and `begins`, bool `[rows]`: where it is True the state is that
                before a clip.
            training: whether the recurrence takes its fused path.
        """
        said, state = self.detector(
            {"source": inputs["source"], "lengths": inputs["lengths"]},
            initial_state=self.before(inputs["begins"]),
            training=training,
            return_state=True,
        )
        self.carry(state)
        return said
