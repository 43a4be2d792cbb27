"""Text as what a model reads: what all tokenizers have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zoo.inputs.input import Input, Raw

if TYPE_CHECKING:
    import tensorflow as tf


class Text(Input):
    """Base of tokenizers: an item is a string."""

    kind = "text"
    one, many = "a string", "strings"
    advice = "decode bytes and turn arrays into lists first"
    raw = {"text": Raw("string")}
    samples = (
        "A man is riding a bicycle.",
        "Two dogs run through the snow.",
        "Where is the station?",
        "",
        "I don't know what you are talking about, but I would like to hear more of it tomorrow.",
        "L’été, où est la 駅 ? 😀 Là-bas.",
    )

    def is_item(self, value: Any) -> bool:
        """Whether it is a string."""
        return isinstance(value, str)

    def raw_of(self, items):
        return {"text": [item.encode("utf-8", "replace") for item in items]}

    @classmethod
    def read(cls, argument: str) -> str:
        """The argument itself, on one line."""
        return " ".join(argument.splitlines())


def padded(ids: tf.RaggedTensor) -> tf.Tensor:
    """Ids `[batch, (time), ...]` as `[batch, time, ...]`, filled up with 0, in two steps or more.

    TensorFlow's loops over time cannot stack nothing, and some begin after the first step.
    """
    import tensorflow as tf

    dense = ids.to_tensor()
    missing = tf.maximum(2 - tf.shape(dense)[1], 0)
    return tf.pad(dense, [[0, 0], [0, missing], *[[0, 0]] * (dense.shape.rank - 2)])
