"""Universal Dependencies treebanks as a tfds data set: sentences, their words, and their tags."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import tensorflow_datasets as tfds

from zoo.data import loading, sources
from zoo.data.upos import UPOS
from zoo.errors import DamagedFileError

_FILE_OF_SPLIT = {"train": "train", "validation": "dev", "test": "test"}


@dataclasses.dataclass(frozen=True)
class TaggedSentence:
    """A sentence of a treebank.

    Attributes:
        text: the sentence as it was written.
        tokens: its syntactic words.
        tags: the part of speech of each.
    """

    text: str
    tokens: tuple[str, ...]
    tags: tuple[str, ...]


@dataclasses.dataclass
class TreebankConfig(tfds.core.BuilderConfig):
    """A treebank: the path of its files as `sources.fetch` wants it, and its language."""

    path: str = ""
    language: str = ""


def read_conllu(path: str) -> list[TaggedSentence]:
    """Reads the syntactic words of a CoNLL-U file (universaldependencies.org/format.html).

    The lines of multi-word tokens (`1-2`) and of empty nodes (`1.1`) are left out.

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
        text, words = "", []
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
        if words:
            tokens, tags = zip(*words, strict=True)
            if unknown := set(tags) - set(UPOS):
                raise ValueError(f"sentence {number} has the tag {unknown.pop()}")
            yield TaggedSentence(text, tokens, tags)


def read_tagged(name: str, split: str) -> list[TaggedSentence]:
    """Returns the sentences of a split, in the order of its file.

    Args:
        name: a treebank, such as "ud/ewt".
        split: "train", "validation" or "test".

    Returns:
        The sentences.

    Raises:
        UnknownNameError, ConfigError, MissingFileError, DamagedFileError, OfflineError: as
            `load_examples` does.
    """
    return [
        TaggedSentence(
            example["text"].decode(),
            tuple(token.decode() for token in example["tokens"]),
            tuple(tag.decode() for tag in example["upos"]),
        )
        for example in loading.load_examples(name, split).as_numpy_iterator()
    ]


with tfds.core.registered.skip_registration():

    class UniversalDependencies(tfds.core.GeneratorBasedBuilder):
        """Treebanks with universal parts of speech (Nivre et al. 2020, arXiv:2004.10643).

        Configs `ewt` (English web text, Silveira et al. 2014) and `sequoia` (French, Candito and
        Seddah 2012); official splits `train`, `validation` (the file named `dev`) and `test`. An
        example holds the `text` of a sentence, its syntactic words (`tokens`) and their `upos`.
        """

        name = "ud"
        VERSION = tfds.core.Version("1.0.0")
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
                    },
                )
