"""Pairs of several languages: none of them is held out for any, and each asks for its language."""

import io
import re
import unicodedata
import zipfile

import numpy as np
import pytest

from zoo.data import read_pairs
from zoo.data.directions import (
    both_ways,
    encode_both_ways,
    held_out_sentences,
    in_a_row,
    pairs_apart,
    with_words_left_out,
)
from zoo.data.pairs import encode_pair_lists
from zoo.data.sets import tatoeba
from zoo.errors import ConfigError
from zoo.inputs import SentencePieceTokenizer, train_sentencepiece

HELD_OUT = {
    "tatoeba": ("validation", "test"),
    "multi30k": ("validation", "test_2016_flickr", "test_2017_flickr", "test_2017_mscoco"),
}
TEXTS = ["a man", "the house", "is it here"]


def words(text: str) -> str:
    """Lower-cased and without punctuation; written anew here, so as not to trust the zoo's."""
    text = unicodedata.normalize("NFKC", text).lower()
    return " ".join(re.sub(r"[\W_]", " ", text).split())


def sides(name, split):
    languages = name.partition("/")[2].split("-")
    for pair in read_pairs(name, split):
        yield from zip(languages, map(words, pair), strict=True)


def held_out_by_hand(names):
    found = set()
    for name in names:
        for split in HELD_OUT[name.partition("/")[0]]:
            found |= set(sides(name, split))
    return found


@pytest.fixture
def languages(tiny_mirror):
    """German that is French and more, so that a German held-out text can be planted in French."""
    lines = [f"{en}\tAuf Deutsch heißt es: {fr}\n" for en, fr in tiny_mirror.everyday]
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("deu.txt", "".join(lines))
    tiny_mirror.add(tatoeba.path_of("de"), content.getvalue())
    return ("tatoeba/en-fr", "tatoeba/en-de", "tatoeba/de-fr", "multi30k/en-fr")


def test_what_is_held_out(languages):
    found = held_out_sentences(languages)
    assert set(found) == {"en", "fr", "de"}
    assert {(code, text) for code, texts in found.items() for text in texts} == held_out_by_hand(
        languages
    )


def test_what_is_held_out_for_one_pair_is_in_no_other(languages):
    """A sentence of a test of German, under any English or French, and in other letters."""
    held_out = held_out_sentences(languages)
    (english, german), *_ = read_pairs("tatoeba/en-de", "test")
    (_, french), *_ = read_pairs("tatoeba/de-fr", "test")
    kept = [("A new sentence is here.", "Une phrase nouvelle.")]
    leaks = [
        (english.upper(), "Une phrase nouvelle."),
        ("A new sentence is here.", f"« {french.lower()} »"),
    ]
    assert pairs_apart([*leaks, *kept], ("en", "fr"), held_out) == kept
    turned = [(french, english) for english, french in [*leaks, *kept]]
    assert pairs_apart(turned, ("fr", "en"), held_out) == [pair[::-1] for pair in kept]
    # A German sentence is held out as German alone.
    assert pairs_apart([("New.", german)], ("en", "fr"), held_out) == [("New.", german)]
    assert pairs_apart([("New.", german)], ("en", "de"), held_out) == []


@pytest.fixture(scope="module")
def tokenizer():
    return SentencePieceTokenizer(train_sentencepiece(TEXTS, 30, control_pieces=["<2de>", "<2fr>"]))


def test_each_source_begins_with_the_piece_of_its_target(tokenizer):
    plain = encode_pair_lists(TEXTS, TEXTS[::-1], tokenizer, tokenizer)
    asked = encode_pair_lists(TEXTS, TEXTS[::-1], tokenizer.beginning_with("<2fr>"), tokenizer)
    for number in range(3):
        ids = plain.source[plain.source_starts[number] : plain.source_starts[number + 1]]
        found = asked.source[asked.source_starts[number] : asked.source_starts[number + 1]]
        assert found.tolist() == [5, *ids]
    assert asked.target.tolist() == plain.target.tolist()
    reader = tokenizer.beginning_with("<2de>")
    assert reader.prepare(["a man"])[0]["source"].tolist() == [
        4,
        *tokenizer.prepare(["a man"])[0]["source"],
    ]
    assert reader.in_graph({"text": ["a man", ""]})["source"].numpy()[:, :2].tolist() == [
        [4, tokenizer.encode(["a man"])[0][0]],
        [4, 3],
    ]


def rows_of(pairs):
    """`(source ids, target ids)` of each pair."""
    sides = [
        np.split(getattr(pairs, side), getattr(pairs, f"{side}_starts")[1:-1])
        for side in ("source", "target")
    ]
    return [tuple(ids.tolist() for ids in row) for row in zip(*sides, strict=True)]


def test_both_ways(tokenizer):
    assert both_ways(["a/de-fr", "b/fr-de"]) == ["a/de-fr", "a/fr-de", "b/fr-de", "b/de-fr"]
    cut = {text: tokenizer.encode([text])[0] for text in TEXTS}

    def row(piece, source, target):
        return [piece, *cut[source], 3], [2, *cut[target], 3]

    pairs = [("a/de-fr", [(TEXTS[0], TEXTS[1])]), ("a/de-fr", [(TEXTS[0], TEXTS[1])])]
    found = rows_of(encode_both_ways(pairs, tokenizer))
    assert found == [row(5, TEXTS[0], TEXTS[1]), row(4, TEXTS[1], TEXTS[0])] * 2
    found = rows_of(
        encode_both_ways(pairs[:1], tokenizer, one_way=[("a/de-fr", [(TEXTS[2], TEXTS[0])])])
    )
    assert found[2:] == [row(5, TEXTS[2], TEXTS[0])]
    many = [("a/de-fr", [(TEXTS[0], TEXTS[1])] * 400)]
    found = rows_of(encode_both_ways([*many, *many], tokenizer, damaged=0.25, seed=1))
    assert len(found) - 1600 == pytest.approx(100, abs=40)
    for source, target in found[1600:]:  # of the second language alone, once
        assert source[0] == 5 and target == [2, *cut[TEXTS[1]], 3]
        assert not set(source[1:-1]) - set(cut[TEXTS[1]])
    with pytest.raises(ConfigError, match="no piece '<2nl>'"):
        encode_both_ways([("a/de-nl", [("a", "b")])], tokenizer)


def test_in_a_row(tokenizer):
    one = encode_pair_lists(TEXTS, TEXTS[::-1], tokenizer, tokenizer)
    other = encode_pair_lists(TEXTS[:1], TEXTS[:1], tokenizer.beginning_with("<2fr>"), tokenizer)
    both = in_a_row([one, other])
    assert both.source.tolist() == [*one.source, *other.source]
    assert both.target.tolist() == [*one.target, *other.target]
    assert len(both) == 4
    for side in ("source", "target"):
        starts = getattr(both, f"{side}_starts")
        assert np.diff(starts).tolist() == [
            *np.diff(getattr(one, f"{side}_starts")),
            *np.diff(getattr(other, f"{side}_starts")),
        ]
    with pytest.raises(ConfigError, match="no pairs to put in a row"):
        in_a_row([])


def test_words_are_left_out_and_moved(tokenizer):
    texts = ["the house is a man here it is the house"] * 400
    pairs = encode_pair_lists(texts, texts, tokenizer, tokenizer)
    found = with_words_left_out(pairs, 5, np.random.default_rng(0), part=0.3, near=2)
    assert found.target is pairs.target and len(found) == 400
    whole = pairs.target[pairs.target_starts[0] + 1 : pairs.target_starts[1] - 1].tolist()
    lengths = []
    for number in range(400):
        ids = found.source[found.source_starts[number] : found.source_starts[number + 1]].tolist()
        assert (ids[0], ids[-1]) == (5, 3)
        assert not set(ids[1:-1]) - set(whole) and len(ids) - 2 <= len(whole)
        lengths.append(len(ids) - 2)
    assert np.mean(lengths) / len(whole) == pytest.approx(0.7, abs=0.03)
    moved = with_words_left_out(pairs, 5, np.random.default_rng(1), part=0.0, near=2)
    orders = set()
    for number in range(400):
        ids = moved.source[moved.source_starts[number] : moved.source_starts[number + 1]].tolist()
        assert sorted(ids[1:-1]) == sorted(whole)
        orders.add(tuple(ids))
    assert len(orders) > 300
    still = with_words_left_out(pairs, 5, np.random.default_rng(1), part=0.0, near=0)
    assert still.source[: len(whole) + 2].tolist() == [5, *whole, 3]
