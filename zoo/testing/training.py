"""Gradients against finite differences, and a few steps of training."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

from zoo.backend.compiled import jit_compile
from zoo.testing.assertions import numpy, paths, random, require


def check_gradients_and_fit(gradient_clause, fit_clause, model, inputs, part) -> None:
    """Gradients as the steps of plain gradient descent, each against its slope; then a few more."""
    for variable in part.trainable_variables:
        variable.constraint = None  # it would move weights besides
    target = numpy(model.predict_on_batch(inputs))
    target = (target + random(7, *target.shape)).astype("float32")
    model.compile(keras.optimizers.SGD(1.0), "mse", jit_compile=jit_compile())

    def loss() -> float:
        return float(model.test_on_batch(inputs, target))

    with gradient_clause:
        before = [numpy(v) for v in part.trainable_variables]
        model.train_on_batch(inputs, target)
        steps = [old - numpy(v) for old, v in zip(before, part.trainable_variables, strict=True)]
        for variable, old in zip(part.trainable_variables, before, strict=True):
            variable.assign(old)
        for variable, old, step in zip(part.trainable_variables, before, steps, strict=True):
            norm = float(np.sqrt((step**2).sum()))
            # A bias that only shifts scores before a softmax has no gradient, so 0 is looked into.
            way = step / norm if norm > 1e-6 else random(3, *old.shape)
            values = []
            for epsilon in (3e-3, -3e-3):
                variable.assign(old + epsilon * way)
                values.append(loss())
            variable.assign(old)
            slope = (values[0] - values[1]) / 6e-3
            require(
                abs(slope - (norm if norm > 1e-6 else 0)) < 0.05 * norm + 1e-3,
                f"along the gradient of {variable.path} the slope is {slope:.4f}, not {norm:.4f}",
            )
        moved = [name for name, step in zip(paths(part), steps, strict=True) if np.any(step)]
        require(len(moved) == len(steps), f"no gradient for {set(paths(part)) - set(moved)}")
    with fit_clause:
        first = loss()
        model.optimizer.learning_rate = 0.1
        model.fit(inputs, target, batch_size=len(target), epochs=8, verbose=0)
        require(loss() < first, f"from {first} to {loss()}")


def fit(model, inputs, labels, weights, eagerly: bool = False, loss: Any = None) -> list[float]:
    """Losses of a few steps, each before its step is taken.

    `eagerly` spares TensorFlow the graph, where that was seen to train already; `loss` is a Keras
    loss, cross-entropy where it is not said.
    """
    from zoo.training.losses import SmoothedCrossEntropy

    keras.utils.set_random_seed(0)
    how = {"run_eagerly": True} if eagerly and not jit_compile() else {"jit_compile": jit_compile()}
    model.compile(keras.optimizers.Adam(1e-2), loss or SmoothedCrossEntropy(), **how)
    done = model.fit(
        inputs, labels, len(labels), epochs=4 if eagerly else 8, sample_weight=weights, verbose=0
    )
    return done.history["loss"]
