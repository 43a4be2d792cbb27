"""Texts and their labels, from any data set that has them."""

from __future__ import annotations

import dataclasses

from zoo.data import loading


@dataclasses.dataclass(frozen=True)
class LabelledText:
    """A text and its label.

    Attributes:
        text: a string; or its words, where the data set has cut them already.
        label: its label; empty where it has none.
    """

    text: str | tuple[str, ...]
    label: str


def read_labelled(name: str, split: str) -> list[LabelledText]:
    """Returns the texts of a split, in the order of its file.

    Args:
        name: such as "sst/fine", "sst/binary" or "imdb".
        split: "train", "validation" or "test"; of "imdb" also "unlabelled". The training texts of
            "sst" are all phrases, the others are sentences.

    Returns:
        The texts.

    Raises:
        UnknownNameError, ConfigError, MissingFileError, DamagedFileError, OfflineError: as
            `load_examples` does.
    """
    examples = loading.load_examples(name, split)
    if "tokens" not in examples.element_spec:
        return [
            LabelledText(example["text"].decode(), example["label"].decode())
            for example in examples.as_numpy_iterator()
        ]
    return [
        LabelledText(tuple(token.decode() for token in tokens), label.decode())
        for batch in examples.ragged_batch(1024)
        for tokens, label in zip(batch["tokens"].to_list(), batch["label"].numpy(), strict=True)
    ]
