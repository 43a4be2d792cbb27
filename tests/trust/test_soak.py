"""Mixed requests with random settings: a process that answers them all day keeps its memory.

With `--long` they are 10,000, of released models, and the curve of memory goes into the page.
"""

from __future__ import annotations

import os
import random

import pytest

import zoo
from zoo.errors import ZooError

RELEASED = {
    "classifier": "sentiment-bilstm-sst2",
    "tagger": "pos-bilstm-ewt",
    "lm": "lm-char-shakespeare",
    "nmt": "nmt-attn-en-fr",
    "speller": "spell-char-en",
}
WORDS = (
    "a man two dogs rides runs the bicycle on street hellx mornixx blue and water abc de".split()
)
MOST_GROWN = 200 << 20  # bytes beyond that


def text(rng, most=12):
    return " ".join(rng.choices(WORDS, k=rng.randint(1, most)))


def texts(rng):
    return [text(rng, rng.choice((3, 12, 60))) for _ in range(rng.choice((1, 2, 7, 16)))]


def translate(models, rng):
    beam_size = rng.choice((1, 2, 5))
    settings = dict(
        beam_size=beam_size,
        n_best=rng.randint(1, beam_size),
        alpha=rng.uniform(0, 2),
        length_penalty=rng.choice(("wu", "average")),
        prefix=rng.choice(("", "", "Un")),
    )
    return models["nmt"].translate(texts(rng), **settings)


def stream(models, rng):
    return "".join(models["nmt"].translate(text(rng), stream=True, alpha=rng.uniform(0, 2)))


def generate(models, rng):
    settings = dict(
        temperature=rng.uniform(0, 2),
        top_k=rng.choice((None, rng.randint(1, 50))),
        top_p=rng.uniform(0.1, 1),
        seed=rng.randrange(2**31),
    )
    return models["lm"].generate("abc", rng.randint(1, 60), **settings)


# Settings that no model takes; a server gets them too.
def refused(models, rng):
    return rng.choice(
        (
            lambda: models["nmt"].translate(text(rng), beam_size=rng.randint(-9, 0)),
            lambda: models["nmt"].translate(text(rng), shortlist=-1),
            lambda: models["lm"].generate("abc", 5, temperature=-rng.random()),
            lambda: models["classifier"].classify(rng.randrange(9)),
        )
    )()


REQUESTS = {
    translate: 3,
    stream: 1,
    generate: 3,
    refused: 1,
    lambda models, rng: models["nmt"].score(text(rng), text(rng), alpha=rng.uniform(0, 2)): 1,
    lambda models, rng: models["lm"].complete("abc", rng.randint(1, 9)): 1,
    lambda models, rng: models["lm"].score("abc de" * rng.randint(1, 99)): 1,
    lambda models, rng: models["classifier"].classify(texts(rng)): 2,
    lambda models, rng: models["tagger"].tag(texts(rng)): 2,
    lambda models, rng: models["speller"].repair(text(rng), beam_size=rng.choice((1, 3, 4))): 2,
}


def resident() -> int:
    """Bytes of memory that this process holds."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def test_memory_of_mixed_requests(models, long, found):
    if not os.path.exists("/proc/self/statm"):
        pytest.skip("the memory of a process cannot be read here")
    if long:
        models = {name: zoo.load(released) for name, released in RELEASED.items()}
    # In a normal run the same few requests come again, and everything is compiled already.
    count, first, seeds = (10_000, 100, 10_000) if long else (40, 20, 20)
    answered, curve = 0, {}
    for number in range(1, count + 1):
        rng = random.Random(number % seeds)
        (request,) = rng.choices(list(REQUESTS), REQUESTS.values())
        try:
            request(models, rng)
            answered += 1
        except ZooError:
            assert request is refused
        if number == first or (number > first and number % (count // 10) == 0):
            curve[number] = resident()
    grown = max(curve[number] - curve[first] for number in curve)
    assert grown < MOST_GROWN, curve
    sizes = ", ".join(f"{size >> 20:,}" for size in curve.values())
    found("mixed requests, random settings", count, answered, f"{sizes} MiB")
