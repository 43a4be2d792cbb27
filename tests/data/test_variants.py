"""Variants of pairs: each transformation beside a pair written by hand."""

from __future__ import annotations

import random
import re

from zoo.data import variants as of


class Fixed(random.Random):
    """Draws the first listed name, and never one of syllables."""

    def choice(self, seq):
        return seq[0]

    def random(self):
        return 0.9


def test_as_typed():
    pair = ("Where is John?", "Où est John ?")
    assert of.without_end(pair) == ("Where is John", "Où est John")
    assert of.in_small_letters(pair) == ("where is john", "où est john")
    assert of.without_end(("Wait...", "Attends…")) == ("Wait", "Attends")


def test_names_are_others_on_both_sides():
    rng = Fixed()
    assert of.MEN[0] == "Adam" and of.WOMEN[0] == "Aisha"
    assert of.with_other_names(("Tom's dog bit Tom.", "Le chien de Tom mordit Tom."), rng) == (
        "Adam's dog bit Adam.",
        "Le chien d'Adam mordit Adam.",
    )
    assert of.with_other_names(("Mary left Boston.", "Mary quitta Boston."), rng) == (
        "Aisha left Amsterdam.",
        "Aisha quitta Amsterdam.",
    )
    for kept in (("Tom left.", "Il partit."), ("Tomorrow.", "Demain."), ("Mary.", "Marie.")):
        assert of.with_other_names(kept, rng) == kept
    drawn = {of.with_other_names(("Tom.", "Tom."), random.Random(i))[0] for i in range(40)}
    assert len(drawn) > 20 and any(name[:-1] not in of.MEN for name in drawn)


def test_numbers_are_others_of_their_length():
    pair = ("In 1985 he had 12 cats, 3 dogs.", "En 1985 il avait 12 chats, 3 chiens.")
    for seed in range(20):
        source, target = of.with_other_numbers(pair, random.Random(seed))
        year, cats, dogs = map(int, re.findall(r"\d+", source))
        assert re.findall(r"\d+", target) == [str(year), str(cats), "3"]
        assert 1200 <= year < 2100 and 10 <= cats < 100 and dogs == 3
    for kept in (("At 8:30.", "À 8:30."), ("It is 12.", "Il est midi."), ("3.14", "3.14")):
        assert of.with_other_numbers(kept, random.Random(0)) == kept


def test_short_parts_of_both_sides():
    assert list(of.short_parts(("Yes. That's right.", "Oui. C'est exact."))) == [
        ("Yes.", "Oui."),
        ("That's right.", "C'est exact."),
    ]
    assert list(of.short_parts(("No, he didn't do it.", "Non, il ne l'a pas fait."))) == [
        ("No.", "Non."),
        ("No!", "Non !"),
    ]
    for none in (
        ("I know.", "Je sais."),
        ("Yes. That's right.", "Oui, c'est exact."),
        ("This has four words. So does this here.", "Ces mots-ci. Et ceux-là."),
        ("If so, go.", "Si oui, va."),
        ('"No, I do."', '"Non, si."'),
    ):
        assert list(of.short_parts(none)) == []


def test_a_data_set_and_its_variants():
    import tensorflow as tf

    pairs = [(f"Tom has {i} cats.", f"Tom a {i} chats.") for i in range(100)]
    data = tf.data.Dataset.from_tensor_slices(tuple(map(list, zip(*pairs, strict=True))))
    found = [(a.decode(), b.decode()) for a, b in of.with_variants(data, 1).as_numpy_iterator()]
    assert found[:100] == pairs and found[100:] == of.variants(pairs, 1)
    assert of.variants(pairs, 1) != of.variants(pairs, 2)
    endless = sum(not source.endswith(".") for source, _ in found)
    assert 5 < endless < 40 and len(found) > 100 + 100 + 3 * 60


def test_short_pairs_are_there_again():
    pairs = [("Good luck!", "Bonne chance !"), ("You're welcome.", "Je vous en prie.")]
    pairs += [("How are you doing?", "Comment allez-vous ?")]
    pairs += [("I like the red car.", "J'aime la voiture rouge.")]
    found = of.variants(pairs, 1)
    times = [of.AGAIN, of.AGAIN, of.AGAIN, 0]
    assert [found.count(pair) for pair in pairs] == times == [3, 3, 3, 0]
