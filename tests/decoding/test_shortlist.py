"""Shortlists by hand."""

from __future__ import annotations

import numpy as np

from zoo.decoding.shortlist import Shortlist


def test_it_has_the_special_the_frequent_and_the_translations():
    table = np.zeros((50, 2), "int32")
    table[10] = 900, 901
    table[11] = 902, 0
    shortlist = Shortlist(table, vocabulary_size=1000, frequent=5)
    tokens = shortlist.tokens_for(np.array([[10, 0], [10, 11]]))
    assert len(tokens) == 256 and (np.diff(tokens) > 0).all()
    assert tokens[:9].tolist() == list(range(9))
    assert {900, 901, 902} <= set(tokens.tolist())
    # Filled up with the most frequent of the others.
    assert tokens[:-3].tolist() == list(range(253))


def test_it_never_has_more_than_the_vocabulary():
    shortlist = Shortlist(np.full((8, 1), 5), vocabulary_size=40, frequent=3)
    assert shortlist.tokens_for(np.array([[7]])).tolist() == list(range(40))


def test_the_table_is_saved_and_loaded(tmp_path):
    table = np.arange(60).reshape(20, 3)
    Shortlist(table, vocabulary_size=60, frequent=7).save_assets(str(tmp_path))
    again = Shortlist.from_config(Shortlist(table, 60, 7).get_config())
    again.load_assets(str(tmp_path))
    np.testing.assert_array_equal(again.table, table)
    assert (again.vocabulary_size, again.frequent) == (60, 7)
