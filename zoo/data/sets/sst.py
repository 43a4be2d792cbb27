"""The Stanford Sentiment Treebank as a tfds data set: phrases to train on, sentences to test."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator

import tensorflow_datasets as tfds

from zoo.data import sources
from zoo.data.labelled import LabelledText
from zoo.errors import DamagedFileError

sources.pin(
    sources.SourceFile(
        "sst/trainDevTestTrees_PTB.zip",
        "https://nlp.stanford.edu/sentiment/trainDevTestTrees_PTB.zip",
        "60f4731ac975ff9f1604e9b8b37f04303322245f854ab72a32286264fe146e85",
        newest_release=True,
    )
)

_FILE = "sst/trainDevTestTrees_PTB.zip"
_FILE_OF_SPLIT = {"train": "train", "validation": "dev", "test": "test"}
_RATINGS = ("very negative", "negative", "neutral", "positive", "very positive")
_NEUTRAL = 2
_BRACKETS = {"-LRB-": "(", "-RRB-": ")"}


def phrases(tree: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yields the rating and the words of every phrase of a tree, the whole sentence last.

    Args:
        tree: such as "(3 (2 A) (4 (4 warm) (2 film)))".

    Raises:
        ValueError: when its brackets do not match or a rating is none.
    """
    open_phrases: list[tuple[int, int]] = []  # rating, and the number of words before
    words: list[str] = []
    parts = tree.replace("(", " ( ").replace(")", " ) ").split()
    position = 0
    while position < len(parts):
        part = parts[position]
        if part == "(":
            position += 1
            rating = int(parts[position]) if position < len(parts) else -1
            if not 0 <= rating <= 4 or (words and not open_phrases):
                raise ValueError(f"no tree: {tree[:40]!r}")
            open_phrases.append((rating, len(words)))
        elif part == ")":
            rating, begin = open_phrases.pop()
            yield rating, tuple(words[begin:])
        elif not open_phrases:
            raise ValueError(f"no tree: {tree[:40]!r}")
        else:
            words.append(_BRACKETS.get(part, part).replace("\\/", "/"))
        position += 1
    if open_phrases or not words:
        raise ValueError(f"no tree: {tree[:40]!r}")


def read_trees(split: str) -> list[list[tuple[int, tuple[str, ...]]]]:
    """Reads the trees of a split.

    Args:
        split: "train", "validation" or "test".

    Returns:
        For each sentence its phrases as `phrases` gives them.

    Raises:
        DamagedFileError: when the file cannot be unpacked.
    """
    path = sources.fetch(_FILE)
    try:
        with zipfile.ZipFile(path) as archive:
            text = archive.read(f"trees/{_FILE_OF_SPLIT[split]}.txt").decode("utf-8")
        return [list(phrases(line)) for line in text.splitlines() if line.strip()]
    except (zipfile.BadZipFile, zlib.error, KeyError, ValueError, IndexError) as error:
        raise DamagedFileError(
            f"{path} is no zip file with the trees of the treebank ({error}): get the file again."
        ) from error


def labelled(
    trees: list[list[tuple[int, tuple[str, ...]]]], config: str, sentences: bool
) -> list[LabelledText]:
    """Returns the labelled texts of trees.

    Args:
        trees: what `read_trees` gives.
        config: "fine" keeps five ratings; "binary" two polarities, without what is neutral.
        sentences: whether whole sentences are wanted, or all their phrases, each once.
    """
    rows = [row for tree in trees for row in (tree[-1:] if sentences else tree)]
    found = []
    for rating, tokens in rows if sentences else dict.fromkeys(rows):
        if config == "binary" and rating == _NEUTRAL:
            continue
        name = _RATINGS[rating] if config == "fine" else _polarity(rating)
        found.append(LabelledText(tokens, name))
    return found


def _polarity(rating: int) -> str:
    return "negative" if rating < _NEUTRAL else "positive"


with tfds.core.registered.skip_registration():

    class SST(tfds.core.GeneratorBasedBuilder):
        """Sentences of film reviews, every phrase of which people have rated (Socher et al. 2013).

        Config `fine` has five labels, `binary` two, without what is neutral. Split `train` has all
        phrases of the training trees, each different one once with each of its labels; `validation`
        (the file named `dev`) and `test` have whole sentences, as is the custom.
        """

        name = "sst"
        VERSION = tfds.core.Version("1.0.0")
        BUILDER_CONFIGS = [
            tfds.core.BuilderConfig(name="fine"),
            tfds.core.BuilderConfig(name="binary"),
        ]

        def _info(self) -> tfds.core.DatasetInfo:
            return tfds.core.DatasetInfo(
                builder=self,
                disable_shuffling=True,  # examples keep the order of the file
                description="Film reviews, rated phrase by phrase.",
                features=tfds.features.FeaturesDict(
                    {
                        "tokens": tfds.features.Sequence(tfds.features.Text()),
                        "label": tfds.features.Text(),
                    }
                ),
                homepage="https://nlp.stanford.edu/sentiment/",
                citation="Socher et al. 2013",
            )

        def _split_generators(self, dl_manager):
            del dl_manager  # the files are pinned and fetched by zoo.data.sources
            trees = {split: read_trees(split) for split in _FILE_OF_SPLIT}
            return {
                split: self._generate_examples(
                    labelled(rows, self.builder_config.name, sentences=split != "train")
                )
                for split, rows in trees.items()
            }

        def _generate_examples(self, texts: list[LabelledText]):
            for number, text in enumerate(texts):
                yield number, {"tokens": list(text.text), "label": text.label}
