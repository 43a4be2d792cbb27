"""The Penn Treebank as a tfds data set of running words, for language models."""

from __future__ import annotations

import tensorflow_datasets as tfds

from zoo.data import sources
from zoo.data.sets.running_builder import RunningBuilder

_SHA256 = {
    "ptb.train.txt": "fcea919f6cf83f35d4d00c6cbf08040d13d4155226340912e2fef9c9c4102cbf",
    "ptb.valid.txt": "c9fe6985fe0d4ccb578183407d7668fc6066c20700cb4cf87d8ff1cc34df1bf2",
    "ptb.test.txt": "dd65dff31e70846b2a6030a87482edcd5d199130cdcfa1f3dccbb033728deee0",
}
sources.pin(
    *(
        sources.SourceFile(
            f"ptb/{name}",
            "http://www.fit.vutbr.cz/~imikolov/rnnlm/simple-examples.tgz",
            sha256,
            member=f"./simple-examples/data/{name}",
        )
        for name, sha256 in _SHA256.items()
    )
)

_FILE_OF_SPLIT = {"train": "train", "validation": "valid", "test": "test"}


def read_lines(split: str) -> list[str]:
    """The sentences of a split, each with its line end, in the order of its file."""
    text = sources.fetch_text(f"ptb/ptb.{_FILE_OF_SPLIT[split]}.txt")
    return text.splitlines(keepends=True)


with tfds.core.registered.skip_registration():

    class PTB(RunningBuilder):
        """News of 1989, lower-cased, 10,000 words known, numbers as N (Mikolov et al. 2010).

        Splits `train` (929,589 tokens, the ends of lines among them), `validation` (73,760) and
        `test` (82,430); an example is a line, with its end, as `text`.
        """

        name = "ptb"
        DESCRIPTION = "Articles of the Wall Street Journal as words between spaces."
        HOMEPAGE = "http://www.fit.vutbr.cz/~imikolov/rnnlm/"
        CITATION = "Marcus et al. 1993; Mikolov et al. 2010"

        def texts(self):
            return {split: read_lines(split) for split in _FILE_OF_SPLIT}
