"""Repairing words: one by one, in their case, whatever stands around them."""

from __future__ import annotations

from types import SimpleNamespace

import keras
import numpy as np
import pytest

import zoo
from zoo.errors import ConfigError
from zoo.inputs import SentencePieceTokenizer, train_sentencepiece
from zoo.tasks.sequence_to_sequence.common_words import common_first
from zoo.tasks.sequence_to_sequence.speller import Speller

WORDS = ["hello", "morning", "network", "walking"]


@pytest.fixture(scope="module")
def speller():
    keras.utils.set_random_seed(0)
    letters = train_sentencepiece(WORDS, 4 + 1 + len(set("".join(WORDS))), "char")
    tokenizer = SentencePieceTokenizer(letters)
    return zoo.build("spell", units=16, embedding_size=8, source_tokenizer=tokenizer)


def test_words_are_repaired_one_by_one(speller, monkeypatch):
    """What is asked of the model, and what is made of its answers."""
    asked = []

    def translate(words, search):
        asked.append(list(words))
        return [{"hellx": "hello", "mornixx": "morning"}.get(word, "") for word in words]

    monkeypatch.setattr(speller, "translate", translate)
    texts = ["Hellx, HELLX! ('mornixx')", "", "42 x ... h3llx", "mornixx Qqq hellx isn't dxg’s"]
    assert speller.repair(texts) == [
        "Hello, HELLO! ('morning')",
        "",
        "42 x ... h3llx",
        "morning Qqq hello isn't dxg’s",
    ]
    assert asked == [["hellx", "mornixx", "qqq"]]  # each word once, in lower case
    assert speller.repair("Hellx") == "Hello" and speller.repair([]) == []


def test_an_untrained_model_answers_anything(speller):
    assert isinstance(speller, Speller) and speller.task == "spell"
    assert isinstance(speller.repair("\U0001f600 駅 walkixx"), str)
    found = speller.repairs("walkixx", 3)
    assert len(found) <= 3 and all(0 < share < 1 for _, share in found)
    assert found == sorted(found, key=lambda pair: -pair[1])


def test_it_is_the_same_after_saving(speller, tmp_path):
    zoo.save(speller, tmp_path / "speller.keras")
    opened = zoo.load(tmp_path / "speller.keras")
    assert type(opened) is Speller
    for (word, share), (old, old_share) in zip(
        opened.repairs("netwxxx", 3), speller.repairs("netwxxx", 3), strict=True
    ):
        assert word == old and share == pytest.approx(old_share, rel=1e-4)


def test_a_lexicon_is_all_that_it_writes(speller, tmp_path):
    listed = speller.with_lexicon([*WORDS, "näh"])  # a letter that the tokenizer lacks
    damaged = ["rrr", "hellx", "al", "walkingwalkingwalking", "Network", "NÄH"]
    assert set(listed.repair(damaged[:4])) <= set(WORDS)
    assert listed.repair(damaged[4:]) == damaged[4:]  # as they stand on the list
    zoo.save(listed, tmp_path / "listed.keras")
    opened = zoo.load(tmp_path / "listed.keras")
    assert opened.lexicon.words == sorted([*WORDS, "näh"])
    assert opened.repair(damaged) == listed.repair(damaged)
    assert opened.repair(damaged, free=True) == speller.repair(damaged) != listed.repair(damaged)


def test_a_lexicon_takes_the_likeliest_of_its_words(speller):
    """Against the scores that the model gives each word by itself."""
    listed = speller.with_lexicon(WORDS)
    for damaged in ("hxxxx", "xxxking", "netwrk"):
        chances = {word: speller.score(damaged, word).log_prob for word in WORDS}
        found = dict(listed.repairs(damaged, 4))
        assert sorted(found) == sorted(WORDS)
        for word, share in found.items():
            assert np.log(share) == pytest.approx(chances[word], abs=1e-3)


def test_names_stay_and_so_do_capitalised_words_that_fit_no_word(speller, monkeypatch):
    """By what part of the probability all words of the list have together, half or less of it."""
    named = speller.with_lexicon(WORDS).with_names(["anna", "wolkinx"])
    assert named.names.words == ["anna", "wolkinx"] and named.lexicon.words == WORDS
    assert named.with_lexicon(["hello"]).names.words == named.names.words
    shares = {"walkinx": [0.3, 0.21], "netwrk": [0.3, 0.19], "qqq": [0.2, 0.1]}
    asked = []

    def translate(words, search):
        asked.append((list(words), search.n_best))
        if search.n_best == 1:
            return ["walking"] * len(words)
        found = [[("walking", a), ("hello", b)] for a, b in (shares[word] for word in words)]
        return [
            [SimpleNamespace(text=text, log_prob=np.log(share)) for text, share in row]
            for row in found
        ]

    monkeypatch.setattr(named, "translate", translate)
    text = "Walkinx Netwrk QQQ netwrk qqq Anna anna WOLKINX hello"
    assert named.repair(text) == "Walking Netwrk QQQ walking walking Anna anna WOLKINX hello"
    assert asked == [(["netwrk", "qqq", "walkinx"], 16)]
    assert named.repair("netwrk Qqq") == "walking Qqq"  # probabilities are for capitals alone
    assert asked[1:] == [(["netwrk"], 1), (["qqq"], 16)]
    named.fits = 0.495
    assert named.repair("Netwrk") == "Netwrk" and named.shares(["netwrk"]) == [pytest.approx(0.49)]
    named.fits = 0.485
    assert named.repair("Netwrk QQQ") == "Walking QQQ"
    named.repair("Qqq", beam_size=1)
    assert asked[-1][1] == 2  # the probabilities come with two at least


def test_names_are_saved(speller, tmp_path):
    named = speller.with_lexicon(WORDS).with_names(["anna", "qrs"])
    named.fits = 1e-9
    assert named.with_names(["a"]).fits == named.with_lexicon(["a"]).fits == 1e-9
    zoo.save(named, tmp_path / "named.keras")
    opened = zoo.load(tmp_path / "named.keras")
    assert opened.names.words == ["anna", "qrs"] and opened.lexicon.words == WORDS
    assert opened.fits == 1e-9 and speller.fits == 0.5
    assert opened.repair("Anna qrs QRS") == "Anna qrs QRS"
    text = "Gxyz hellx Walkixx anna"
    assert opened.repair(text) == named.repair(text)
    assert opened.repair(text, free=True) == speller.repair(text)
    assert "names" not in speller.get_config() and speller.names is None
    with pytest.raises(ConfigError, match="the list is empty"):
        speller.with_names([])


def test_the_beam_is_as_wide_as_asked(speller, monkeypatch):
    asked = []

    def translate(words, search):
        asked.append(search.beam_size)
        return [""] * len(words)

    monkeypatch.setattr(speller, "translate", translate)
    assert speller.repair("hxllo", beam_size=3) == "hxllo"
    speller.repair("hxllo")
    assert asked == [3, 16]
    with pytest.raises(ConfigError, match="beam_size must be"):
        speller.repair("hxllo", beam_size=0)


def test_a_lexicon_is_of_words(speller):
    with pytest.raises(ConfigError, match="the list is empty"):
        speller.with_lexicon([])
    with pytest.raises(ConfigError, match="'two words' is none"):
        speller.with_lexicon(["one", "two words"])
    assert zoo.build("spell", vocabulary_size=9, units=8, lexicon=["a"]).lexicon.words == ["a"]


@pytest.mark.parametrize("word", ["two words", "", 3, "a1"])
def test_one_word_is_wanted(speller, word):
    with pytest.raises(ConfigError, match="one word, in letters alone"):
        speller.repairs(word)
    with pytest.raises(ConfigError, match="a string or a list of strings"):
        speller.repair(3)


# Which of two words as near as each other comes, by the mapping's counts; `halo` is two away.
COUNTS = {"hello": 200, "hells": 10, "halo": 10**6}


def found(*texts_and_scores):
    return [SimpleNamespace(text=t, score=s, log_prob=6 * s) for t, s in texts_and_scores]


@pytest.mark.parametrize(
    ("damaged", "weight", "expected"),
    [
        ("hellt", 0.0, ["hells", "halo", "hello"]),
        ("hellt", 0.16, ["hells", "halo", "hello"]),  # -0.1 + 0.16 log 10 > -0.6 + 0.16 log 200
        ("hellt", 0.17, ["hello", "halo", "hells"]),
        ("hellx", 0.01, ["hello", "halo", "hells"]),  # any letter in place of the x: by counts
        ("xellt", 0.16, ["hells", "halo", "hello"]),
        ("helx", 0.16, ["hells", "halo", "hello"]),  # as many letters are wanted for that
    ],
)
def test_the_commoner_of_words_as_near_comes_first(damaged, weight, expected):
    many = found(("hells", -0.1), ("halo", -0.3), ("hello", -0.6))
    (ranked,) = common_first([damaged], [many], COUNTS, weight)
    assert [one.text for one in ranked] == expected


def test_a_word_that_is_alone_as_near_stays_first():
    many = found(("halo", -0.1), ("hello", -0.2), ("qqq", -0.3), ("hells", -0.4))
    for damaged in ("halot", "haxx"):
        (row,) = common_first([damaged], [many], COUNTS, 100)
        assert [one.text for one in row] == ["halo", "hello", "qqq", "hells"]
    assert common_first(["hellt", ""], [many[:1], []], COUNTS, 100) == [many[:1], []]


def test_counts_decide_in_every_repair(speller, monkeypatch):
    """In `repair`, of capitalised words too, and in `repairs`; not where any letters may come."""
    counted = speller.with_lexicon(COUNTS)
    assert counted.commonness == 0.2
    several = found(("hells", -0.1), ("hello", -0.6), ("", -9.0))

    def translate(words, search):
        return ["hells" if search.n_best == 1 else several for _ in words]

    for model in (counted, counted.with_names(["anna"])):
        monkeypatch.setattr(model, "translate", translate)
        assert model.repair("hellx Hellx", beam_size=16) == "hello Hello"
        assert [word for word, _ in model.repairs("hellx", 1)] == ["hello"]
        assert model.repairs("hellx")[1] == ("hells", pytest.approx(np.exp(-0.6)))
        assert model.repair("hellx", free=True) == model.repair("hellx", beam_size=1) == "hells"
        assert model.repairs("hellx", 1, free=True)[0][0] == "hells"
        model.commonness = 0.0
        assert model.repair("hellx") == "hells" == model.repairs("hellx")[0][0]


def test_counts_are_saved_and_words_without_are_as_they_were(speller, tmp_path):
    counted = speller.with_lexicon(COUNTS)
    counted.commonness = 0.3
    named = counted.with_names(["anna"])
    assert named.lexicon.counts == COUNTS and named.commonness == 0.3
    zoo.save(counted, tmp_path / "counted.keras")
    opened = zoo.load(tmp_path / "counted.keras")
    assert opened.lexicon.counts == COUNTS and opened.lexicon.words == sorted(COUNTS)
    assert opened.commonness == 0.3 and opened.repair("hellx") == counted.repair("hellx")
    bare = speller.with_lexicon(WORDS)
    assert bare.lexicon.counts == {} and "commonness" not in bare.get_config()
    with pytest.raises(ConfigError, match="'b' 0 times"):
        speller.with_lexicon({"a": 1, "b": 0})
