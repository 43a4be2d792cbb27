"""What the functions of every exported model have in common: raw items in, within one graph.

A class of models names its own in `export_signatures`, a subclass of `Signatures` that says what a
topology answers. Each function takes what the model's `Input` says as `raw`, such as `text`,
strings `[batch]`, or another form of it; a batch may have no items and any may be empty. Some take
more; all they give begins with the batch.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import keras
import tensorflow as tf

from zoo.errors import ConfigError
from zoo.export.quantization import is_worth_it
from zoo.export.quantization import quantize as quantized
from zoo.inputs.input import Raw


class Signatures(tf.Module):
    """Holds what the functions need, so that saving finds it: weights, and resources of inputs.

    A subclass gives `functions`, and where there is more to say, what is listed here.

    Attributes:
        settings: what else an export of such a model may be told, arguments of `__init__`.
        inputs: signature -> the types of what it takes beside the item, by their names.
        samples: items that an export is tried with. None: those of the model's input.

    Args:
        model: the model.
        quantize: "int8" to hold matrices as 8-bit integers, None for weights as they are.

    Raises:
        ValueError: for a setting outside its range.
        ConfigError: if the model has something that no graph can do.
    """

    settings: tuple[str, ...] = ()
    inputs: dict[str, dict[str, tf.DType]] = {}
    samples: tuple[Any, ...] | None = None

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
        self._resources = [r for part in self.parts_of(model) for r in part.resources]

    @staticmethod
    def parts_of(model: Any) -> list[Any]:
        """The parts of a model whose `resources` must be saved with it."""
        return [model.input]

    @classmethod
    def samples_of(cls, model: Any) -> tuple[Any, ...]:
        """The items that an export of a model is tried with."""
        return model.input.samples if cls.samples is None else cls.samples

    def arrays_of(self, *raw: Any) -> dict[str, Any]:
        """The model's arrays of a batch of raw items, those that it is called on.

        The graph refuses items of more than `model.most_steps` steps.
        """
        arrays = self.model.input.in_graph(dict(zip(self.model.input.raw, raw, strict=True)))
        return self.required(arrays)

    def required(self, arrays: dict[str, Any]) -> dict[str, Any]:
        """Those of a batch's arrays that the model is called on, refused if they are too long."""
        arrays = {name: arrays[name] for name in self.model.graph_inputs}
        timed = self.model.timed_input
        if timed is not None:
            arrays[timed] = self.limited(arrays[timed], tf.shape(arrays[timed])[1])
        return arrays

    def limited(self, values: Any, steps: Any) -> Any:
        """What it is given, after the graph has refused a longest item of too many steps.

        Args:
            values: a tensor or a ragged tensor.
            steps: of the longest item, a scalar of whole numbers.
        """
        most = self.model.most_steps
        if most is None:
            return values
        sentence = f"An item has at most {most:,} steps: cut it into parts."
        fits = tf.debugging.assert_less_equal(steps, tf.cast(most, steps.dtype), sentence)
        with tf.control_dependencies([fits]):
            return tf.nest.map_structure(tf.identity, values, expand_composites=True)

    @property
    def model(self) -> Any:
        """The model, to be called in a function."""
        return self._untracked.value

    def functions(self) -> dict[str, Callable[..., dict[str, Any]]]:
        """Signature -> function of raw items and other inputs, to outputs by their names."""
        raise NotImplementedError

    def more_of(self, signature: str, rows: int, answers: dict[str, Any]) -> dict[str, Any]:
        """What a signature takes beside sample items, given what `serving_default` says to them."""
        return {}

    @classmethod
    def answers(cls, model: Any, items: Sequence[Any], **settings: Any) -> dict[str, list]:
        """What the model's own verb says where `serving_default` does, by the outputs' names."""
        raise NotImplementedError

    def raw_of(self, signature: str) -> Mapping[str, Raw]:
        """What a signature takes of an item: what the input does, unless a subclass knows more."""
        return self.model.input.raw

    def raw_values(self, signature: str, items: Sequence[Any]) -> dict[str, list]:
        """Of each item what a signature takes of it, by the names of `raw_of`."""
        return self.raw_of_items(self.model, items)

    @classmethod
    def raw_of_items(cls, model: Any, items: Sequence[Any]) -> dict[str, list]:
        """Of each item what `serving_default` takes."""
        return model.input.raw_of(items)

    def traced(self) -> dict[str, Any]:
        """Signature -> traced function."""
        found = {}
        for name, function in self.functions().items():
            raw = [
                tf.TensorSpec([None, *one.shape], one.dtype, name=key)
                for key, one in self.raw_of(name).items()
            ]
            more = self.inputs.get(name, {}).items()
            specs = [*raw, *(tf.TensorSpec([None], dtype, name=key) for key, dtype in more)]
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
            filled = [
                tf.pad(x, [[0, filling], *[[0, 0]] * (x.shape.rank - 1)])
                if x.dtype != tf.string
                else tf.concat([x, tf.zeros([filling], x.dtype)], axis=0)
                for x in inputs
            ]
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
            f"A {type(model).__name__} cannot be exported as a SavedModel: its class "
            "names no signatures as export_signatures."
        )
    module, _, name = target.partition(":")
    return getattr(importlib.import_module(module), name)


class _Untracked:
    """Holds the model, which tf.Module would save with all that it has of Keras."""

    def __init__(self, value: Any):
        self.value = value
