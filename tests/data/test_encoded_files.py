"""Encoded files: as in memory, and in little of it however long the files are."""

from __future__ import annotations

import gc
import tracemalloc

import numpy as np
import pytest

from zoo.data import encode_texts, encoded_files, own_files, translation_batches
from zoo.data.pairs import encode_pair_lists
from zoo.errors import ConfigError, DamagedFileError
from zoo.inputs import SentencePieceTokenizer, train_words

WORDS = ["A man", "rides", "a bicycle", "Un homme", "fait du vélo", "sleeps", "house", "maison"]


def lines(count, seed):
    rng = np.random.default_rng(seed)
    return [" ".join(rng.choice(WORDS, rng.integers(1, 6))) for _ in range(count)]


@pytest.fixture
def pair_files(tmp_path):
    def write(count):
        for seed, name in enumerate(("a.en", "a.fr")):
            (tmp_path / name).write_text("\n".join(lines(count, seed)) + "\n", encoding="utf-8")
        return tmp_path / "a.en", tmp_path / "a.fr"

    return write


def test_pairs_are_encoded_as_in_memory(trained_proto, pair_files, tmp_path, monkeypatch):
    monkeypatch.setattr(encoded_files, "_PART", 7)  # so that ids go over parts
    tokenizer = SentencePieceTokenizer(trained_proto)
    pairs = own_files.read_pairs(*pair_files(40))
    found = encoded_files.encode_pairs_on_disk(pairs, tmp_path / "data", tokenizer, tokenizer)
    expected = encode_pair_lists(lines(40, 0), lines(40, 1), tokenizer, tokenizer)
    for name in ("source", "source_starts", "target", "target_starts"):
        one, other = getattr(found, name), getattr(expected, name)
        assert isinstance(one, np.memmap) and one.dtype == other.dtype
        np.testing.assert_array_equal(one, other)
    for one, other in zip(translation_batches(found), translation_batches(expected), strict=True):
        np.testing.assert_array_equal(one[0]["source"], other[0]["source"])


def test_texts_are_encoded_as_in_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(encoded_files, "_PART", 7)
    texts, labels = lines(40, 0), [str(number % 3) for number in range(40)]
    tokenizer = train_words([text.split() for text in texts], 1)
    rows = list(zip(texts, labels, strict=True))
    made = encoded_files.encode_texts_on_disk(
        rows, tmp_path / "data", tokenizer, ["0", "1", "2"], longest=4
    )
    expected = encode_texts(texts, labels, tokenizer, ["0", "1", "2"], longest=4)
    for name in ("words", "labels", "starts"):
        np.testing.assert_array_equal(getattr(made, name), getattr(expected, name))
    with pytest.raises(ConfigError, match="is none of 0, 1"):
        encoded_files.encode_texts_on_disk(rows, tmp_path / "data", tokenizer, ["0", "1"])
    np.testing.assert_array_equal(made.words, expected.words)  # what was there is still there


def test_examples_are_read_anew_and_held_out_evenly(pair_files, tmp_path):
    pairs = own_files.read_pairs(*pair_files(45))
    everything = list(zip(lines(45, 0), lines(45, 1), strict=True))
    assert list(pairs) == list(pairs) == everything and len(pairs) == 45
    kept, unseen = own_files.held_out(pairs)
    assert unseen == [everything[19], everything[39]] and len(kept) == 43
    assert list(kept) == [*everything[:19], *everything[20:39], *everything[40:]]
    (tmp_path / "a.fr").write_text("un\n")
    with pytest.raises(DamagedFileError, match="goes on after line 1"):
        own_files.read_pairs(tmp_path / "a.en", tmp_path / "a.fr")


@pytest.fixture
def soon_collected():
    """Garbage is looked for as often as Python does by itself, whatever ran here before."""
    before = gc.get_threshold()
    gc.set_threshold(700, 10, 10)
    yield
    gc.set_threshold(*before)


@pytest.mark.usefixtures("soon_collected")
def test_long_files_take_little_memory(trained_proto, pair_files, tmp_path, monkeypatch):
    monkeypatch.setattr(encoded_files, "_PART", 1024)
    tokenizer, paths = SentencePieceTokenizer(trained_proto), pair_files(20_000)
    folder = tmp_path / "data"
    encoded_files.encode_pairs_on_disk([("a", "b")], folder, tokenizer, tokenizer)

    def peak(make):
        tracemalloc.start()
        made = make()
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return made, most

    (kept, _), reading = peak(lambda: own_files.held_out(own_files.read_pairs(*paths)))
    found, encoding = peak(
        lambda: encoded_files.encode_pairs_on_disk(kept, folder, tokenizer, tokenizer)
    )
    _, in_memory = peak(lambda: list(kept))
    assert len(found) == 19_000 and in_memory > 3e6
    assert reading < in_memory / 5 and encoding < in_memory / 3, (reading, encoding, in_memory)
