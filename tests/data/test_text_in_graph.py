"""What tokenizers of running text do in the graph is what they do in Python."""

from __future__ import annotations

import random
import unicodedata

import pytest

from zoo.inputs import CharacterTokenizer, RunningSubwordTokenizer, train_running_words

TEXTS = [
    "",
    "\n",
    "\n\na  b\r\n",
    " a \n b ",
    "The dog, (a dog!) isn't here.\nThe end.\n\n“Ça va?” O'Neil’s ''quoted''",
    "<unk> <eos><pad> N u.s. e\u0301té_x 駅は\u3000どこ١٢² \x1c\x1d\x85\u2028\ufeff\0",
]


def assigned():
    """Every character that Python's Unicode has in its first 200,000 code points."""
    characters = (chr(code) for code in range(200_000))
    return [c for c in characters if unicodedata.category(c) not in ("Cn", "Cs", "Co")]


def tokenizers(proto):
    words = " ".join(TEXTS) + " bananas [ ] { } … % ) . ,"
    return [
        CharacterTokenizer("helo \n'駅\U0010ffff,.\0"),
        CharacterTokenizer(),
        train_running_words([words]),
        train_running_words([words], is_tokenized=True),
        RunningSubwordTokenizer(proto),
    ]


@pytest.fixture(params=range(5), ids=["characters", "none", "words", "spaced words", "subwords"])
def tokenizer(request, trained_proto):
    return tokenizers(trained_proto)[request.param]


def test_ids(tokenizer):
    import tensorflow as tf

    rng = random.Random(0)
    known = assigned()
    texts = [*TEXTS, *("".join(rng.choices(known, k=30)) for _ in range(50))]
    texts += ["".join(rng.choices("aéo' \n.,<unk>_’駅\u0301-1", k=40)) for _ in range(200)]
    found = tokenizer.tokenize(tf.constant([text.encode() for text in texts]))
    assert found.dtype == tf.int32
    assert found.to_list() == [tokenizer.encode(text).tolist() for text in texts]
    assert tokenizer.tokenize(tf.constant([], tf.string)).to_list() == []


@pytest.mark.parametrize("is_tokenized", [False, True])
def test_words_are_cut_alike_at_every_character(is_tokenized):
    """Each word is a known one, so that another cut is another id."""
    import tensorflow as tf

    text = " ".join(f"a{c}b '{c}{c}" for c in assigned())
    tokenizer = train_running_words([text], is_tokenized=is_tokenized)
    (found,) = tokenizer.tokenize(tf.constant([text.encode()])).to_list()
    assert found == tokenizer.encode(text).tolist()
    assert len(set(found)) > 50_000


def test_continuations(tokenizer):
    """Piece by piece: what each token adds to the one before it."""
    import tensorflow as tf

    rng = random.Random(0)
    size = tokenizer.vocabulary_size
    rows = [[rng.randrange(min(size, 60)) for _ in range(9)] for _ in range(60)]
    pairs = [zip(row[:-1], row[1:], strict=True) for row in rows]
    expected = [
        "".join(tokenizer.decode([a, b])[len(tokenizer.decode([a])) :] for a, b in row)
        for row in pairs
    ]
    found = tokenizer.continuation(tf.constant(rows)).numpy()
    assert [text.decode() for text in found] == expected
    assert tokenizer.continuation(tf.constant([[0], [1]])).numpy().tolist() == [b"", b""]
