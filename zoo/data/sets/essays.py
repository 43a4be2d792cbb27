"""218 essays as a tfds data set, for language models of characters."""

from __future__ import annotations

import re

import tensorflow_datasets as tfds

from zoo.data import sources
from zoo.data.archives import files_of
from zoo.data.hashed_splits import split_of
from zoo.data.sets.running_builder import RunningBuilder

_FILE = "essays/paul_graham.tar.xz"
sources.pin(
    sources.SourceFile(
        _FILE,
        "https://github.com/sgoel97/essay-datasets/archive/c940c482573d.zip",
        "6235e9986678ba4f5aec8ef8d6622dc19cf0531b2fc054f26df637556c8b78cb",
        newest_release=True,  # packed anew in the mirror
    )
)
# The folder is essays in a mirror, text_data in the archive of the URL.
_MEMBER = re.compile(r"(?:.*/)?(?:essays|text_data)/([0-9]+)\.txt")
_BETWEEN = "\n\n\n"  # what stands between two essays


def read_splits() -> dict[str, str]:
    """The text of each split: its essays one after the other, in the order of their numbers.

    Returns:
        "train", "validation" and "test", to which an essay belongs by a hash of its number.

    Raises:
        DamagedFileError: if the file is no such archive.
        MissingFileError, OfflineError: as `sources.fetch` does.
    """
    found: dict[str, list[str]] = {"train": [], "validation": [], "test": []}
    with files_of(sources.fetch(_FILE), "essays", _MEMBER) as files:
        essays = {int(match[1]): content.decode("utf-8") for match, content in files}
        for number in sorted(essays):
            found[split_of(f"{number}.txt")].append(essays[number].strip())
        if not all(found.values()):
            raise ValueError("it has too few essays")
    return {split: "".join(text + _BETWEEN for text in texts) for split, texts in found.items()}


with tfds.core.registered.skip_registration():

    class Essays(RunningBuilder):
        """Essays on start-ups, programming and writing, three million characters.

        Splits `train`, `validation` and `test`, whole essays in each, and each split one example
        with its `text`.
        """

        name = "essays"
        DESCRIPTION = "Essays on start-ups, programming and writing."
        HOMEPAGE = "https://github.com/sgoel97/essay-datasets"
        CITATION = "Paul Graham, essays"

        def texts(self):
            return {split: [text] for split, text in read_splits().items()}
