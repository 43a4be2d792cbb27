"""Tatoeba as a tfds data set: everyday English sentences and their French translations."""

from __future__ import annotations

import hashlib
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable

import tensorflow_datasets as tfds

from zoo.data import sources
from zoo.data.sets import multi30k
from zoo.errors import DamagedFileError

sources.pin(
    sources.SourceFile(
        "tatoeba/fra-eng.zip",
        "https://www.manythings.org/anki/fra-eng.zip",
        "708ad677a141c41443f109be2e551c7eadb1f2b1819ce1fb94263fd57ec8363b",
        newest_release=True,
    )
)

PATH = "tatoeba/fra-eng.zip"
_ONE_IN = 50

Pair = tuple[str, str]


def folded(text: str) -> str:
    """Returns what two sentences have in common that differ in case and punctuation alone.

    Lower-cased, every character that is neither letter, mark nor number made a space, and
    spaces folded.

    Args:
        text: a sentence.

    Returns:
        The words with one space between them.

    Example:
        >>> folded("«\u202fC'est  l'ÉTÉ\u202f!\u202f»")
        'c est l été'
    """
    text = unicodedata.normalize("NFKC", text).lower()
    return " ".join(
        "".join(c if unicodedata.category(c)[0] in "LMN" else " " for c in text).split()
    )


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


def split_pairs(
    pairs: Iterable[Pair], held_out_english: Iterable[str], held_out_french: Iterable[str]
) -> dict[str, list[Pair]]:
    """Splits pairs and keeps out of training what stands in any validation or test split.

    Args:
        pairs: `(English, French)` sentences.
        held_out_english: English sentences of other validation and test splits.
        held_out_french: French sentences of other validation and test splits.

    Returns:
        The pairs of "train", "validation" and "test", each in the order given. No pair of "train"
        has a side that, folded, is a side of the other two or one of the sentences held out.
    """
    splits: dict[str, list[Pair]] = {"train": [], "validation": [], "test": []}
    for english, french in pairs:
        splits[split_of(english)].append((english, french))
    english_out = {folded(sentence) for sentence in held_out_english}
    french_out = {folded(sentence) for sentence in held_out_french}
    for english, french in splits["validation"] + splits["test"]:
        english_out.add(folded(english))
        french_out.add(folded(french))
    splits["train"] = [
        (english, french)
        for english, french in splits["train"]
        if folded(english) not in english_out and folded(french) not in french_out
    ]
    return splits


def read_pairs() -> list[Pair]:
    """Reads all pairs of the release, each pair once.

    Returns:
        `(English, French)` pairs in the order of the file.

    Raises:
        DamagedFileError: when the archive or its text cannot be read.
    """
    path = sources.fetch(PATH)
    try:
        with zipfile.ZipFile(path) as archive:
            text = archive.read("fra.txt").decode("utf-8")
        pairs = []
        for line in text.splitlines():
            english, french = line.split("\t")[:2]
            pairs.append((english.strip(), french.strip()))
    except (zipfile.BadZipFile, zlib.error, KeyError, ValueError) as error:
        raise DamagedFileError(
            f"{path} is no zip file with a fra.txt of tab-separated pairs ({error}): get the file "
            "again."
        ) from error
    return list(dict.fromkeys(pairs))


with tfds.core.registered.skip_registration():

    class Tatoeba(tfds.core.GeneratorBasedBuilder):
        """Short English-French pairs, many translations a sentence (tatoeba.org, CC BY 2.0 FR).

        Splits `train`, `validation` and `test` by a hash of the English side, so that all
        translations of a sentence are in one split. What stands, but for case and punctuation,
        in a validation or test split of this data set or of Multi30k is not in `train`.
        """

        VERSION = tfds.core.Version("1.0.0")
        BUILDER_CONFIGS = [tfds.core.BuilderConfig(name="en-fr")]

        def _info(self) -> tfds.core.DatasetInfo:
            return tfds.core.DatasetInfo(
                builder=self,
                disable_shuffling=True,  # examples keep the order of the file
                description="Everyday sentences, translated by volunteers.",
                features=tfds.features.Translation(languages=("en", "fr")),
                supervised_keys=("en", "fr"),
                homepage="https://www.manythings.org/anki/",
                citation="Sentences of tatoeba.org, paired by manythings.org",
            )

        def _split_generators(self, dl_manager):
            del dl_manager  # the files are pinned and fetched by zoo.data.sources
            held_out = {
                language: [
                    sentence
                    for split in multi30k.HELD_OUT
                    for sentence in multi30k.read_sentences(split, language)
                ]
                for language in ("en", "fr")
            }
            splits = split_pairs(read_pairs(), held_out["en"], held_out["fr"])
            return {split: self._generate_examples(pairs) for split, pairs in splits.items()}

        def _generate_examples(self, pairs: list[Pair]):
            for number, (english, french) in enumerate(pairs):
                yield number, {"en": english, "fr": french}
