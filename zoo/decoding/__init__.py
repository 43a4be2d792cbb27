"""Searches over a step function: plain objects that know no model."""

from zoo.decoding.beam_search import BeamSearch
from zoo.decoding.greedy_search import GreedySearch
from zoo.decoding.hypotheses import Hypotheses
from zoo.decoding.search import Search

__all__ = ["BeamSearch", "GreedySearch", "Hypotheses", "Search"]
