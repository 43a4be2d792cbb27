"""Words of two tokenizers in one."""

from __future__ import annotations

import pytest

from zoo.experiments.vocabulary import with_words_of
from zoo.inputs import WordTokenizer


@pytest.mark.parametrize(("most", "more"), [(None, ["d", "e"]), (1, ["d"]), (0, [])])
def test_own_words_keep_their_ids(most, more):
    own, other = WordTokenizer(["c", "a"], ["a", "c"]), WordTokenizer(["d", "a", "e"], ["x"])
    found = with_words_of(own, other, most)
    assert found.words == ["c", "a", *more] and list(found.characters) == ["a", "c"]
    asked = [["c", "a", "zzz"]]
    assert found.word_ids(asked)[0].tolist() == own.word_ids(asked)[0].tolist()
