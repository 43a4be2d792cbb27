"""Multi30k as a tfds data set: image descriptions in four languages."""

from __future__ import annotations

import gzip
import itertools
import zlib

import tensorflow_datasets as tfds

from zoo.data import sources
from zoo.errors import ConfigError, DamagedFileError

_URL = (
    "https://raw.githubusercontent.com/multi30k/dataset/"
    "a3d2e0d26b56f3846f66a952536ffed4e401d05a/data/task1/"
)
_SHA256 = {
    "raw/train.en.gz": "d79cfa999dd4c51d2cb42499b6796d5a882c3a8a961923c25a898c90f8bbd56f",
    "raw/train.de.gz": "726e39b2fa9eb9ffb6dc763fb35a179f80fae06ffc5d28b6ace5faa883de28a6",
    "raw/train.fr.gz": "622e75069e9f4c577425c4f277116ce66e63a2401c0a2312d90073cb12379a3c",
    "raw/train.cs.gz": "a65adb8b32e3bc664f21ecba7a6e7f6950fd1f405e135f7c312faabdb6255077",
    "raw/val.en.gz": "14f7d25ddd868909a9213e361768460edcacdd6ab9d1e77b92560dc10c10dc28",
    "raw/val.de.gz": "f0cba2f995189cf5770f29a8a9a537a3ad3f51657ad873405082ff6863a5e75a",
    "raw/val.fr.gz": "ca3106f1a72390591d25f6c45cb4cd39dec4cd3f123e099748a3ce5256c160e9",
    "raw/val.cs.gz": "b63226e05c4bd5dd6a42897d74b86a1b9d2c31498252c572b1ea7f7996927fcc",
    "raw/test_2016_flickr.en.gz": (
        "611d361c6334bc7246101d48097c13cf5c4413c5befc793cc629934359d532d9"
    ),
    "tok/test_2016_flickr.lc.norm.tok.en": (
        "5b7f32627cf99eced828311b955dae9800bb52bc8b91cf8b6526829e605b29d2"
    ),
    "raw/test_2016_flickr.de.gz": (
        "9204244e408ccb38d2a55cfcd344df15005fc42a07a6e55ca6c52b6ababb8cc8"
    ),
    "tok/test_2016_flickr.lc.norm.tok.de": (
        "c6a33d39d48f9f510de147651316cd9d918e09ad0219df734a2f16b6baccacc4"
    ),
    "raw/test_2016_flickr.fr.gz": (
        "6d326e188d259fb1d04ac19eae3af956559b3a0b93d7635e56c90987c40c8b90"
    ),
    "tok/test_2016_flickr.lc.norm.tok.fr": (
        "1463bd5960f9bfe098ec3cd752d3df0c49c84dc646fb518964a29232658cd836"
    ),
    "raw/test_2016_flickr.cs.gz": (
        "200a4a74cc9560f051924abb9803be008d1908d77f747e9141aeb86dfd2797f1"
    ),
    "tok/test_2016_flickr.lc.norm.tok.cs": (
        "748c8816de928732365176e5c5d2f9bbabcec9b8d4448fba2d230feb057898a7"
    ),
    "raw/test_2017_flickr.en.gz": (
        "76a444ee25172e72695cddb13ae4a3bda59430617be88e0bb46b60504f054074"
    ),
    "tok/test_2017_flickr.lc.norm.tok.en": (
        "c9d1dfd7a26add989382e534af235af9f0f658b2a30e7eb0efdaf142496ee54f"
    ),
    "raw/test_2017_flickr.de.gz": (
        "a2c89666db00c495cd8513b9d708d5a3acc205d7de312ef2bf5fb7ebc1540aee"
    ),
    "tok/test_2017_flickr.lc.norm.tok.de": (
        "02067e4a9402786a4fcb8c1b6f4307e4a5073ced64800abead5273b54f5f31f6"
    ),
    "raw/test_2017_flickr.fr.gz": (
        "3ba671ceb2299f3304ffafefea7a833d08632fbaf0ba18546f8a2ec2391af496"
    ),
    "tok/test_2017_flickr.lc.norm.tok.fr": (
        "c0583117a47b31e8a6c6a97cfe8de153e462074668f4e994764fcc80b21d33b4"
    ),
    "raw/test_2017_mscoco.en.gz": (
        "aab300bfb4427697987e02cd0aacd44bfe8aa50456231b6474c08038bbed2b58"
    ),
    "tok/test_2017_mscoco.lc.norm.tok.en": (
        "fe69ae004d71c42ead0301e70c57de5b1b6b5fb7f52210d42b22801e98e656f3"
    ),
    "raw/test_2017_mscoco.de.gz": (
        "799e4854c25d601cb6cb6be29eabe5667734c61ace2f495e03e429031a0bc338"
    ),
    "tok/test_2017_mscoco.lc.norm.tok.de": (
        "e2825990b8a4e5289d2cdba801d57c187810bab9b4f5d87a30c35800a0d871b6"
    ),
    "raw/test_2017_mscoco.fr.gz": (
        "754f3072ba9f124569ba5258b32730fc1d214bbf8e0c6dfb2b74401676220db0"
    ),
    "tok/test_2017_mscoco.lc.norm.tok.fr": (
        "0b6a4620f02b6b9acf7811fda23f90fed9c6baa0b96aa224db50a273078c84d1"
    ),
}
sources.pin(
    *(
        sources.SourceFile(f"multi30k/{path}", _URL + path, sha256)
        for path, sha256 in _SHA256.items()
    )
)

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
        tokenised_references = staticmethod(read_tokenised)
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
