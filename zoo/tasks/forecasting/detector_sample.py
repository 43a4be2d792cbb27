"""A small case of what is unusual in series: a few series of two columns."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from zoo.tasks.forecasting.sample import sample_of
from zoo.tasks.sample import Sample


def _is_answer(series: Any, answer: Any) -> bool:
    scores = np.asarray(answer)
    return scores.shape == (len(series),) and bool((scores >= 0).all()) and not scores[:1].any()


def _sample(columns: int) -> Sample:
    small = sample_of(columns, patch=1)
    return dataclasses.replace(
        small,
        is_answer=_is_answer,
        is_blank_answer=lambda answer: len(answer) == 0,
        verb_settings={},
        export={},
        fitted=lambda model: _sample(model.columns),
    )


SAMPLE = _sample(2)
