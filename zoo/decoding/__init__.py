"""Searches over a step function, and rules that they keep: plain objects that know no model."""

import zoo.backend.quiet_keras  # noqa: F401
from zoo.decoding.beam_search import BeamSearch
from zoo.decoding.ctc_alignment import Alignment, align
from zoo.decoding.ctc_beam_search import CTCBeamSearch
from zoo.decoding.ctc_greedy_search import CTCGreedySearch
from zoo.decoding.diverse_beam_search import DiverseBeamSearch
from zoo.decoding.frame_search import FrameSearch
from zoo.decoding.greedy_search import GreedySearch
from zoo.decoding.hypotheses import Hypotheses
from zoo.decoding.joint_beam_search import JointBeamSearch
from zoo.decoding.language_scores import LanguageScores
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
    "Alignment",
    "BeamSearch",
    "CTCBeamSearch",
    "CTCGreedySearch",
    "CoveragePenalty",
    "DiverseBeamSearch",
    "ForcedPrefix",
    "FrameSearch",
    "GreedySearch",
    "Hypotheses",
    "JointBeamSearch",
    "LanguageScores",
    "MinimumLength",
    "NoRepeatNGram",
    "OneOf",
    "Rule",
    "SampleSearch",
    "Search",
    "Shortlist",
    "align",
]
