"""A model's graph from ids to logits, for runtimes that know no text: what ONNX and LiteRT share.

Both get a folder with the graph and a `model.json`, which says what is needed beside the graph: the
labels in the order of the logits, and the words and characters, or the tokens of a language model,
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


def require_graph(
    model: Any, what: str, beam_size: int | None = None, quantize: str | None = None
) -> None:
    """Requires that a model is a graph that reads ids and gives logits.

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
    if not hasattr(model, "graph_inputs"):
        raise ConfigError(
            f"A {type(model).__name__} cannot be exported as {what}, which carries one pass from "
            "ids to logits, and neither a search nor text: export it as a SavedModel."
        )
    if getattr(model, "crf", None) is not None:
        raise ConfigError(
            f"{what} would carry the scores of each word alone, but the CRF of the model "
            f"{model.name!r} chooses labels together: train it without crf."
        )
    if model.tokenizer is None:
        raise ConfigError(
            f"The model {model.name!r} has no tokenizer, so nobody could make ids for its graph: "
            "build it with tokenizer=..."
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
        tf.TensorSpec([rows, *(time if size is None else size for size in shape)], tf.int32, name)
        for name, shape in model.graph_inputs.items()
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
            name: ["batch", *("time" if size is None else size for size in shape)]
            for name, shape in model.graph_inputs.items()
        },
        **_meaning(model),
        **more,
    }
    with files.new_folder(folder) as part:
        text = json.dumps(about, ensure_ascii=False, indent=1)
        (part / ABOUT_FILE).write_text(text, encoding="utf-8")
        yield part


def _meaning(model: Any) -> dict[str, Any]:
    """What the ids and the logits of a model stand for."""
    tokenizer = model.tokenizer
    if "tokens" in model.graph_inputs:
        return {
            "ids": "places among `tokens`, those of the logits too, which are of the token that "
            "follows each; a text is read after the token `begin`",
            "tokens": tokenizer.pieces(range(tokenizer.vocabulary_size)),
            "begin": tokenizer.begin_id,
        }
    return {
        "labels": model.labels,
        "ids": "0 pads at the right, 1 is unknown; words count from 2; characters from 4, between "
        "2 and 3 at the beginning and the end of a word",
        "words": tokenizer.words,
        "characters": tokenizer.characters,
    }


def compare_graph(
    model: Any,
    run: Callable[[dict[str, np.ndarray]], np.ndarray],
    shapes: list[tuple[int, int]],
    what: str,
) -> None:
    """Requires that a runtime gives the model's own logits.

    Args:
        model: the model.
        run: inputs by their names to logits, in the other runtime.
        shapes: rows and words of the batches that are tried; their texts have different lengths.
        what: the format, for the message.

    Raises:
        DamagedFileError: if it gives others.
    """
    rng = np.random.default_rng(0)
    for rows, time in shapes:
        real = np.arange(time) < rng.integers(1, time + 1, (rows, 1))
        inputs = {}
        for name, shape in model.graph_inputs.items():
            letters = name == "characters"
            tokenizer = model.tokenizer
            many = tokenizer.character_count if letters else tokenizer.vocabulary_size
            ids = rng.integers(1, many, (rows, *(time if size is None else size for size in shape)))
            mask = real.reshape(*real.shape, *[1] * (ids.ndim - 2))
            inputs[name] = np.where(mask, ids, 0).astype("int32")
        found = run(inputs)
        tensors = {name: keras.ops.convert_to_tensor(ids) for name, ids in inputs.items()}
        expected = keras.ops.convert_to_numpy(model(tensors, training=False))
        if expected.ndim == 3:  # what stands at padding is nobody's
            found, expected = found[real], expected[real]
        gap = float(np.abs(found - expected).max() / max(1.0, np.abs(expected).max()))
        if not gap < _TOLERANCE:  # NaN is not
            raise DamagedFileError(
                f"The graph as {what} gives other logits than the model, {gap:.1e} away on a batch "
                f"of {rows} x {time}: export a SavedModel in its place."
            )
