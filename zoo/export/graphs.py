"""A model's graph from arrays to logits: what ONNX and LiteRT share.

Both get a folder with the graph and a `model.json`, which says what is needed beside the graph: the
labels in the order of the logits, and what the model's input says of its arrays, such as the words
in the order of their ids.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np

from zoo import files
from zoo.backend import time_loop
from zoo.errors import ConfigError, DamagedFileError

ABOUT_FILE = "model.json"
_TOLERANCE = 1e-3  # of logits, relative to the largest: another runtime adds in another order
_ROUNDED = 0.1  # of the size of all logits, as root mean squares, where products are of 8 bits


def require_graph(
    model: Any, what: str, beam_size: int | None = None, quantize: str | None = None
) -> None:
    """Requires that a model is a graph that reads arrays and gives logits.

    Args:
        model: any model.
        what: the format, for the message.
        beam_size, quantize: what the exporter was asked for.

    Raises:
        ConfigError: with the reason why it is none.
    """
    if keras.backend.backend() != "tensorflow":
        raise ConfigError(
            f"{what} is made from a graph of TensorFlow, and Keras runs on "
            f"{keras.backend.backend()} here: save the model, and export the file with "
            "KERAS_BACKEND=tensorflow."
        )
    if not getattr(model, "is_graph", False):
        raise ConfigError(
            f"A {type(model).__name__} cannot be exported as {what}, which carries one pass from "
            "arrays to logits, and no search: export it as a SavedModel."
        )
    if getattr(model, "crf", None) is not None:
        raise ConfigError(
            f"{what} would carry the scores of each word alone, but the CRF of the model "
            f"{model.name!r} chooses labels together: train it without crf."
        )
    if not model.input.raw:
        raise ConfigError(
            f"The model {model.name!r} has no tokenizer or other input, so nobody could make arrays"
            " for its graph: build it with one."
        )
    if beam_size is not None:
        raise ConfigError(f"{what} carries no search: leave out beam_size={beam_size}.")
    if quantize is not None:
        raise ConfigError(f"{what} is not quantized here: leave out quantize={quantize!r}.")


def graph_function(model: Any, rows: int | None, time: int | None, unrolled: bool = False) -> Any:
    """The graph as a `tf.function` of the model's inputs, by their names.

    Args:
        model: a model with `graph_inputs`.
        rows: rows of a batch; None: any number.
        time: words of a text; None: any number.
        unrolled: whether loops over time are written out step by step.
    """
    import tensorflow as tf

    specs = [
        tf.TensorSpec(
            [rows, *(time if size is None else size for size in array.shape)], array.dtype, name
        )
        for name, array in model.graph_inputs.items()
    ]

    def run(*inputs):
        with time_loop.for_export(unrolled):
            logits = model(dict(zip(model.graph_inputs, inputs, strict=True)), training=False)
        return tf.identity(tf.cast(logits, tf.float32), name="logits")

    return tf.function(run, autograph=False, input_signature=specs)


@contextlib.contextmanager
def graph_folder(model: Any, folder: Path, more: dict[str, Any]) -> Iterator[Path]:
    """Gives the folder to write a graph into; it gets its name when all went well.

    Args:
        model: the model, of which `model.json` tells.
        folder: where to.
        more: what `model.json` says besides.

    Raises:
        ConfigError: if there is something of this name.
        MissingFileError: if the folder that it is to stand in does not exist.
    """
    if folder.exists():
        raise ConfigError(f"{folder} exists already: name a folder that does not.")
    about = {
        "inputs": {
            name: ["batch", *("time" if size is None else size for size in array.shape)]
            for name, array in model.graph_inputs.items()
        },
        **({"labels": model.labels} if hasattr(model, "labels") else {}),
        **model.input.meaning(),
        **more,
    }
    with files.new_folder(folder) as part:
        text = json.dumps(about, ensure_ascii=False, indent=1)
        (part / ABOUT_FILE).write_text(text, encoding="utf-8")
        yield part


def compare_graph(
    model: Any,
    run: Callable[[dict[str, np.ndarray]], np.ndarray],
    shapes: list[tuple[int, int]],
    what: str,
    is_rounded: bool = False,
) -> None:
    """Requires that a runtime gives the model's own logits.

    Args:
        model: the model.
        run: inputs by their names to logits, in the other runtime.
        shapes: rows and words of the batches that are tried; their texts have different lengths.
        what: the format, for the message.
        is_rounded: whether it computes with 8-bit integers.

    Raises:
        DamagedFileError: if it gives others.
    """
    rng = np.random.default_rng(0)
    apart_and_all = np.zeros(2)  # sums of squares
    for rows, time in shapes:
        inputs = {
            name: values
            for name, values in model.input.random(rng, rows, time).items()
            if name in model.graph_inputs
        }
        found = run(inputs)
        tensors = {name: keras.ops.convert_to_tensor(x) for name, x in inputs.items()}
        expected = keras.ops.convert_to_numpy(model(tensors, training=False))
        if expected.ndim == 3:  # what stands at padding is nobody's
            real = keras.ops.convert_to_numpy(model.input.mask(tensors))
            found, expected = found[real], expected[real]
        apart = found - expected
        apart_and_all += np.sum(apart**2), np.sum(expected**2)
        if is_rounded:
            continue
        gap = float(np.abs(apart).max() / max(1.0, np.abs(expected).max()))
        if not gap < _TOLERANCE:  # NaN is not
            raise DamagedFileError(
                f"The graph as {what} gives other logits than the model, {gap:.1e} away on a batch "
                f"of {rows} x {time}: export a SavedModel in its place."
            )
    if is_rounded:
        gap = float(np.sqrt(apart_and_all[0] / apart_and_all[1]))
        if not gap < _ROUNDED:
            raise DamagedFileError(
                f"The graph as {what} gives other logits than the model, {gap:.0%} of their size "
                "away: leave out quantize."
            )
