"""Pairs as people type them: small letters, no full stop, other names and numbers, short answers.

Parallel text is edited text, in which a few names stand for all. Variants of its pairs teach a
model to read what is not edited, and to copy names and numbers. English and French.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from zoo.inputs.sentences import cut_sentences

if TYPE_CHECKING:
    import tensorflow as tf

Pair = tuple[str, str]

SMALL, ENDLESS = 0.12, 0.08  # parts of the pairs that are written so
COPIES = 3  # variants of a pair with a number
AGAIN = 3  # times that a greeting is there once more: few pairs are what people type first
GREETING_WORDS = 4  # at most, of the source of a pair that is there again
MOST_WORDS = 3  # of a short answer: sentences so short are never held out

MEN = (
    "Adam Ahmed Alan Albert Alex Ali André Antonio Arthur Ben Bill Brian Carl Carlos Charles Chris "
    "Daniel David Dennis Diego Dmitri Edward Eric Felix Frank Fred Gary George Greg Hans Harry "
    "Hassan Henry Hugo Ian Igor Isaac Ivan Jacob James Jason Javier Jeff Jerry Jim Joe Jonas José "
    "Juan Karim Karl Keith Ken Larry Leo Liam Louis Lucas Luis Marc Mark Martin Max Michael Mike "
    "Mohammed Nathan Nick Noah Oliver Oscar Pablo Patrick Paul Pedro Philip Ralph Ravi Ray Richard "
    "Rick Robert Roger Ryan Sam Samuel Scott Sean Simon Stefan Steve Ted Theo Tim Tony Victor "
    "Vincent Walter Wei William Yusuf"
).split()
WOMEN = (
    "Aisha Alice Amanda Amy Andrea Angela Ann Barbara Betty Carla Carmen Caroline Catherine Cathy "
    "Chloe Claire Clara Cindy Daniela Diana Donna Elena Elizabeth Ella Emily Emma Erica Eva Fatima "
    "Fiona Gina Gloria Grace Hannah Helen Ines Irene Isabel Jane Janet Jennifer Jessica Joan Julia "
    "Julie Karen Kate Katherine Kim Laura Leila Lena Linda Lisa Lucy Luna Margaret Marta Megan "
    "Melissa Mia Michelle Monica Nadia Nancy Nicole Nina Nora Olga Olivia Pamela Patricia Paula "
    "Rachel Rebecca Rita Rosa Ruth Sandra Sara Sarah Sofia Sonia Sophie Susan Suzanne Teresa Tina "
    "Valerie Vera Victoria Wendy Yasmin Yuki Zoe"
).split()
CITIES = (
    "Amsterdam Atlanta Austin Bangkok Barcelona Beirut Berlin Bogota Bombay Bordeaux Bristol "
    "Budapest Cardiff Chicago Copenhagen Dallas Denver Detroit Dublin Durban Glasgow Hamburg "
    "Helsinki Houston Istanbul Kiev Lagos Leipzig Lima Liverpool Lyon Madrid Manchester Melbourne "
    "Miami Milan Monaco Montreal Munich Nairobi Nantes Oslo Oxford Prague Rome Seattle Stockholm "
    "Stuttgart Sydney Toronto Toulouse Zagreb"
).split()
# Those that parallel text is full of, and what may stand in their place.
_PLACES = {"Tom": MEN, "John": MEN, "Jack": MEN, "Bob": MEN, "Mary": WOMEN, "Boston": CITIES}
_SYLLABLES = "ba be bri co da del do el fa gre ha jo ka ki la lin lo ma mi mo na ni o pe ra ri ro "
_SYLLABLES += "sa ser shi sta ta te ti to tra va vi vo wa wi ya ze zo"
_ENDS = re.compile(r"\s*[.!?…]+$")
_NUMBER = re.compile(r"(?<![\d.,:])\d{2,4}(?![\d.,:]*\d)")


def with_variants(pairs: tf.data.Dataset, seed: int) -> tf.data.Dataset:
    """Pairs, and behind them their variants.

    Args:
        pairs: data set of `(source, target)` string scalars.
        seed: draws them; the same seed gives the same.

    Returns:
        A data set of the same kind.
    """
    import tensorflow as tf

    listed = [(a.decode(), b.decode()) for a, b in pairs.as_numpy_iterator()]
    found = variants(listed, seed)
    more = tf.data.Dataset.from_tensor_slices(([a for a, _ in found], [b for _, b in found]))
    return pairs.concatenate(more) if found else pairs


def variants(pairs: Sequence[Pair], seed: int) -> list[Pair]:
    """The variants of pairs.

    One in eight in small letters and without an end, one in twelve without an end; with other
    names, and other numbers; the short sentences and openings that both sides have; and pairs
    with a short source again, however many words its translation needs.
    """
    rng = random.Random(seed)
    found: list[Pair] = []
    for pair in pairs:
        drawn = rng.random()
        if drawn < SMALL:
            found.append(in_small_letters(pair))
        elif drawn < SMALL + ENDLESS:
            found.append(without_end(pair))
        renamed = with_other_names(pair, rng)
        found += [renamed] * (renamed != pair)
        for _ in range(COPIES):
            renumbered = with_other_numbers(pair, rng)
            found += [renumbered] * (renumbered != pair)
        found += short_parts(pair)
        found += [pair] * (AGAIN if _is_short(pair[0], GREETING_WORDS) else 0)
    return found


def without_end(pair: Pair) -> Pair:
    """Both sides without what ends them."""
    return _ENDS.sub("", pair[0]), _ENDS.sub("", pair[1])


def in_small_letters(pair: Pair) -> Pair:
    """Both sides in small letters, without what ends them."""
    source, target = without_end(pair)
    return source.lower(), target.lower()


def with_other_names(pair: Pair, rng: random.Random) -> Pair:
    """Another name, a listed one or any syllables, for each that stands as often on both sides."""
    source, target = pair
    for name, others in _PLACES.items():
        known = re.compile(rf"\b{name}\b")
        if not 0 < len(known.findall(source)) == len(known.findall(target)):
            continue
        other = rng.choice(others)
        if others is not CITIES and rng.random() < 0.5:
            other = "".join(rng.choices(_SYLLABLES.split(), k=rng.randint(2, 3))).capitalize()
        source = known.sub(other, source)
        if other[0] in "AEIOUÉ":  # French drops a vowel before another one
            target = re.sub(rf"\b(d|qu)e (?={name}\b)", r"\1'", target)
        target = known.sub(other, target)
    return source, target


def with_other_numbers(pair: Pair, rng: random.Random) -> Pair:
    """Another number of two to four digits for each that stands once on both sides."""
    source, target = pair
    for number in sorted(set(_NUMBER.findall(source))):
        if source.count(number) == 1 == target.count(number):
            low = 10 ** (len(number) - 1)
            other = str(rng.randrange(1200, 2100) if low == 1000 else rng.randrange(low, 10 * low))
            source, target = source.replace(number, other), target.replace(number, other)
    return source, target


def short_parts(pair: Pair) -> Iterator[Pair]:
    """The sentences of few words of a pair of as many sentences, and openings before a comma."""
    sources, targets = cut_sentences(pair)
    if len(sources) != len(targets):
        return
    parts = list(zip(sources, targets, strict=True))
    for source, target in parts:
        if len(parts) > 1 and _is_short(source) and _is_short(target):
            yield source, target
        opening, reply = source.split(",")[0], target.split(",")[0]
        if source.count(",") == target.count(",") == 1 and _is_answer(opening, reply):
            yield opening + ".", reply + "."
            yield opening + "!", reply + " !"


def _is_short(text: str, most: int = MOST_WORDS) -> bool:
    return 0 < len(text.split()) <= most


def _is_answer(source: str, target: str) -> bool:
    """Whether an opening stands for itself: one word on both sides, such as yes, no, hello."""
    return source.isalpha() and target.isalpha()
