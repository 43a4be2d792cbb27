"""Tatoeba as a tfds data set: everyday sentences in English, French, German and Dutch."""

from __future__ import annotations

import hashlib
import itertools
import zipfile
import zlib
from collections.abc import Iterable

import tensorflow_datasets as tfds

from zoo.data import sources
from zoo.data.sets import multi30k
from zoo.errors import DamagedFileError
from zoo.inputs.folding import folded

# The archive of each language's pairs with English.
_ARCHIVES = {
    "fr": ("fra-eng", "708ad677a141c41443f109be2e551c7eadb1f2b1819ce1fb94263fd57ec8363b"),
    "de": ("deu-eng", "71750f704aeb6b0a01fe57341c3051b9efd98f63b61ee266b2c2283d1b80cb71"),
    "nl": ("nld-eng", "58102e8188bf5520d2d2491150bbee58bc4c528e635f224a135299b919849eee"),
}
sources.pin(
    *(
        sources.SourceFile(
            f"tatoeba/{archive}.zip",
            f"https://www.manythings.org/anki/{archive}.zip",
            sha256,
            newest_release=True,
        )
        for archive, sha256 in _ARCHIVES.values()
    )
)

_ONE_IN = 50
_SHORT = 3  # words of a phrase that anybody may say: it is for training

Pair = tuple[str, str]


def path_of(language: str) -> str:
    """Returns the archive of a language's pairs with English, as `sources.fetch` wants it."""
    return f"tatoeba/{_ARCHIVES[language][0]}.zip"


def split_of(english: str) -> str:
    """Returns the split an English sentence belongs to, by a hash of its folded form.

    Args:
        english: the English side of a pair.

    Returns:
        "validation" for one sentence in 50, "test" for one in 50, otherwise "train".
    """
    digest = hashlib.sha256(folded(english).encode("utf-8")).digest()
    number = int.from_bytes(digest[:8], "big") % _ONE_IN
    return {0: "validation", 1: "test"}.get(number, "train")


def is_short(text: str) -> bool:
    """Returns whether a text has at most three words: "Hello!", "How are you?"."""
    return len(folded(text).split()) <= _SHORT


def split_pairs(
    pairs: Iterable[Pair], held_out_english: Iterable[str], held_out_other: Iterable[str]
) -> dict[str, list[Pair]]:
    """Splits pairs and keeps out of training what stands in any validation or test split.

    English of at most three words is for training alone: such phrases are what people try first,
    and a held-out "Thank you." would take all that say the same out of training. A short
    translation of a longer sentence that is held out is in no split.

    Args:
        pairs: `(English, other)` sentences.
        held_out_english: English sentences of other validation and test splits.
        held_out_other: sentences of other validation and test splits in the other language.

    Returns:
        The pairs of "train", "validation" and "test", each in the order given. No pair of "train"
        has a side that, folded, is a side of the other two or one of the sentences held out.
    """
    splits: dict[str, list[Pair]] = {"train": [], "validation": [], "test": []}
    for english, other in pairs:
        split = "train" if is_short(english) else split_of(english)
        if split == "train" or not is_short(other):
            splits[split].append((english, other))
    english_out = {folded(sentence) for sentence in held_out_english}
    other_out = {folded(sentence) for sentence in held_out_other}
    for english, other in splits["validation"] + splits["test"]:
        english_out.add(folded(english))
        other_out.add(folded(other))
    splits["train"] = [
        (english, other)
        for english, other in splits["train"]
        if folded(english) not in english_out and folded(other) not in other_out
    ]
    return splits


def joined(one: Iterable[Pair], other: Iterable[Pair]) -> list[Pair]:
    """Joins the pairs of two languages on their English sentences.

    Args:
        one: `(English, one language)` pairs.
        other: `(English, other language)` pairs.

    Returns:
        `(one language, other language)` pairs that have one English sentence, each once.

    Example:
        >>> joined([("Yes, I do.", "Oui.")], [("Yes, I do.", "Ja."), ("No.", "Nee.")])
        [('Oui.', 'Ja.')]
    """
    by_english: dict[str, list[str]] = {}
    for english, text in other:
        by_english.setdefault(english, []).append(text)
    pairs = ((text, match) for english, text in one for match in by_english.get(english, ()))
    return list(dict.fromkeys(pairs))


def read_pairs(language: str = "fr") -> list[Pair]:
    """Reads all pairs of the release, each pair once.

    Args:
        language: "fr", "de" or "nl".

    Returns:
        `(English, other)` pairs in the order of the file.

    Raises:
        DamagedFileError: when the archive or its text cannot be read.
    """
    path = sources.fetch(path_of(language))
    name = f"{_ARCHIVES[language][0][:3]}.txt"
    try:
        with zipfile.ZipFile(path) as archive:
            text = archive.read(name).decode("utf-8")
        pairs = []
        for line in text.removesuffix("\n").split("\n"):
            english, other = line.split("\t")[:2]
            pairs.append((english.strip(), other.strip()))
    except (zipfile.BadZipFile, zlib.error, KeyError, ValueError) as error:
        raise DamagedFileError(
            f"{path} is no zip file with a {name} of tab-separated pairs ({error}): get the file "
            "again."
        ) from error
    return list(dict.fromkeys(pairs))


def _splits_with_english(language: str) -> dict[str, list[Pair]]:
    held_out: dict[str, list[str]] = {"en": [], language: []}
    for split, spoken in itertools.product(multi30k.HELD_OUT, held_out):
        if spoken in multi30k.LANGUAGES and split in multi30k.splits_of(spoken):
            held_out[spoken] += multi30k.read_sentences(split, spoken)
    return split_pairs(read_pairs(language), held_out["en"], held_out[language])


def _splits(one: str, other: str) -> dict[str, list[Pair]]:
    if one == "en":
        return _splits_with_english(other)
    sides = [_splits_with_english(language) for language in (one, other)]
    return {split: joined(*(side[split] for side in sides)) for split in ("validation", "test")}


with tfds.core.registered.skip_registration():

    class Tatoeba(tfds.core.GeneratorBasedBuilder):
        """Short everyday pairs, many translations a sentence (tatoeba.org, CC BY 2.0 FR).

        English with French, German and Dutch: splits `train`, `validation` and `test` by a hash of
        the English side, so that all translations of a sentence are in one split. What stands, but
        for case and punctuation, in a validation or test split of this data set or of Multi30k is
        not in `train`. Pairs without English (`de-fr`, `fr-nl`, `de-nl`) are those of one held-out
        English sentence: `validation` and `test` alone, for models that were never shown such.
        """

        VERSION = tfds.core.Version("2.0.0")
        RELEASE_NOTES = {
            "2.0.0": "Sentences of at most three words are training text only; German and Dutch.",
            "1.0.0": "English and French, phrases of any length in every split.",
        }
        BUILDER_CONFIGS = [
            tfds.core.BuilderConfig(name=name)
            for name in ("en-fr", "en-de", "en-nl", "de-fr", "fr-nl", "de-nl")
        ]

        def _info(self) -> tfds.core.DatasetInfo:
            languages = tuple(self.builder_config.name.split("-"))
            return tfds.core.DatasetInfo(
                builder=self,
                disable_shuffling=True,  # examples keep the order of the file
                description="Everyday sentences, translated by volunteers.",
                features=tfds.features.Translation(languages=languages),
                supervised_keys=languages,
                homepage="https://www.manythings.org/anki/",
                citation="Sentences of tatoeba.org, paired by manythings.org",
            )

        def _split_generators(self, dl_manager):
            del dl_manager  # the files are pinned and fetched by zoo.data.sources
            splits = _splits(*self.builder_config.name.split("-"))
            return {split: self._generate_examples(pairs) for split, pairs in splits.items()}

        def _generate_examples(self, pairs: list[Pair]):
            one, other = self.builder_config.name.split("-")
            for number, pair in enumerate(pairs):
                yield number, {one: pair[0], other: pair[1]}
