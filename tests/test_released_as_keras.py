"""Released models of each kind are a `keras.Model` as anybody knows one: fit, predict, summary."""

from __future__ import annotations

import importlib

import keras
import numpy as np
import pytest
from released_kinds import LIKE_ANOTHER

import zoo
import zoo.tasks  # noqa: F401  (what plain Keras needs before it opens a file)
from zoo import catalogue, saving
from zoo.backend.compiled import jit_compile
from zoo.training.losses import SmoothedCrossEntropy


def sample_of(model):
    """The sample of the model's task, of the model's sizes."""
    module, _, name = catalogue.about_of(model.task)["sample"].partition(":")
    sample = getattr(importlib.import_module(module), name)
    return sample if sample.fitted is None else sample.fitted(model)


def batch_of(model, sample):
    """A batch of a sample, in the shapes and with the labels that the model has."""
    inputs, labels, weights = sample.batch()

    def fits(key, shape):
        found = inputs[key].shape[1:]
        return len(shape) == len(found) and all(
            size in (None, other) for size, other in zip(shape, found, strict=True)
        )

    unlike = [key for key, array in model.graph_inputs.items() if not fits(key, array.shape)]
    if unlike:
        random = model.input.random(np.random.default_rng(0), len(labels), labels.shape[-1])
        inputs |= {key: random[key] for key in unlike}
    return inputs, labels, weights


@pytest.mark.parametrize("name", [n for n in zoo.list_models() if n not in LIKE_ANOTHER])
def test_it_is_a_keras_model(name, capsys):
    model = zoo.load(name)
    sample = sample_of(model)
    inputs, labels, weights = batch_of(model, sample)

    before = model.predict(inputs, verbose=0)
    is_labelled = labels.dtype.kind == "i"
    labels = labels % before.shape[-1] if is_labelled else labels
    assert before.shape[: labels.ndim] == labels.shape and np.isfinite(before).all()
    model.summary()
    assert model.name in capsys.readouterr().out
    for number, layer in enumerate(model.layers):
        assert model.get_layer(layer.name) is layer and model.get_layer(index=number) is layer
    assert model.count_params() == zoo.describe(name)["parameters"]

    again = keras.saving.load_model(saving.locate(name))
    np.testing.assert_allclose(again.predict(inputs, verbose=0), before, atol=1e-5)

    is_image = model.input.kind == "image"  # a graph of all its layers takes a minute to make
    model.compile(
        keras.optimizers.Adam(1e-3),
        sample.loss or SmoothedCrossEntropy(),
        weighted_metrics=["accuracy"] if is_labelled else None,
        jit_compile=jit_compile() and not is_image,
        run_eagerly=is_image,
    )
    settings = {"sample_weight": weights, "batch_size": len(labels), "verbose": 0}
    first = model.evaluate(inputs, labels, return_dict=True, **settings)
    assert set(first) == ({"loss", "accuracy"} if is_labelled else {"loss"})
    history = model.fit(inputs, labels, epochs=3, **settings).history
    assert len(history["loss"]) == 3
    assert model.evaluate(inputs, labels, return_dict=True, **settings)["loss"] < first["loss"]
