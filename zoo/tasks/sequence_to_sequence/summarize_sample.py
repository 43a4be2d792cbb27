"""A small case of summing up: the pairs of translating, whose words may be copied."""

from __future__ import annotations

import dataclasses

from zoo.tasks.sequence_to_sequence.sample import SAMPLE as TRANSLATING

# The attention is told where it looked; what that costs in training is no part of cross-entropy.
SAMPLE = dataclasses.replace(
    TRANSLATING, settings={**TRANSLATING.settings, "coverage": 0.0}, fitted=None
)
