"""What the functions of every exported model have in common: strings in, within one graph.

A class of models names its own in `export_signatures`, a subclass of `Signatures` that says what a
topology answers. Each function takes `text`, strings `[batch]`, of which a batch may have none and
any may be empty, and some take more; all they give begins with the batch.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from typing import Any

import keras
import tensorflow as tf

from zoo.errors import ConfigError
from zoo.export.quantization import is_worth_it
from zoo.export.quantization import quantize as quantized

SAMPLES = (
    "A man is riding a bicycle.",
    "Two dogs run through the snow.",
    "Where is the station?",
    "",
    "I don't know what you are talking about, but I would like to hear more of it tomorrow.",
    "L’été, où est la 駅 ? 😀 Là-bas.",
)


class Signatures(tf.Module):
    """Holds what the functions need, so that saving finds it: weights and tokenizers.

    A subclass gives `functions`, and where there is more to say, what is listed here.

    Attributes:
        settings: what else an export of such a model may be told, arguments of `__init__`.
        tokenizers: the names of the model's tokenizers.
        inputs: signature -> the types of what it takes beside the text, by their names.
        samples: texts that an export is tried with.

    Args:
        model: the model.
        quantize: "int8" to hold matrices as 8-bit integers, None for weights as they are.

    Raises:
        ValueError: for a setting outside its range.
        ConfigError: if the model has something that no graph can do.
    """

    settings: tuple[str, ...] = ()
    tokenizers: tuple[str, ...] = ("tokenizer",)
    inputs: dict[str, dict[str, tf.DType]] = {}
    samples: tuple[str, ...] = SAMPLES

    def __init__(self, model: Any, quantize: str | None = None):
        super().__init__()
        self._untracked = _Untracked(model)
        # Pairs of steps and scales, by the place of their variable.
        self._quantized: dict[str, list] = {}
        self._weights = []
        for i, variable in enumerate(model.variables):
            if quantize is not None and is_worth_it(variable.numpy()):
                pair = quantized(variable.numpy())
                self._quantized[str(i)] = [tf.Variable(x, trainable=False) for x in pair]
            else:
                self._weights.append(variable.value)
        self._resources = [r for name in self.tokenizers for r in getattr(model, name).resources]

    @property
    def model(self) -> Any:
        """The model, to be called in a function."""
        return self._untracked.value

    def functions(self) -> dict[str, Callable[..., dict[str, Any]]]:
        """Signature -> function of the text and its other inputs, to outputs by their names."""
        raise NotImplementedError

    def more_of(self, signature: str, text: Any, answers: dict[str, Any]) -> dict[str, Any]:
        """What a signature takes beside a sample text, given what `serving_default` says to it."""
        return {}

    @classmethod
    def answers(cls, model: Any, texts: Sequence[str], **settings: Any) -> dict[str, list]:
        """What the model's own verb says where `serving_default` does, by the outputs' names."""
        raise NotImplementedError

    def traced(self) -> dict[str, Any]:
        """Signature -> traced function."""
        found = {}
        for name, function in self.functions().items():
            types = {"text": tf.string, **self.inputs.get(name, {})}
            specs = [tf.TensorSpec([None], dtype, name=key) for key, dtype in types.items()]
            whole = tf.function(self._complete(function), autograph=False, input_signature=specs)
            found[name] = whole.get_concrete_function()
        return found

    def _complete(self, function):
        """`function` with the weights that are stored, and for a batch of no rows too.

        Such a batch is given a row that is empty, and loses it again: TensorFlow's loops over time
        cannot stack nothing.
        """
        variables = self.model.variables

        def run(*inputs):
            weights = [
                (variables[int(i)], tf.cast(steps, tf.float32) * scales)
                for i, (steps, scales) in self._quantized.items()
            ]
            rows = tf.shape(inputs[0])[0]
            filling = tf.maximum(1 - rows, 0)
            filled = [tf.concat([x, tf.zeros([filling], x.dtype)], axis=0) for x in inputs]
            with keras.StatelessScope(state_mapping=weights):
                outputs = function(*filled)
            return {key: value[:rows] for key, value in outputs.items()}

        return run


def signatures_of(model: Any) -> type[Signatures]:
    """The signatures that the class of a model names.

    Raises:
        ConfigError: if it names none.
    """
    target = getattr(model, "export_signatures", None)
    if target is None:
        raise ConfigError(
            f"A {type(model).__name__} cannot be exported as a SavedModel of strings: its class "
            "names no signatures as export_signatures."
        )
    module, _, name = target.partition(":")
    return getattr(importlib.import_module(module), name)


def padded(ids: tf.RaggedTensor) -> tf.Tensor:
    """Ids `[batch, (time), ...]` as `[batch, time, ...]`, filled up with 0, in two steps or more.

    TensorFlow's loops over time cannot stack nothing, and some begin after the first step.
    """
    dense = ids.to_tensor()
    missing = tf.maximum(2 - tf.shape(dense)[1], 0)
    return tf.pad(dense, [[0, 0], [0, missing], *[[0, 0]] * (dense.shape.rank - 2)])


class _Untracked:
    """Holds the model, which tf.Module would save with all that it has of Keras."""

    def __init__(self, value: Any):
        self.value = value
