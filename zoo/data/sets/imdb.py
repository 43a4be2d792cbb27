"""The IMDB reviews as a tfds data set: to train on, to test, and unlabelled ones."""

from __future__ import annotations

import lzma
import re
import tarfile
import zlib
from collections.abc import Iterator

import tensorflow_datasets as tfds

from zoo.data import sources
from zoo.errors import DamagedFileError

sources.pin(
    sources.SourceFile(
        "imdb/aclImdb_v1.tar.xz",
        "https://ai.stanford.edu/~amaas/data/sentiment/aclImdb_v1.tar.gz",
        "4ed3ad6f8b01bfbcd17191090b97f4e39cec784c389c0dc78b350755cbce11b1",
        newest_release=True,
    )
)

_FILE = "imdb/aclImdb_v1.tar.xz"
_MEMBER = re.compile(r"aclImdb/(train|test)/(pos|neg|unsup)/(\d+)_(\d+)\.txt")
_LABELS = {"pos": "positive", "neg": "negative", "unsup": ""}
_BREAK = re.compile(r"<br\s*/?>")
# One review in twenty of the training reviews, by its number, is kept to choose by.
_VALIDATION_EVERY = 20


def read_reviews() -> Iterator[tuple[str, int, str, str]]:
    """Yields the reviews of the archive, in its order.

    Yields:
        Split ("train", "validation", "test" or "unlabelled"), number, label ("" where there is
        none) and text, in which line breaks stand for `<br />`.

    Raises:
        DamagedFileError: when the archive cannot be unpacked.
    """
    path = sources.fetch(_FILE)
    try:
        # Whatever it is compressed with: the mirror's archive is packed anew.
        with tarfile.open(path, "r:*") as archive:
            for member in archive:
                found = _MEMBER.fullmatch(member.name)
                if found is None:
                    continue
                folder, kind, number, _ = found.groups()
                file = archive.extractfile(member)
                text = file.read().decode("utf-8", "replace") if file else ""
                split = _split_of(folder, kind, int(number))
                yield split, int(number), _LABELS[kind], _BREAK.sub("\n", text)
    except (tarfile.TarError, lzma.LZMAError, zlib.error, EOFError) as error:
        reason = " ".join(str(error).split())  # tarfile says one line for each compression
        raise DamagedFileError(
            f"{path} is no archive of the IMDB reviews ({reason}): get the file again."
        ) from error


def _split_of(folder: str, kind: str, number: int) -> str:
    if kind == "unsup":
        return "unlabelled"
    if folder == "train" and number % _VALIDATION_EVERY == 0:
        return "validation"
    return folder


with tfds.core.registered.skip_registration():

    class IMDB(tfds.core.GeneratorBasedBuilder):
        """Film reviews of two polarities (Maas et al. 2011).

        Splits `train` (23,750 reviews), `validation` (every twentieth of the 25,000 official
        training reviews), `test` (25,000) and `unlabelled` (50,000). An example holds `text` and
        `label`, "negative", "positive" or, where there is none, an empty string. No film of the
        training reviews is among those of the test.
        """

        name = "imdb"
        VERSION = tfds.core.Version("1.0.0")

        def _info(self) -> tfds.core.DatasetInfo:
            return tfds.core.DatasetInfo(
                builder=self,
                disable_shuffling=True,
                description="Reviews of films, at most thirty of each film.",
                features=tfds.features.FeaturesDict(
                    {"text": tfds.features.Text(), "label": tfds.features.Text()}
                ),
                supervised_keys=("text", "label"),
                homepage="https://ai.stanford.edu/~amaas/data/sentiment/",
                citation="Maas et al. 2011",
            )

        def _split_generators(self, dl_manager):
            del dl_manager  # the file is pinned and fetched by zoo.data.sources
            splits: dict[str, list] = {}
            for split, number, label, text in read_reviews():
                splits.setdefault(split, []).append((label, number, text))
            return {
                split: self._generate_examples(sorted(splits.get(split, [])))
                for split in ("train", "validation", "test", "unlabelled")
            }

        def _generate_examples(self, reviews: list[tuple[str, int, str]]):
            for number, (label, _, text) in enumerate(reviews):
                yield number, {"text": text, "label": label}
