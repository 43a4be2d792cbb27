"""Characters as ids: any of Unicode's, unknown ones, and the file of a model."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoo.errors import ConfigError, MissingFileError
from zoo.inputs import CharacterTokenizer, train_characters


@given(st.text(st.characters(exclude_categories=()), max_size=50))
def test_text_comes_back(text):
    tokenizer = train_characters([text, "a"])
    ids = tokenizer.encode(text)
    assert ids.dtype == np.int32 and len(ids) == len(text)
    assert tokenizer.decode(ids) == text
    assert "".join(tokenizer.pieces(ids)) == text


def test_what_is_unknown():
    tokenizer = train_characters(["aab\n", "b\nc"], min_count=2)
    assert tokenizer.characters == ["\n", "a", "b"] and tokenizer.vocabulary_size == 5
    assert tokenizer.encode("ab\ncé🙂\x00").tolist() == [3, 4, 2, 1, 1, 1, 1]
    assert tokenizer.decode([3, 1, 0, 99, -1]) == "a" + 4 * "\N{REPLACEMENT CHARACTER}"
    assert tokenizer.begin_id == 2
    assert CharacterTokenizer("ab").begin_id == 0
    assert CharacterTokenizer().encode("a").tolist() == [1]
    assert tokenizer.encode("").tolist() == []


@pytest.mark.parametrize("characters", [["ab"], [""], ["a", "a"], [1]])
def test_what_are_no_characters(characters):
    with pytest.raises(ConfigError):
        CharacterTokenizer(characters)


def test_a_text_without_characters():
    with pytest.raises(ConfigError, match="give more text"):
        train_characters(["abc"], min_count=2)


def test_assets(tmp_path):
    tokenizer = train_characters(["héllo\ud800\n🙂"])
    tokenizer.save_assets(str(tmp_path))
    again = CharacterTokenizer.from_config(tokenizer.get_config())
    again.load_assets(str(tmp_path))
    assert again.characters == tokenizer.characters
    assert again.encode("é🙂?").tolist() == tokenizer.encode("é🙂?").tolist()
    (tmp_path / "characters.json").unlink()
    with pytest.raises(MissingFileError, match="no characters.json"):
        again.load_assets(str(tmp_path))
