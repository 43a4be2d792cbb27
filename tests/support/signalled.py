"""A signal in the middle of a training, as Ctrl-C or a cluster manager sends it."""

import os

import keras


class Ask(keras.callbacks.Callback):
    """Sends this process a signal at a step."""

    def __init__(self, step, number):
        super().__init__()
        self.left, self.number = step, number

    def on_train_batch_begin(self, batch, logs=None):
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), self.number)
