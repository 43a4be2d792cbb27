"""Universal Dependencies treebanks as a tfds data set: sentences, their words, and their tags."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import numpy as np
import tensorflow_datasets as tfds

from zoo.data import sources
from zoo.data.tagged import TaggedSentence
from zoo.errors import DamagedFileError
from zoo.inputs.upos import UPOS


def _ud(
    folder: str, repository: str, commit: str, digests: dict[str, str]
) -> list[sources.SourceFile]:
    """The CoNLL-U files of a treebank at one commit, by their names."""
    return [
        sources.SourceFile(
            f"{folder}/{name}",
            f"https://raw.githubusercontent.com/UniversalDependencies/{repository}/{commit}/{name}",
            digest,
        )
        for name, digest in digests.items()
    ]


sources.pin(
    *_ud(
        "ud_english_ewt",
        "UD_English-EWT",
        "15d613d8447b3478787d4c278730a1e48a945efb",
        {
            "en_ewt-ud-train.conllu": (
                "3fb78e2b55482c8ee00caa653af436c88c9e5bc9a73ce26e4ae3ddc79d2b7e7b"
            ),
            "en_ewt-ud-dev.conllu": (
                "531a54ff90d6ab12201c5a50c3e78e6ddac4de69abc4bce5d275d3cd29efe2b6"
            ),
            "en_ewt-ud-test.conllu": (
                "e266e515a0a7547657ed3d90d9ba46487d6bd251f27ad4269d4e8a427c8555cd"
            ),
        },
    ),
    *_ud(
        "ud_french_sequoia",
        "UD_French-Sequoia",
        "f5b049600c89d2cf15ebbec860f75d703884d32b",
        {
            "fr_sequoia-ud-train.conllu": (
                "56424954edf9d20a4d1184e37bfe931fb7c64da82bf2a587b4f35b828d79d767"
            ),
            "fr_sequoia-ud-dev.conllu": (
                "a5138dc5e8886484c2f8919e97113f56b9e4329e5cf2a999c021d6ee45e8b45d"
            ),
            "fr_sequoia-ud-test.conllu": (
                "a650e7a223fe191009ded17cedae740659449be20354bd68205c376de4ddef2d"
            ),
        },
    ),
)

_FILE_OF_SPLIT = {"train": "train", "validation": "dev", "test": "test"}


@dataclasses.dataclass
class TreebankConfig(tfds.core.BuilderConfig):
    """A treebank: the path of its files as `sources.fetch` wants it, and its language."""

    path: str = ""
    language: str = ""


def read_conllu(path: str) -> list[TaggedSentence]:
    """Reads the words of a CoNLL-U file (universaldependencies.org/format.html).

    The words are the syntactic ones; the lines of multiword tokens (`1-2`) say which of them are
    contracted. Those of empty nodes (`1.1`) are left out.

    Args:
        path: of the file, as `sources.fetch` wants it.

    Returns:
        The sentences, in the order of the file.

    Raises:
        DamagedFileError: when the file is no CoNLL-U.
    """
    file = sources.fetch(path)
    try:
        return list(parse_conllu(file.read_text(encoding="utf-8")))
    except (UnicodeDecodeError, ValueError) as error:
        raise DamagedFileError(f"{file} is no CoNLL-U file ({error}): get it again.") from error


def parse_conllu(content: str) -> Iterator[TaggedSentence]:
    """Yields the sentences of the text of a CoNLL-U file; a ValueError says what is wrong in it."""
    for number, block in enumerate(content.split("\n\n"), 1):
        text, words, contracted = "", [], []
        for line in filter(None, block.split("\n")):
            if line.startswith("#"):
                key, _, value = line[1:].partition("=")
                text = value.strip() if key.strip() == "text" else text
                continue
            cells = line.split("\t")
            if len(cells) != 10:
                raise ValueError(f"sentence {number} has a line of {len(cells)} columns, not 10")
            if cells[0].isdecimal():
                words.append((cells[1], cells[3]))
            elif "-" in cells[0]:
                first, _, last = cells[0].partition("-")
                contracted.append((cells[1], int(first) - 1, int(last)))
        if words:
            tokens, tags = zip(*words, strict=True)
            if unknown := set(tags) - set(UPOS):
                raise ValueError(f"sentence {number} has the tag {unknown.pop()}")
            yield TaggedSentence(text, tokens, tags, tuple(contracted))


with tfds.core.registered.skip_registration():

    class UniversalDependencies(tfds.core.GeneratorBasedBuilder):
        """Treebanks with universal parts of speech (Nivre et al. 2020, arXiv:2004.10643).

        Configs `ewt` (English web text, Silveira et al. 2014) and `sequoia` (French, Candito and
        Seddah 2012); official splits `train`, `validation` (the file named `dev`) and `test`. An
        example holds the `text` of a sentence, its syntactic words (`tokens`), their `upos`, and
        its multiword tokens (`contracted`): the `text` of each and the places of its words, from
        `first` to before `end`.
        """

        name = "ud"
        VERSION = tfds.core.Version("1.1.0")
        RELEASE_NOTES = {"1.1.0": "Multiword tokens."}
        BUILDER_CONFIGS = [
            TreebankConfig(name="ewt", path="ud_english_ewt/en_ewt-ud", language="en"),
            TreebankConfig(name="sequoia", path="ud_french_sequoia/fr_sequoia-ud", language="fr"),
        ]

        def _info(self) -> tfds.core.DatasetInfo:
            return tfds.core.DatasetInfo(
                builder=self,
                disable_shuffling=True,  # examples keep the order of the file
                description="Sentences and the parts of speech of their syntactic words.",
                features=tfds.features.FeaturesDict(
                    {
                        "text": tfds.features.Text(),
                        "tokens": tfds.features.Sequence(tfds.features.Text()),
                        "upos": tfds.features.Sequence(tfds.features.Text()),
                        "contracted": tfds.features.Sequence(
                            {
                                "text": tfds.features.Text(),
                                "first": np.int32,
                                "end": np.int32,
                            }
                        ),
                    }
                ),
                homepage="https://universaldependencies.org",
                citation="Nivre et al. 2020",
            )

        def _split_generators(self, dl_manager):
            del dl_manager  # the files are pinned and fetched by zoo.data.sources
            # All files are read before anything is written, so that a damaged one is met first.
            read = {
                split: read_conllu(f"{self.builder_config.path}-{file}.conllu")
                for split, file in _FILE_OF_SPLIT.items()
            }
            return {split: self._generate_examples(rows) for split, rows in read.items()}

        def _generate_examples(self, sentences: list[TaggedSentence]):
            for number, sentence in enumerate(sentences):
                yield (
                    number,
                    {
                        "text": sentence.text,
                        "tokens": list(sentence.tokens),
                        "upos": list(sentence.tags),
                        "contracted": [
                            {"text": token, "first": first, "end": end}
                            for token, first, end in sentence.contracted
                        ],
                    },
                )
