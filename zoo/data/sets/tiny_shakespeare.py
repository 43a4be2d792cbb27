"""A million characters of Shakespeare's plays as a tfds data set, for language models."""

from __future__ import annotations

import tensorflow_datasets as tfds

from zoo.data import sources
from zoo.data.sets.running_builder import RunningBuilder

sources.pin(
    sources.SourceFile(
        "tiny_shakespeare/input.txt",
        "https://raw.githubusercontent.com/karpathy/char-rnn/"
        "6f9487a6fe5b420b7ca9afb0d7c078e37c1d1b4e/data/tinyshakespeare/input.txt",
        "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed",
    )
)

_FILE = "tiny_shakespeare/input.txt"
_TRAINED_ON = 0.9  # fraction of the characters; the rest is for the test, as is the custom


def read_splits() -> dict[str, str]:
    """The text of each split: "train" its first 90 % of characters, "test" the rest."""
    text = sources.fetch_text(_FILE)
    end = int(len(text) * _TRAINED_ON)
    return {"train": text[:end], "test": text[end:]}


with tfds.core.registered.skip_registration():

    class TinyShakespeare(RunningBuilder):
        """Scenes of Shakespeare, 40,000 lines in one file (Karpathy 2015).

        Split `train` is the first 90 % of the characters, `test` the last 10 %, each one example
        with its `text`. A validation text is cut off the end of `train` by who needs one.
        """

        name = "tiny_shakespeare"
        DESCRIPTION = "Scenes of Shakespeare's plays."
        HOMEPAGE = "https://github.com/karpathy/char-rnn"
        CITATION = "Karpathy 2015, The Unreasonable Effectiveness of Recurrent Networks"

        def texts(self):
            return {split: [text] for split, text in read_splits().items()}
