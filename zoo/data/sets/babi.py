"""Twenty tasks of questions about small made-up stories, as a tfds data set."""

from __future__ import annotations

import re
from collections.abc import Iterator

import tensorflow_datasets as tfds

from zoo.data import sources
from zoo.data.archives import files_of
from zoo.data.hashed_splits import split_of
from zoo.data.questions import Question

_FILE = "babi/babi.tar.xz"
sources.pin(
    sources.SourceFile(
        _FILE,
        "https://github.com/diixo/bAbi-tasks-with-transformer-model/archive/ef2bdcb7d297.zip",
        "5cb7a436625be26bd166c8517429371dfb621ccb104f33aaf4c9e34c2be6ad15",
        newest_release=True,  # packed anew in the mirror
    )
)
TASKS = 20
_NAME = re.compile(r"(?:.*/)?tasks_1-20_v1-2/en/(qa(\d+)_[\w-]+)_(train|test)\.txt")


def questions(text: str, kind: str) -> Iterator[tuple[int, Question]]:
    """Yields the questions of a file, and for each the number of its story, from 0.

    Args:
        text: numbered lines, from 1 in each story; a line with a tab is a question, and has its
            answer and the numbers of the lines that say it.
        kind: what the questions of this file are called.

    Raises:
        ValueError: when a line has no number, or the first is not numbered 1.
    """
    story: list[str] = []
    number = -1
    for line in text.splitlines():
        place, _, said = line.strip().partition(" ")
        if not place.isdecimal() or (number < 0 and int(place) != 1):
            raise ValueError(f"no line of a story: {line[:40]!r}")
        if int(place) == 1:
            story, number = [], number + 1
        if "\t" not in said:
            story.append(said)
            continue
        question, answer, *_ = (part.strip() for part in said.split("\t"))
        yield number, Question(question, " ".join(story), answer, kind)


def read_splits() -> dict[str, list[Question]]:
    """The questions of each split, task by task.

    Returns:
        "train", "validation" and "test". A tenth of the training stories, chosen by a hash of task
        and number, is the validation split.

    Raises:
        DamagedFileError: if the file is no such archive.
        MissingFileError, OfflineError: as `sources.fetch` does.
    """
    with files_of(sources.fetch(_FILE), "the 20 tasks", _NAME) as files:
        if len(files) != 2 * TASKS:
            raise ValueError(f"it has {len(files)} files of questions")
        found: dict[str, list[Question]] = {"train": [], "validation": [], "test": []}
        for match, content in sorted(files, key=lambda file: (int(file[0][2]), file[0][3])):
            kind = match[1]
            for number, question in questions(content.decode("utf-8"), kind):
                # Two tenths of all names are not for training, and here one of them is.
                place = "train" if split_of(f"{kind}/{number}") != "validation" else "validation"
                found["test" if match[3] == "test" else place].append(question)
    return found


with tfds.core.registered.skip_registration():

    class BAbI(tfds.core.GeneratorBasedBuilder):
        """Questions about stories of a simulated world (Weston et al. 2015, arXiv:1502.05698).

        English, version 1.2, 1,000 questions a task to train on and as many to test. An example has
        its `question`, the `context` before it, its `answer` (several are set apart by commas), and
        the `kind` of the question, such as "qa1_single-supporting-fact". Splits `train`,
        `validation` (a tenth of the training stories) and `test`.
        """

        name = "babi"
        VERSION = tfds.core.Version("1.0.0")

        def _info(self) -> tfds.core.DatasetInfo:
            names = ("question", "context", "answer", "kind")
            return tfds.core.DatasetInfo(
                builder=self,
                disable_shuffling=True,
                description="Twenty tasks of questions about small stories.",
                features=tfds.features.FeaturesDict({one: tfds.features.Text() for one in names}),
                homepage="https://github.com/diixo/bAbi-tasks-with-transformer-model",
                citation="Weston et al. 2015, arXiv:1502.05698",
                license="CC BY 3.0",
            )

        def _split_generators(self, dl_manager):
            del dl_manager  # the file is pinned and fetched by zoo.data.sources
            return {split: self._generate_examples(rows) for split, rows in read_splits().items()}

        def _generate_examples(self, rows: list[Question]):
            for number, row in enumerate(rows):
                yield number, row._asdict()
