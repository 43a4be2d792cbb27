"""Sampling: tokens drawn from the model's distribution."""

from __future__ import annotations

import copy
import math
import numbers
from typing import Annotated, Self

import keras
import numpy as np
from keras import ops

from zoo.checked import Between, checked
from zoo.decoding.search import IMPOSSIBLE, positive
from zoo.decoding.tokenwise_search import TokenwiseSearch
from zoo.errors import ConfigError

BITS = 23  # of a draw: all that float32 holds below 1


class SampleSearch(TokenwiseSearch):
    """Draws every token from the model's distribution.

    The distribution is sharpened by the temperature, then cut to the `top_k` most probable tokens
    (Fan, Lewis and Dauphin 2018, arXiv:1805.04833), then to the smallest set of the most probable
    that holds `top_p` of what is left (Holtzman et al. 2020, arXiv:1904.09751). Log-probabilities
    and scores are the model's own, as if nothing were sharpened or cut.

    Args:
        temperature: above 0; below 1 sharpens, above 1 flattens.
        top_k: how many tokens are drawn from. None: all.
        top_p: how much probability is drawn from, above 0, at most 1.
        samples: outputs for each input, in the order they are drawn.
        seed: a whole number, for the same draws every time. None: other ones every time.
        **kwargs: those of `Search`.

    Raises:
        ConfigError: for an argument outside its range.
    """

    is_random = True

    @checked()
    def __init__(
        self,
        temperature: float = 1.0,
        top_k: int | None = None,
        top_p: float = 1.0,
        samples: Annotated[int, Between(1, 100_000)] = 1,
        seed: int | None = None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.temperature = _within("temperature", temperature, math.inf)
        self.top_k = None if top_k is None else positive("top_k", top_k)
        self.top_p = _within("top_p", top_p, 1.0)
        self.samples = positive("samples", samples)
        if seed is not None and (not isinstance(seed, numbers.Integral) or seed < 0):
            raise ConfigError(f"seed must be a whole number of at least 0 or None, not {seed!r}.")
        self.seed = seed
        self._first_place = 0
        self._width: int | None = None

    def from_place(self, place: int) -> SampleSearch:
        """The same search for inputs that begin at a place of a longer list.

        It draws for the first of them what this one draws for the input at `place`.
        """
        search = copy.copy(self)
        search._first_place = place
        return search

    @property
    def n(self) -> int:
        """Outputs for each input."""
        return self.samples

    def given(self) -> dict[str, float]:
        cut: dict[str, float] = {} if self.top_k is None else {"top_k": self.top_k}
        cut |= {"top_p": self.top_p} if self.top_p < 1 else {}
        return {**super().given(), "temperature": self.temperature, **cut}

    def with_given(self, values) -> Self:
        search = super().with_given(values)
        search._width = self._sorted_width()
        return search

    def _sorted_width(self) -> int | None:
        """How many tokens are sorted, of which `top_k` are kept: 8, 64 and so on; None: all."""
        if not isinstance(self.top_k, int):  # none, or one that is given to a compiled search
            return self._width
        return 8 ** max(1, -(-(self.top_k - 1).bit_length() // 3))

    def cache_fields(self) -> dict:
        """All but seed and place, which only choose the draws that are handed over."""
        fields = super().cache_fields() | {"_width": self._sorted_width()}
        return {k: v for k, v in fields.items() if k not in ("seed", "_first_place")}

    def draw(self, shape):
        return keras.random.randint(shape, 0, 1 << BITS, dtype="int32", seed=self.seed)

    def draws_of(self, place: int, time: int) -> np.ndarray:
        """The draws for one input, int32 `[samples, time]`, whatever batch it will be in.

        Args:
            place: the place of the input in the list of all; equal seeds and places give equal
                draws, on any backend.
            time: tokens of the longest output.
        """
        seed = None if self.seed is None else (self.seed, self._first_place + place)
        # Drawn token by token, so that a longer limit goes on with the same draws.
        draws = np.random.default_rng(seed).integers(0, 1 << BITS, (time, self.samples))
        return draws.T.astype("int32")

    def decide(self, logits, noise):
        logits = logits / self.temperature
        tokens = None
        # Given to a compiled search, it is a tensor, and below 1.
        is_cut = not isinstance(self.top_p, float) or self.top_p < 1
        if self.top_k is not None or is_cut:
            width = self._sorted_width()
            logits, tokens = ops.top_k(logits, min(width or logits.shape[-1], logits.shape[-1]))
            if self.top_k is not None:
                places = ops.arange(logits.shape[-1], dtype="float32")
                logits = ops.where(places < self.top_k, logits, IMPOSSIBLE)
        probabilities = ops.exp(logits - ops.logsumexp(logits, axis=-1, keepdims=True))
        if is_cut:
            before = ops.cumsum(probabilities, axis=-1) - probabilities
            probabilities = ops.where(before < self.top_p, probabilities, 0.0)
        cumulated = ops.cumsum(probabilities, axis=-1)
        point = ops.cast(noise, "float32") / (1 << BITS)
        point = ops.expand_dims(point, -1) * cumulated[..., -1:]
        place = ops.sum(ops.cast(cumulated <= point, "int32"), axis=-1, keepdims=True)
        place = ops.minimum(place, ops.shape(logits)[-1] - 1)
        if tokens is not None:
            place = ops.take_along_axis(ops.cast(tokens, "int32"), place, axis=-1)
        return ops.cast(ops.squeeze(place, -1), "int32")

    def get_config(self) -> dict:
        return {
            "temperature": self.temperature,
            "top_k": self.top_k,
            "top_p": self.top_p,
            "samples": self.samples,
            "seed": self.seed,
            **super().get_config(),
        }


def _within(name: str, value, most: float) -> float:
    if not isinstance(value, numbers.Real) or not 0 < float(value) <= most or math.isinf(value):
        limit = "" if math.isinf(most) else f" and at most {most:g}"
        raise ConfigError(f"{name} must be a number above 0{limit}, not {value!r}.")
    return float(value)
