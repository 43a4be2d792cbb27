"""A small case of language modelling: a few texts of ids, side by side."""

from __future__ import annotations

import numpy as np

from zoo.inputs.samples import letters
from zoo.tasks.sample import Batch, Sample

VOCABULARY = 12
FEWEST_IDS = 6  # those of the smallest released language model
LENGTHS = np.array([[6], [4], [1], [3]])


def _running_text() -> Batch:
    """Ids of a few texts side by side, as `zoo.data.stream_batches` gives them; ends weigh 0."""
    ids = np.random.default_rng(0).integers(0, FEWEST_IDS, (4, 7)).astype("int32")
    real = np.arange(6) < LENGTHS
    return {"tokens": ids[:, :-1]}, ids[:, 1:], real.astype("float32")


SAMPLE = Sample(
    settings={
        "units": 8,
        "embedding_size": 6,
        "layers": 1,
        "dropout": 0.0,
        "output_dropout": 0.0,
        "vocabulary_size": VOCABULARY,
    },
    outputs=VOCABULARY,
    batch=_running_text,
    input=lambda: {"tokenizer": letters()},
    is_answer=lambda text, answer: isinstance(answer, str) and answer.startswith(text),
    is_blank_answer=lambda answer: isinstance(answer, str),
    verb_settings={"temperature": 0, "length": 20},
    export={"max_length": 20},
)
