"""Running words as ids: the Penn Treebank's as they are, others without their punctuation."""

from __future__ import annotations

import pytest

from zoo.errors import ConfigError, MissingFileError
from zoo.inputs import RunningWordTokenizer, train_running_words

TEXT = "The dog, (a dog!) isn't here.\nThe end.\n\n“Ça va?”"


def test_words_and_ends_of_lines():
    tokenizer = train_running_words(["the N <unk> \n the n.v. \n"], is_tokenized=True)
    assert tokenizer.words == ["the", "N", "n.v."]
    ids = tokenizer.encode(" the <unk> cat\n n.v. N \n")
    assert ids.tolist() == [3, 1, 1, 2, 5, 4, 2] and ids.dtype == "int32"
    assert tokenizer.decode(ids) == "the <unk> <unk>\nn.v. N\n"
    assert tokenizer.pieces([0, 2, 5, 6, -1]) == ["<pad>", "<eos>", "n.v.", "<unk>", "<unk>"]
    assert tokenizer.begin_id == 2 and tokenizer.encode("").tolist() == []


def test_punctuation_is_cut_off_and_put_back():
    tokenizer = train_running_words([TEXT])
    assert list(tokenizer.split("A (dog) isn't \n")) == ["A", "(", "dog", ")", "isn't", "<eos>"]
    assert tokenizer.decode(tokenizer.encode(TEXT[:-9])) == TEXT[:-9]
    assert tokenizer.decode(tokenizer.encode(TEXT)).endswith("“ Ça va? ”")


def test_frequent_words_come_first():
    texts = ["b a b\n", "b a c\n"]
    assert train_running_words(texts).words == ["b", "a", "c"]
    assert train_running_words(texts, max_words=1).words == ["b"]
    assert train_running_words(texts, min_count=2).words == ["b", "a"]
    with pytest.raises(ConfigError, match="give more text"):
        train_running_words(texts, min_count=4)
    with pytest.raises(ConfigError, match="given once"):
        RunningWordTokenizer(["a", "<eos>"])


def test_assets(tmp_path):
    tokenizer = train_running_words([TEXT], is_tokenized=True)
    tokenizer.save_assets(str(tmp_path))
    again = RunningWordTokenizer.from_config(tokenizer.get_config())
    again.load_assets(str(tmp_path))
    assert again.words == tokenizer.words and again.is_tokenized
    assert again.encode(TEXT).tolist() == tokenizer.encode(TEXT).tolist()
    (tmp_path / "words.json").unlink()
    with pytest.raises(MissingFileError, match=r"no words\.json"):
        again.load_assets(str(tmp_path))


def test_the_ten_thousand_types(data_mirror):
    from zoo.data import read_text

    tokenizer = train_running_words([read_text("ptb", "train")], is_tokenized=True)
    assert tokenizer.vocabulary_size - 1 == 10_000  # padding is no word
    ids = tokenizer.encode(read_text("ptb", "test"))
    assert len(ids) == 82_430 and (ids == 2).sum() == 3_761 and ids.min() == 1
