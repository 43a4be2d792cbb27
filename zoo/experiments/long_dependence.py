"""Brackets that have to be remembered: texts, small models that learn them, and how far they reach.

Brackets are opened, letters follow and other brackets that are closed at once, and the question is
what closes the first ones, as in `([<ab{c}d<e>f?>])`; then the next are opened, and the last have
to be forgotten. Whoever has forgotten is right one time in eight.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Any

import keras
import numpy as np

import zoo
from zoo.backend.compiled import jit_compile
from zoo.inputs import CharacterTokenizer
from zoo.training.losses import SmoothedCrossEntropy
from zoo.training.schedules import WarmupHoldDecay

OPENING, CLOSING = "([{<«‹⟨⌈", ")]}>»›⟩⌉"
LETTERS, ASK = "abcdefgh", "?"
PAIRS = [a + letter + b for a, b in zip(OPENING, CLOSING, strict=True) for letter in LETTERS]
CHANCE = 1 / len(OPENING)
DISTURBING = 0.25  # how often a pair stands where a letter might
NEAREST, BEFORE = 2, 8  # the least distance; the most of the bracket before the one that is tested
REPORT = 100  # steps from one line to the next


def built(
    body: str,
    *,
    units: int = 64,
    tcn_units: int = 24,
    count: int = 3,
    longest: int = 100,
    rate: float = 5e-3,
    steps: int = 2000,
) -> Any:
    """One recurrent layer, or a TCN just deep enough to see as far as it is trained.

    Args:
        body: a registered cell, "tcn" or "transformer".
        units: of a cell or a Transformer.
        tcn_units: of the many layers of a TCN.
        count: brackets to remember.
        longest: distance in training.
        rate: the highest learning rate.
        steps: of the training.

    Returns:
        A compiled language model of characters.
    """
    shape: dict = {"cell": body, "units": units, "layers": 1}
    outermost = longest + 2 * (count - 1)
    if body == "tcn":
        blocks = math.ceil(math.log2(1 + (outermost - 1) / 4))
        shape = {"body": body, "units": tcn_units, "layers": max(1, blocks)}
    elif body == "transformer":
        shape = {"body": body, "units": units, "layers": 2, "context": outermost}
    model = zoo.build(
        "lm",
        **shape,
        embedding_size=16,
        tied=False,
        dropout=0.0,
        output_dropout=0.0,
        tokenizer=CharacterTokenizer(OPENING + CLOSING + LETTERS + ASK),
    )
    schedule = WarmupHoldDecay(rate, steps, warmup_steps=steps // 20)
    model.compile(
        optimizer=keras.optimizers.Adam(schedule, beta_2=0.99, global_clipnorm=1.0),
        loss=SmoothedCrossEntropy(),
        jit_compile=jit_compile(),
    )
    return model


def agreement(rng: random.Random, distance: int, count: int) -> str:
    """Brackets, what is between, the question, and their partners; the distance of the inmost."""
    kinds = rng.choices(range(len(OPENING)), k=count)
    weights = [(1 - DISTURBING) / len(LETTERS)] * len(LETTERS)
    weights += [DISTURBING / len(PAIRS)] * len(PAIRS)
    units = rng.choices([*LETTERS, *PAIRS], weights, k=distance)
    between = "".join(units)[: distance - 2]
    for cut in (1, 2):  # a pair that is not closed any more
        if len(between) >= cut and between[-cut] in OPENING:
            between = between[:-cut] + "".join(rng.choices(LETTERS, k=cut))
    opened = "".join(OPENING[kind] for kind in kinds)
    return opened + between + ASK + "".join(CLOSING[kind] for kind in reversed(kinds))


def running_text(rng: random.Random, longest: int, count: int, length: int) -> str:
    """Agreements near and far alike: their distances are even on a logarithmic scale."""
    text = ""
    while len(text) < length:
        drawn = math.exp(rng.uniform(math.log(NEAREST), math.log(longest + 1)))
        text += agreement(rng, min(int(drawn), longest), count)
    return text[:length]


def train(
    model: Any,
    *,
    count: int,
    longest: int,
    steps: int,
    rows: int,
    seed: int,
    say: Callable[[str], None],
) -> float:
    """Only answers count, all alike.

    Args:
        model: of `built`.
        count, longest, steps: as there.
        rows: texts of a step.
        seed: of the texts.
        say: is told the loss now and then.

    Returns:
        The last loss, in nats an answer.
    """
    rng, length = random.Random(seed), 2 * longest + 2 * count - 1
    ask = model.tokenizer.encode(ASK)[0]
    loss = math.nan
    for begin in range(0, steps, REPORT):
        some = min(REPORT, steps - begin)
        texts = [running_text(rng, longest, count, length) for _ in range(some * rows)]
        ids = model.tokenizer.encode("".join(texts)).reshape(-1, length)
        tokens, labels = ids[:, :-1], ids[:, 1:]
        is_asked = tokens == ask
        for after in range(1, count):
            is_asked[:, after:] |= tokens[:, :-after] == ask
        weights = is_asked / is_asked.mean()
        how = {"batch_size": rows, "shuffle": False, "verbose": 0}
        loss = model.fit({"tokens": tokens}, labels, sample_weight=weights, **how).history["loss"][
            0
        ]
        say(f"  step {begin + some}: loss {loss:.3f}")
    return loss


def distances_to(farthest: int) -> np.ndarray:
    """Distances that are asked, even on a logarithmic scale."""
    return np.unique(np.geomspace(NEAREST, farthest, 14).round().astype(int))


def accuracies(
    model: Any, distances: np.ndarray, *, count: int, questions: int, seed: int
) -> list[float]:
    """The fraction of right answers at each distance, after one agreement that is over."""
    rng = random.Random(seed + 1)
    length = BEFORE + 4 * count - 2 + int(distances.max())
    values = []
    for distance in distances:
        ids = np.zeros((questions, length), "int32")
        ends = np.zeros(questions, "int32")
        for row in range(questions):
            text = agreement(rng, rng.randint(NEAREST, BEFORE), count)
            text += agreement(rng, int(distance), count)
            ends[row] = len(text)
            ids[row, : len(text)] = model.tokenizer.encode(text)
        logits = model.predict({"tokens": ids[:, :-1]}, batch_size=100, verbose=0)
        answers = ends[:, np.newaxis] - np.arange(1, count + 1)  # their places
        rows = np.arange(questions)[:, np.newaxis]
        is_right = logits[rows, answers - 1].argmax(-1) == ids[rows, answers]
        values.append(float(is_right.mean()))
    return values
