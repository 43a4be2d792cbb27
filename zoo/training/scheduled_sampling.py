"""Scheduled sampling: in training a model reads some of its own outputs in place of the true ones.

Knows models by four things: `fed_back`, the name of the input that holds the tokens before; a call
that gives the logits of the tokens after them; `stepwise`, the same one token at a time; and, of a
model whose call leaves a state for the next, `peek`, a call that leaves none.
"""

from __future__ import annotations

import abc
import dataclasses
import math
from typing import Any

import keras
from keras import ops

from zoo.backend.time_loop import scan
from zoo.errors import ConfigError

FIRST_TOKEN = 4  # ids below it are padding, unknown text, begin and end

# How true tokens become fewer ------------------------------------------------------------------


class SamplingSchedule(abc.ABC):
    """The probability that a token read in training is the true one, by steps of training."""

    @abc.abstractmethod
    def __call__(self, step):
        """A float or tensor in `[0, 1]` for a step, 0 the first."""

    @classmethod
    @abc.abstractmethod
    def halving_at(cls, step: float) -> SamplingSchedule:
        """The schedule whose probability is a half at a step."""


@dataclasses.dataclass(frozen=True)
class Constant(SamplingSchedule):
    """The same at every step; 0 is "always sampling", 1 teacher forcing."""

    value: float

    def __call__(self, step):
        return self.value + ops.cast(step, "float32") * 0

    @classmethod
    def halving_at(cls, step: float) -> Constant:
        return cls(0.5)


@dataclasses.dataclass(frozen=True)
class LinearDecay(SamplingSchedule):
    """`max(lowest, 1 - slope i)` at step `i` (Bengio et al. 2015, arXiv:1506.03099, sec. 2.4)."""

    slope: float
    lowest: float = 0.0

    def __call__(self, step):
        return ops.maximum(1.0 - self.slope * ops.cast(step, "float32"), self.lowest)

    @classmethod
    def halving_at(cls, step: float) -> LinearDecay:
        return cls(0.5 / step)


@dataclasses.dataclass(frozen=True)
class ExponentialDecay(SamplingSchedule):
    """`base^i` at step `i`, the base below 1 (there)."""

    base: float

    def __call__(self, step):
        return ops.exp(math.log(self.base) * ops.cast(step, "float32"))

    @classmethod
    def halving_at(cls, step: float) -> ExponentialDecay:
        return cls(0.5 ** (1 / step))


@dataclasses.dataclass(frozen=True)
class InverseSigmoidDecay(SamplingSchedule):
    """`k / (k + exp(i / k))` at step `i`, with `k` of 1 or more (there)."""

    k: float

    def __call__(self, step):
        # As a sigmoid, whose exponential does not overflow.
        return ops.sigmoid(math.log(self.k) - ops.cast(step, "float32") / self.k)

    @classmethod
    def halving_at(cls, step: float) -> InverseSigmoidDecay:
        low, high = 1.0, max(step, math.e)  # k ln k = step, and k ln k grows
        for _ in range(100):
            k = (low + high) / 2
            low, high = (k, high) if k * math.log(k) < step else (low, k)
        return cls(low)


SCHEDULES: dict[str, type[SamplingSchedule]] = {
    "constant": Constant,
    "linear": LinearDecay,
    "exponential": ExponentialDecay,
    "inverse_sigmoid": InverseSigmoidDecay,
}

# The training ----------------------------------------------------------------------------------


class ScheduledSampling(keras.Model):
    """Trains a model on tokens of which some are its own (Bengio et al. 2015, arXiv:1506.03099).

    In training, each token that is read is the true one with the probability that a schedule gives
    for the step, and else one drawn from what the model expects there. The labels stay the true
    ones, and no gradient runs through a draw. `fit` trains the weights of `model`, which is then
    used and saved without this; other calls are those of the model.

    Draws are made by `by="pass"` from one pass over the true tokens (Mihaylova and Martins 2019,
    arXiv:1906.07651, section 3.1, with hard draws), which costs a second forward pass; or by
    `by="loop"` token by token, each after the tokens drawn before it, as published, which costs a
    loop over time. For one replaced token both are the same.

    Around a `TruncatedBPTT`, the state that is carried on is that after the tokens that were read,
    drawn ones among them; the first token of each batch is true.

    Args:
        model: a model with `fed_back` and, for `by="loop"`, `stepwise`, such as an `nmt` or a
            language model of zoo.
        schedule: probability of a true token, by steps of training.
        draws: "model": drawn from the model; "uniform": every token alike, from `first_token` on.
        each: "token": whether a token is true is drawn for each; "sequence": for a whole row.
        by: "pass" or "loop".
        first_token: the lowest id of those drawn uniformly.

    Raises:
        ConfigError: for another value of `draws`, `each` or `by`, or a model that is not fed back.
    """

    def __init__(
        self,
        model: keras.Model,
        schedule: SamplingSchedule,
        draws: str = "model",
        each: str = "token",
        by: str = "pass",
        first_token: int = FIRST_TOKEN,
        **kwargs,
    ):
        super().__init__(**kwargs)
        for name, value, known in (
            ("draws", draws, ("model", "uniform")),
            ("each", each, ("token", "sequence")),
            ("by", by, ("pass", "loop")),
        ):
            if value not in known:
                raise ConfigError(f"{name} is one of {', '.join(known)}, not {value!r}.")
        if not hasattr(model, "fed_back"):
            raise ConfigError(
                f"Scheduled sampling needs a model that reads its own outputs, and the model "
                f"{model.name!r} reads none."
            )
        self.model = model
        self.schedule = schedule
        self.draws = draws
        self.each = each
        self.by = by
        self.first_token = first_token
        self.seed_generator = keras.random.SeedGenerator()
        self.steps = self.add_weight(
            name="sampling_steps", shape=(), initializer="zeros", trainable=False
        )
        self.built = True

    def build(self, input_shape=None):
        self.built = True

    def call(self, inputs, training=False):
        """The logits of the model, in training after tokens of which some are drawn."""
        if not training:
            return self.model(inputs)
        tokens = inputs[self.model.fed_back]
        noise = [keras.random.uniform(ops.shape(tokens), seed=self.seed_generator) for _ in "ab"]
        is_drawn = self.where_drawn(noise[0])
        self.steps.assign_add(1.0)
        mixed = ops.stop_gradient(self.mixed(inputs, is_drawn, noise[1]))
        return self.model({**inputs, self.model.fed_back: mixed}, training=True)

    def where_drawn(self, noise):
        """Bool `[batch, time]`: which tokens are to be drawn, by uniform numbers in `[0, 1)`."""
        if self.each == "sequence":
            noise = ops.broadcast_to(noise[:, :1], ops.shape(noise))
        return noise >= self.schedule(self.steps)

    def mixed(self, inputs, is_drawn, noise):
        """The tokens that are read.

        The first of a row is always the true one, and so is padding.

        Args:
            inputs: of the model.
            is_drawn: bool `[batch, time]`.
            noise: uniform numbers `[batch, time]` in `[0, 1)`, by which tokens are drawn.

        Returns:
            Int `[batch, time]`.
        """
        tokens = inputs[self.model.fed_back]
        is_drawn = ops.logical_and(is_drawn, ops.not_equal(tokens, 0))[:, 1:]
        first, later, noise = tokens[:, :1], tokens[:, 1:], noise[:, 1:]
        if self.draws == "model" and self.by == "loop":
            return self._looped(inputs, first, later, is_drawn, noise)
        logits = getattr(self.model, "peek", self.model)(inputs)
        if self.draws == "model":
            drawn = draw(logits[:, :-1], noise)
        else:
            count = logits.shape[-1] - self.first_token
            drawn = self.first_token + ops.cast(noise * count, "int32")
        later = ops.where(is_drawn, ops.cast(drawn, later.dtype), later)
        return ops.concatenate([first, later], axis=1)

    def _looped(self, inputs, first, later, is_drawn, noise):
        step, states = self.model.stepwise(inputs)

        def advance(carry, here):
            token, states = carry
            true, is_drawn, noise = here
            logits, new = step(token, states)
            new = keras.tree.map_structure(lambda a, b: ops.cast(a, b.dtype), new, states)
            token = ops.where(is_drawn, ops.cast(draw(logits, noise), true.dtype), true)
            return (token, new), token

        over_time = tuple(ops.transpose(x) for x in (later, is_drawn, noise))
        _, later = scan(advance, (first[:, 0], states), over_time)
        return ops.concatenate([first, ops.transpose(later)], axis=1)


def draw(logits: Any, noise: Any):
    """Draws a token from a distribution by a uniform number, never padding.

    Args:
        logits: `[..., vocabulary]`.
        noise: `[...]` in `[0, 1)`.

    Returns:
        Int32 `[...]`: the lowest token, above 0, up to which the distribution holds more than that.
    """
    logits = ops.cast(logits, "float32")[..., 1:]
    below = ops.cumsum(ops.softmax(logits, axis=-1), axis=-1)
    place = ops.sum(ops.cast(below <= ops.expand_dims(noise, -1), "int32"), axis=-1)
    return 1 + ops.minimum(place, logits.shape[-1] - 1)
