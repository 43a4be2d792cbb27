"""Multi30k as a tfds data set: image descriptions in four languages."""

from __future__ import annotations

import gzip
import itertools
import zlib

import tensorflow_datasets as tfds

from zoo.data import sources
from zoo.errors import ConfigError, DamagedFileError

LANGUAGES = ("en", "fr", "de", "cs")
_FILE_OF_SPLIT = {
    "train": "train",
    "validation": "val",
    "test_2016_flickr": "test_2016_flickr",
    "test_2017_flickr": "test_2017_flickr",
    "test_2017_mscoco": "test_2017_mscoco",
}
HELD_OUT = tuple(split for split in _FILE_OF_SPLIT if split != "train")


def raw_path(split: str, language: str) -> str:
    """Returns the path of the sentences of a split in one language, as `sources.fetch` wants it."""
    return f"multi30k/raw/{_FILE_OF_SPLIT[split]}.{language}.gz"


def tokenised_path(split: str, language: str) -> str:
    """Returns the path of the lower-cased, normalised, tokenised references of a test split."""
    return f"multi30k/tok/{_FILE_OF_SPLIT[split]}.lc.norm.tok.{language}"


def splits_of(*languages: str) -> tuple[str, ...]:
    """Returns the splits that exist in all of these languages."""
    return tuple(
        split
        for split in _FILE_OF_SPLIT
        if all(raw_path(split, language) in sources.FILES for language in languages)
    )


def read_sentences(split: str, language: str) -> list[str]:
    """Reads the sentences of one split in one language.

    Args:
        split: "train", "validation", "test_2016_flickr", "test_2017_flickr" or
            "test_2017_mscoco".
        language: "en", "fr", "de" or "cs".

    Returns:
        The sentences, in the order of the file.

    Raises:
        DamagedFileError: when the file cannot be unpacked.
    """
    path = sources.fetch(raw_path(split, language))
    try:
        text = gzip.decompress(path.read_bytes()).decode("utf-8")
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise DamagedFileError(
            f"{path} is no gzip file of UTF-8 text ({error}): get the file again."
        ) from error
    return [line.strip() for line in text.removesuffix("\n").split("\n")]


def read_tokenised(split: str, language: str) -> list[str]:
    """Reads the lower-cased, normalised, tokenised references of a test split.

    Args:
        split: one of the three test splits.
        language: "en", "fr", "de" or "cs".

    Returns:
        The references, in the order of the split.

    Raises:
        ConfigError: when this split has no such references.
    """
    path = tokenised_path(split, language)
    if path not in sources.FILES:
        raise ConfigError(f"Multi30k has no tokenised references of {split!r} in {language!r}.")
    text = sources.fetch(path).read_text(encoding="utf-8")
    return text.removesuffix("\n").split("\n")


with tfds.core.registered.skip_registration():

    class Multi30k(tfds.core.GeneratorBasedBuilder):
        """29,000 image descriptions and their translations (Elliott et al. 2016, 1605.00459).

        One config for each pair of English, French, German and Czech, such as `en-fr`; splits
        `train`, `validation`, `test_2016_flickr`, `test_2017_flickr` and `test_2017_mscoco` (in
        Czech only the first three). Each example holds the two sentences under the codes of
        their languages. The splits are the official ones, so that scores compare with those of
        the literature: a handful of short training sentences (1 English, 6 French) also stand,
        but for case and punctuation, in the validation or test splits.
        """

        VERSION = tfds.core.Version("1.0.0")
        BUILDER_CONFIGS = [
            tfds.core.BuilderConfig(name=f"{source}-{target}")
            for source, target in itertools.combinations(LANGUAGES, 2)
        ]

        def _info(self) -> tfds.core.DatasetInfo:
            source, target = self.builder_config.name.split("-")
            return tfds.core.DatasetInfo(
                builder=self,
                disable_shuffling=True,  # examples keep the order of the file
                description="Descriptions of Flickr images, translated by people.",
                features=tfds.features.Translation(languages=(source, target)),
                supervised_keys=(source, target),
                homepage="https://github.com/multi30k/dataset",
                citation="Elliott et al. 2016, 2017; Barrault et al. 2018",
            )

        def _split_generators(self, dl_manager):
            del dl_manager  # the files are pinned and fetched by zoo.data.sources
            source, target = self.builder_config.name.split("-")
            # All files are read before anything is written, so that a damaged one is met first.
            read = {
                split: (read_sentences(split, source), read_sentences(split, target))
                for split in splits_of(source, target)
            }
            for split, (left, right) in read.items():
                if len(left) != len(right):
                    raise DamagedFileError(
                        f"{raw_path(split, source)} has {len(left)} lines and "
                        f"{raw_path(split, target)} {len(right)}: get both files again."
                    )
            return {split: self._generate_examples(*sides) for split, sides in read.items()}

        def _generate_examples(self, left: list[str], right: list[str]):
            source, target = self.builder_config.name.split("-")
            for number, pair in enumerate(zip(left, right, strict=True)):
                yield number, {source: pair[0], target: pair[1]}
