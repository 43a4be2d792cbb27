"""One recurrent layer, forward or with all gradients, in the zoo, Keras, PyTorch, and as products.

Weights and inputs are random: only time is looked at here; that the zoo's results equal those of
Keras and PyTorch is what `tests/layers` shows.
"""

from __future__ import annotations

from functools import cache

import numpy as np

GATES = {"simple": 1, "gru": 3, "lstm": 4}


def prepare(engine: str, case: dict):
    """The workload of `case`: cell, batch, length, width (of input and state), training."""
    shape = (case["batch"], case["length"], case["width"])
    inputs = np.random.default_rng(0).standard_normal(shape, dtype="float32")
    if engine in ("zoo", "keras"):
        import tensorflow as tf

        run = _tensorflow(engine, case["cell"], case["width"], case["training"])
        tensor = tf.constant(inputs)
        return lambda: run(tensor)
    return {"torch": _torch, "products": _products}[engine](case, inputs)


@cache
def _tensorflow(engine: str, cell: str, width: int, training: bool):
    """A graph for any batch and length, as a model that reads sentences has it."""
    import tensorflow as tf

    layer, call = {"zoo": _zoo, "keras": _keras}[engine](cell, width)
    call(tf.zeros((1, 2, width)), training)
    weights = [weight.value for weight in layer.trainable_weights]

    def forward(inputs):
        return call(inputs, False)

    def train(inputs):
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            loss = tf.reduce_sum(call(inputs, True))
        return tape.gradient(loss, [inputs, *weights])

    signature = [tf.TensorSpec((None, None, width))]
    return tf.function(train if training else forward, input_signature=signature, autograph=False)


def _zoo(cell, width):
    from zoo.cells import GRUCell, LSTMCell, SimpleRNNCell
    from zoo.layers import Recurrent

    kind = {"simple": SimpleRNNCell, "gru": GRUCell, "lstm": LSTMCell}[cell]
    layer = Recurrent(kind(width))
    return layer, lambda inputs, training: layer(inputs, training=training)[0]


def _keras(cell, width):
    import keras

    layers = keras.layers
    kind = {"simple": layers.SimpleRNN, "gru": layers.GRU, "lstm": layers.LSTM}[cell]
    layer = kind(width, return_sequences=True)
    return layer, lambda inputs, training: layer(inputs, training=training)


def torch_layer(cell: str):
    """PyTorch's class of layers of a cell."""
    import torch

    return {"simple": torch.nn.RNN, "gru": torch.nn.GRU, "lstm": torch.nn.LSTM}[cell]


def _torch(case, inputs):
    import torch

    layer = torch_layer(case["cell"])(case["width"], case["width"], batch_first=True)
    inputs = torch.from_numpy(inputs).requires_grad_(case["training"])

    def forward():
        with torch.no_grad():
            layer(inputs)

    def train():
        for tensor in (inputs, *layer.parameters()):
            tensor.grad = None
        layer(inputs)[0].sum().backward()

    return train if case["training"] else forward


def _products(case, inputs):
    """The matrix products of the same work, each as large as the recurrence allows."""
    import tensorflow as tf

    batch, length, width = inputs.shape
    columns = GATES[case["cell"]] * width
    flat = tf.reshape(inputs, (-1, width))
    gates = tf.random.normal((batch * length, columns))
    kernel, hidden = tf.random.normal((width, columns)), tf.random.normal((batch, width))
    d_gates = tf.random.normal((batch, columns))

    def loop(left, right, transpose):
        def step(t, _):
            return t + 1, tf.matmul(left, right, transpose_b=transpose)

        rows, cols = left.shape[0], right.shape[0] if transpose else right.shape[1]
        return tf.while_loop(
            lambda t, _: t < length,
            step,
            (0, tf.zeros((rows, cols))),
            parallel_iterations=1,
        )[1]

    @tf.function(autograph=False)
    def run():
        results = [tf.matmul(flat, kernel), loop(hidden, kernel, False)]
        if case["training"]:
            results.append(loop(d_gates, kernel, True))
            results.append(tf.matmul(gates, kernel, transpose_b=True))
            results.extend(tf.matmul(flat, gates, transpose_a=True) for _ in range(2))
        return [tf.reduce_sum(result[:1]) for result in results]

    return run
