"""The contract of an attention."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import ops

from zoo.layers.build_once import build_once
from zoo.testing.assertions import (
    flat,
    numpy,
    random,
    randomise,
    remade,
    require,
    require_equal,
    require_mixed,
    require_saved,
    require_shape,
)
from zoo.testing.contracts import resolved
from zoo.testing.sizes import BATCH, FEATURES, MASK, QUERIES, TIME, UNITS
from zoo.testing.training import check_gradients_and_fit


def check_attention(attention: str | Callable[..., Any]) -> None:
    """Checks an attention against `CONTRACTS["attention"]`.

    Args:
        attention: a registered name, or a class (or another callable) that is called with the
            number of units, and for mixed precision with `dtype` besides.

    Raises:
        ContractError: if a clause is broken.

    Example:

    >>> from zoo.layers import AdditiveAttention
    >>> check_attention(AdditiveAttention)
    """
    make, clause = resolved("attention", attention)
    query, memory = random(0, BATCH, QUERIES, FEATURES), random(1, BATCH, TIME, UNITS)
    shapes = [(None, None, FEATURES), (None, None, UNITS)]
    with clause(1):
        one = make(UNITS)
        require(isinstance(one, keras.layers.Layer), "it is no keras.layers.Layer")
        build_once(one, shapes)
        randomise(one, np.random.default_rng(1))

    def ask(attention, query, memory, mask=None):
        query, memory = ops.convert_to_tensor(query), ops.convert_to_tensor(memory)
        return attention(query, attention.precompute(memory, mask))

    with clause(2):
        ask(one, query, memory)
        context, weights = ask(one, query, memory, MASK)
        require_shape(context, (BATCH, QUERIES, context.shape[-1]), "the context")
        require_shape(weights, (BATCH, QUERIES, TIME), "the weights")
    with clause(3):
        given = numpy(weights)
        real = np.broadcast_to(MASK[:, None], given.shape)
        require(bool((given >= 0).all()), "there are weights below 0")
        require(bool((given[~real] == 0).all()), "padding has weights other than 0")
        require_equal([given.sum(-1)], [np.ones((BATCH, QUERIES))])
    with clause(4):
        other = np.where(MASK[..., None], memory, 100).astype("float32")
        require_equal(flat(*ask(one, query, other, MASK)), flat(context, weights))
        empty = ask(one, query, memory, np.zeros_like(MASK))
        require(not any(np.any(numpy(x)) for x in empty), "it gives something else")
    with clause(5):
        alone = ask(one, query[:1, 1:], memory[:1], MASK[:1])
        require_equal([x[:1, 1:] for x in (context, weights)], flat(*alone))
    with clause(6):
        rough = make(UNITS, dtype="mixed_bfloat16")
        build_once(rough, shapes)
        rough.set_weights(one.get_weights())
        query16, memory16 = (ops.cast(x, "bfloat16") for x in (query, memory))
        require_mixed(rough, ask(rough, query16, memory16, MASK)[0], context)
    with clause(7):
        again = remade(one)
        build_once(again, shapes)
        again.set_weights(one.get_weights())
        require_equal(flat(*ask(again, query, memory, MASK)), flat(context, weights))
    model = _AttentionModel(one)
    inputs = (query, memory, MASK)
    check_gradients_and_fit(clause(8), clause(9), model, inputs, one)
    with clause(10):
        require_saved(model, inputs)


@keras.saving.register_keras_serializable(package="zoo_testing")
class _AttentionModel(keras.Model):
    """An attention asked once."""

    def __init__(self, attention):
        super().__init__(name="attention_model")
        self.attention = attention
        build_once(attention, [(None, None, FEATURES), (None, None, UNITS)])
        self.built = True

    def call(self, inputs, training=False):
        query, memory, mask = inputs
        return ops.mean(self.attention(query, self.attention.precompute(memory, mask))[0], axis=1)

    def get_config(self):
        return {"attention": keras.saving.serialize_keras_object(self.attention)}

    @classmethod
    def from_config(cls, config, custom_objects=None):
        return cls(keras.saving.deserialize_keras_object(config["attention"]))
