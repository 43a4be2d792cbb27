"""Searches over a step function, and rules that they keep: plain objects that know no model."""

import zoo.backend.quiet_keras  # noqa: F401
from zoo.decoding.beam_search import BeamSearch
from zoo.decoding.diverse_beam_search import DiverseBeamSearch
from zoo.decoding.greedy_search import GreedySearch
from zoo.decoding.hypotheses import Hypotheses
from zoo.decoding.rules import (
    CoveragePenalty,
    ForcedPrefix,
    MinimumLength,
    NoRepeatNGram,
    OneOf,
    Rule,
)
from zoo.decoding.sample_search import SampleSearch
from zoo.decoding.search import Search
from zoo.decoding.shortlist import Shortlist

__all__ = [
    "BeamSearch",
    "CoveragePenalty",
    "DiverseBeamSearch",
    "ForcedPrefix",
    "GreedySearch",
    "Hypotheses",
    "MinimumLength",
    "NoRepeatNGram",
    "OneOf",
    "Rule",
    "SampleSearch",
    "Search",
    "Shortlist",
]
