"""Running a search on a toy model."""

from __future__ import annotations

import functools

import keras
import numpy as np
from keras import ops

_COMPILED = {}


def examples(count: int) -> int:
    """How many examples Hypothesis tries: a third on JAX, which compiles a search for most."""
    return count if keras.backend.backend() != "jax" else (count + 2) // 3


def run(search, model, max_lengths, rows=None, noise=None, **kwargs):
    """Searches eagerly; on JAX compiled, once for all toy models of a size, or it takes minutes."""
    states = [ops.convert_to_tensor(s if rows is None else s[rows]) for s in model.states]
    arguments = {} if noise is None else {"noise": ops.convert_to_tensor(noise)}
    function = functools.partial(search, model.step, constants=None, **kwargs)
    if keras.backend.backend() == "jax":
        import jax

        key = (repr(search), model.step, *sorted(kwargs.items()))
        function = _COMPILED.setdefault(key, jax.jit(function))
    limits = ops.convert_to_tensor(np.array(max_lengths))
    return function(states=states, max_lengths=limits, **arguments)


def lp(length, alpha, kind="wu"):
    """The length penalty of Wu et al. 2016, or the length itself."""
    return (length if kind == "average" else (5 + length) / 6) ** alpha
