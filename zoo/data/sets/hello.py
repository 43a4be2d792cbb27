"""The word hello as a tfds data set: the textbook example of a language model, all of it."""

from __future__ import annotations

import tensorflow_datasets as tfds

TEXT = "hello"

with tfds.core.registered.skip_registration():

    class Hello(tfds.core.GeneratorBasedBuilder):
        """One word of five letters, four of them different (Karpathy 2015).

        Splits `train` and `test` are the same: nothing is to be learnt but the word itself.
        """

        name = "hello"
        VERSION = tfds.core.Version("1.0.0")

        def _info(self) -> tfds.core.DatasetInfo:
            return tfds.core.DatasetInfo(
                builder=self,
                disable_shuffling=True,
                description="The word hello.",
                features=tfds.features.FeaturesDict({"text": tfds.features.Text()}),
                homepage="https://karpathy.github.io/2015/05/21/rnn-effectiveness/",
                citation="Karpathy 2015, The Unreasonable Effectiveness of Recurrent Networks",
            )

        def _split_generators(self, dl_manager):
            del dl_manager  # there is no file
            return {split: self._generate_examples() for split in ("train", "test")}

        def _generate_examples(self):
            yield 0, {"text": TEXT}
