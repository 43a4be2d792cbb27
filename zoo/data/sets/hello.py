"""The word hello as a tfds data set: the textbook example of a language model, all of it."""

from __future__ import annotations

import tensorflow_datasets as tfds

from zoo.data.sets.running_builder import RunningBuilder

TEXT = "hello"

with tfds.core.registered.skip_registration():

    class Hello(RunningBuilder):
        """One word of five letters, four of them different (Karpathy 2015).

        Splits `train` and `test` are the same: nothing is to be learnt but the word itself.
        """

        name = "hello"
        DESCRIPTION = "The word hello."
        HOMEPAGE = "https://karpathy.github.io/2015/05/21/rnn-effectiveness/"
        CITATION = "Karpathy 2015, The Unreasonable Effectiveness of Recurrent Networks"

        def texts(self):
            return {"train": [TEXT], "test": [TEXT]}
