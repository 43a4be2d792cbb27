"""No test sentence is in training: the splits of Tatoeba, and what is kept out of them."""

import io
import itertools
import re
import unicodedata
import zipfile

import pytest

from zoo.data import read_pairs, references
from zoo.data.directions import held_out_sentences, pairs_apart
from zoo.data.sets import multi30k, tatoeba
from zoo.errors import ConfigError

KNOWN_VALIDATION = [26, 90, 103, 117, 124, 126, 171, 192]
KNOWN_TEST = [35, 48, 50, 111, 165]
HELD_OUT = ("validation", "test_2016_flickr", "test_2017_flickr", "test_2017_mscoco")


def words(text: str) -> str:
    """Lower-cased and without punctuation; written anew here, so as not to trust the zoo's."""
    text = unicodedata.normalize("NFKC", text).lower()
    return " ".join(re.sub(r"[\W_]", " ", text).split())


def leaks() -> list[tuple[str, str]]:
    """The pairs of Tatoeba's training split that stand in any validation or test split."""
    held_out = [pair for s in HELD_OUT for pair in read_pairs("multi30k/en-fr", s)]
    held_out += [pair for s in ("validation", "test") for pair in read_pairs("tatoeba/en-fr", s)]
    english = {words(pair[0]) for pair in held_out}
    french = {words(pair[1]) for pair in held_out}
    return [
        pair
        for pair in read_pairs("tatoeba/en-fr", "train")
        if words(pair[0]) in english or words(pair[1]) in french
    ]


def test_nothing_leaks(tiny_mirror):
    assert leaks() == []
    train = read_pairs("tatoeba/en-fr", "train")
    assert len(train) > 300
    assert not set(train) & set(tiny_mirror.leaks)


def test_a_translation_of_a_test_sentence_is_kept_out(tiny_mirror):
    """The French of a test pair, under another English sentence that falls into training."""
    _, translations = references("tatoeba/en-fr", "test")
    other = next(
        f"Sentence {i}." for i in range(99) if tatoeba.split_of(f"Sentence {i}.") == "train"
    )
    pair = (other, translations[0][0].upper().replace("?", "!"))
    splits = tatoeba.split_pairs([*tiny_mirror.everyday, pair], [], [])
    assert pair not in splits["train"]
    assert (other, "Une phrase.") in tatoeba.split_pairs([(other, "Une phrase.")], [], [])["train"]


def test_phrases_of_three_words_are_for_training():
    """Whatever their hash; and a short translation of what is held out is nowhere."""
    phrases = [f"{number} there, you!" for number in range(99)]
    assert {tatoeba.split_of(phrase) for phrase in phrases} == {"train", "test"}
    pairs = [(phrase, f"Salut {number}, dit-il.") for number, phrase in enumerate(phrases)]
    held_out = "This is sentence 24."
    pairs += [(held_out, "Voici la phrase de ce jour."), (held_out, "La voici !")]
    splits = tatoeba.split_pairs(pairs, [], [])
    assert splits == {"train": pairs[:99], "validation": [], "test": pairs[99:100]}


def test_pairs_without_english_are_held_out_in_both_languages(tiny_mirror):
    """They are of one English sentence, and neither side is in a training split."""
    lines = [f"{en}\tAuf Deutsch heißt es: {fr}\n" for en, fr in tiny_mirror.everyday]
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("deu.txt", "".join(lines))
    tiny_mirror.add(tatoeba.path_of("de"), content.getvalue())
    joined = [pair for s in ("validation", "test") for pair in read_pairs("tatoeba/de-fr", s)]
    held_out = {p for s in ("validation", "test") for p in read_pairs("tatoeba/en-fr", s)}
    assert set(joined) == {
        (f"Auf Deutsch heißt es: {one}", other)
        for (english, one), (same, other) in itertools.product(held_out, held_out)
        if english == same
    }
    assert len(joined) == len(set(joined)) > len(held_out)
    for languages, number in (("en-de", 0), ("en-fr", 1)):
        train = {words(pair[1]) for pair in read_pairs(f"tatoeba/{languages}", "train")}
        assert train and not train & {words(pair[number]) for pair in joined}
    with pytest.raises(ConfigError, match="has no split 'train'"):
        read_pairs("tatoeba/de-fr", "train")


@pytest.mark.parametrize("fault", ["multi30k forgotten", "own splits forgotten", "case kept"])
def test_a_planted_leak_is_found(tiny_mirror, monkeypatch, fault):
    """Each way to get it wrong makes the check above fail."""
    right = tatoeba.split_pairs
    if fault == "multi30k forgotten":
        monkeypatch.setattr(tatoeba, "split_pairs", lambda pairs, en, fr: right(pairs, [], []))
    elif fault == "own splits forgotten":

        def leaky(pairs, english, french):
            splits = right(pairs, english, french)
            splits["train"] += splits["test"][:1]
            return splits

        monkeypatch.setattr(tatoeba, "split_pairs", leaky)
    else:
        monkeypatch.setattr(tatoeba, "folded", lambda text: text)
    assert leaks() != []


def test_all_translations_of_a_sentence_are_in_one_split(tiny_mirror):
    splits = {
        split: {english for english, _ in read_pairs("tatoeba/en-fr", split)}
        for split in ("train", "validation", "test")
    }
    assert not splits["train"] & (splits["validation"] | splits["test"])
    assert not splits["validation"] & splits["test"]


def test_the_split_is_a_fixed_hash_of_the_words():
    # Known answers: a changed hash would move test sentences into the training of old models.
    assert tatoeba.split_of("Sentence 43.") == tatoeba.split_of("SENTENCE  43 !")
    known = {i: tatoeba.split_of(f"Sentence {i}.") for i in range(200)}
    assert [i for i, split in known.items() if split == "validation"] == KNOWN_VALIDATION
    assert [i for i, split in known.items() if split == "test"] == KNOWN_TEST


def test_one_in_fifty():
    splits = [tatoeba.split_of(f"Sentence {i}.") for i in range(20_000)]
    for split in ("validation", "test"):
        assert abs(splits.count(split) - 400) < 80  # four standard deviations


def test_folded():
    assert tatoeba.folded("«\u202fC'est  l'ÉTÉ\u202f!\u202f»") == "c est l été"
    assert tatoeba.folded("e\u0301te\u0301 — 2 km") == "été 2 km"
    assert tatoeba.folded("?!") == ""


@pytest.fixture(scope="session")
def real_home(tmp_path_factory):
    """One preparation of the real data for all tests of a run."""
    return tmp_path_factory.mktemp("real-data")


def test_the_real_data_does_not_leak(data_mirror, real_home, monkeypatch):
    monkeypatch.setenv("ZOO_HOME", str(real_home))
    assert leaks() == []
    counts = {s: len(read_pairs("tatoeba/en-fr", s)) for s in ("validation", "test")}
    assert counts == {"validation": 2546, "test": 2563}
    assert len(read_pairs("tatoeba/en-fr", "train")) == 134_751


def test_the_real_pairs_without_english_are_in_no_training(data_mirror, real_home, monkeypatch):
    """What French and Dutch are tested on, for a model that reads both with English."""
    monkeypatch.setenv("ZOO_HOME", str(real_home))
    names = ("tatoeba/en-fr", "tatoeba/en-nl", "multi30k/en-fr")
    held_out = held_out_sentences(names)
    tested = [pair for s in ("validation", "test") for pair in read_pairs("tatoeba/fr-nl", s)]
    assert len(tested) == 913
    french, dutch = ({words(pair[number]) for pair in tested} for number in (0, 1))
    for name, others in zip(names, (french, dutch, french), strict=True):
        languages = tuple(name.partition("/")[2].split("-"))
        pairs = read_pairs(name, "train")
        kept = pairs_apart(pairs, languages, held_out)
        assert len(pairs) - len(kept) == (6 if name.startswith("multi30k") else 0)
        assert not others & {words(pair[1]) for pair in kept}


def test_the_real_multi30k(data_mirror, real_home, monkeypatch):
    monkeypatch.setenv("ZOO_HOME", str(real_home))
    counts = {}
    for split in multi30k.splits_of("en", "fr"):
        counts[split] = len(read_pairs("multi30k/en-fr", split))
    assert list(counts.values()) == [29_000, 1_014, 1_000, 1_000, 461]
    assert multi30k.splits_of("en", "cs") == ("train", "validation", "test_2016_flickr")
    # The official training split has a few sentences of its own validation and test splits, and
    # none of Tatoeba's: they are counted here, so that no more of them can come in unseen.
    for number, known in ((0, 1), (1, 6)):
        held_out = set()
        for split in HELD_OUT:
            held_out |= {words(p[number]) for p in read_pairs("multi30k/en-fr", split)}
        train = [words(pair[number]) for pair in read_pairs("multi30k/en-fr", "train")]
        assert sum(sentence in held_out for sentence in train) == known
        everyday = set()
        for split in ("validation", "test"):
            everyday |= {words(p[number]) for p in read_pairs("tatoeba/en-fr", split)}
        assert not everyday & set(train)
