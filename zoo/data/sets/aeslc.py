"""E-mails and their subject lines as a tfds data set."""

from __future__ import annotations

import re

import tensorflow_datasets as tfds

from zoo.data import sources
from zoo.data.archives import files_of
from zoo.data.summarised import Summarised

_FILE = "aeslc/aeslc.tar.xz"
sources.pin(
    sources.SourceFile(
        _FILE,
        "https://github.com/ryanzhumich/AESLC/archive/7afc087a1cc2.zip",
        "a94a3b37a91c0daeb605225b66845ed0bf8dd59b8002fcacaba5fbaf20629554",
        newest_release=True,  # packed anew in the mirror
    )
)
_NAME = re.compile(r"(?:.*/)?enron_subject_line/(train|dev|test)/([\w-]+)\.subject")
_SPLIT = {"train": "train", "dev": "validation", "test": "test"}
_PART = re.compile(r"^@(subject|ann[0-2])$", re.MULTILINE)  # a line before what it names


def parsed(content: str) -> Summarised:
    """The e-mail of a file, its subject line, and what three people wrote for one.

    Raises:
        ValueError: if there is no subject line.
    """
    text, *parts = _PART.split(content)
    found = {name: value.strip() for name, value in zip(parts[::2], parts[1::2], strict=True)}
    if not text.strip() or not found.get("subject"):
        raise ValueError(f"no e-mail with a subject: {content[:40]!r}")
    others = tuple(found[name] for name in sorted(found) if name != "subject" and found[name])
    return Summarised(text.strip(), found["subject"], others)


def read_splits() -> dict[str, list[Summarised]]:
    """The e-mails of each split, in the order of their names.

    Returns:
        "train", "validation" and "test", as they are published.

    Raises:
        DamagedFileError: if the file is no such archive.
        MissingFileError, OfflineError: as `sources.fetch` does.
    """
    found: dict[str, dict[str, Summarised]] = {split: {} for split in _SPLIT.values()}
    with files_of(sources.fetch(_FILE), "e-mails", _NAME) as files:
        for match, content in files:
            found[_SPLIT[match[1]]][match[2]] = parsed(content.decode("utf-8"))
        if not all(found.values()):
            raise ValueError("it has too few e-mails")
    return {split: [mails[name] for name in sorted(mails)] for split, mails in found.items()}


with tfds.core.registered.skip_registration():

    class AESLC(tfds.core.GeneratorBasedBuilder):
        """E-mails and their subject lines (Zhang and Tetreault 2019, arXiv:1906.03497).

        An example has the `text` of an e-mail without what it quotes, its `summary`, the subject
        line that it had, and `others`, the lines that three people wrote for it afterwards; e-mails
        of `train` have none of these. Splits as published: 14,436 / 1,960 / 1,906.
        """

        name = "aeslc"
        VERSION = tfds.core.Version("1.0.0")

        def _info(self) -> tfds.core.DatasetInfo:
            text = tfds.features.Text()
            return tfds.core.DatasetInfo(
                builder=self,
                disable_shuffling=True,
                description="E-mails and their subject lines.",
                features=tfds.features.FeaturesDict(
                    {"text": text, "summary": text, "others": tfds.features.Sequence(text)}
                ),
                homepage="https://github.com/ryanzhumich/AESLC",
                citation="Zhang and Tetreault 2019, arXiv:1906.03497",
                license="CC BY-NC-SA 4.0",
            )

        def _split_generators(self, dl_manager):
            del dl_manager  # the file is pinned and fetched by zoo.data.sources
            return {split: self._generate_examples(rows) for split, rows in read_splits().items()}

        def _generate_examples(self, rows: list[Summarised]):
            for number, row in enumerate(rows):
                yield number, {**row._asdict(), "others": list(row.others)}
