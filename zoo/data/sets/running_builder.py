"""The base of tfds data sets of running text, for language models."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable

import tensorflow_datasets as tfds

with tfds.core.registered.skip_registration():

    class RunningBuilder(tfds.core.GeneratorBasedBuilder):
        """Splits of text; an example is a piece of it, as `text`, in the order of the text.

        A data set says its `name`, the three constants and its `texts`.
        """

        VERSION = tfds.core.Version("1.0.0")
        DESCRIPTION: str
        HOMEPAGE: str
        CITATION: str

        @abstractmethod
        def texts(self) -> dict[str, Iterable[str]]:
            """The examples of each split, from files that are pinned and that `sources` fetches."""

        def _info(self) -> tfds.core.DatasetInfo:
            return tfds.core.DatasetInfo(
                builder=self,
                disable_shuffling=True,
                description=self.DESCRIPTION,
                features=tfds.features.FeaturesDict({"text": tfds.features.Text()}),
                homepage=self.HOMEPAGE,
                citation=self.CITATION,
            )

        def _split_generators(self, dl_manager):
            del dl_manager  # it fetches nothing
            return {split: self._generate_examples(some) for split, some in self.texts().items()}

        def _generate_examples(self, some: Iterable[str]):
            for number, text in enumerate(some):
                yield number, {"text": text}
