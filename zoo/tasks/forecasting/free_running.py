"""Training a forecaster on what it says when it reads its own output."""

from __future__ import annotations

import keras
from keras import ops


class FreeRunning(keras.Model):
    """A forecaster that reads a past, and then its own output, through which gradients go.

    What it says far ahead is then trained as well as the next patch: a model that is trained on
    true values alone has never read what it reads later. Within the past it reads true values.
    Deviations are trained on true values alone, so that they stay those of the next patch;
    `Forecaster.spread` says how much wider it is further ahead. Batches are those of
    `zoo.data.window_batches`. `fit` trains the weights of `forecaster`, which is then used and
    saved without this.

    Args:
        forecaster: a `zoo.tasks.Forecaster`.
        future: steps that are forecast, a multiple of the patch.
    """

    def __init__(self, forecaster: keras.Model, future: int, **kwargs):
        super().__init__(autocast=False, **kwargs)
        self.forecaster = forecaster
        self.future = future
        self.built = True

    def build(self, input_shape=None):
        self.built = True

    def call(self, inputs, training=False):
        """Parameters `[batch, past - patch + future, columns, ...]`, from the second patch on.

        Args:
            inputs: `{"series": [batch, past, columns], "lengths": int [batch]}`, all of them whole.
            training: whether dropout is on.
        """
        model = self.forecaster
        found, state = model(inputs, training=training, return_state=True)
        parts = [found]
        for _ in range(self.future // model.patch - 1):
            values = model.head.expected(parts[-1][:, -model.patch :])
            found, state = model.step(values, state, training=training)
            if len(found.shape) > 3:  # the mean, and what else there is without a gradient
                rest = ops.stop_gradient(found[..., 1:])
                found = ops.concatenate([found[..., :1], rest], axis=-1)
            parts.append(found)
        return ops.concatenate(parts, axis=1)
