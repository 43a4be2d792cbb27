"""A model as a LiteRT graph: ids in, logits out, one text of a fixed length.

LiteRT 2.21 reads no variables inside a loop and its converter wants static shapes, so weights are
constants and the loop over time is written out.
"""

from __future__ import annotations

import os
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from zoo.checked import Count, checked
from zoo.export.graphs import compare_graph, graph_folder, graph_function, require_graph

GRAPH_FILE = "model.tflite"
_LENGTH = 32


@checked(but=("model",))
def export_litert(
    model: Any,
    folder: str | os.PathLike,
    *,
    beam_size: int | None = None,
    max_length: Count | None = None,
    quantize: str | None = None,
) -> Path:
    """Writes `model.tflite` and `model.json`, after LiteRT's interpreter gave the model's logits.

    Args:
        model: a `SequenceTagger` without a CRF, a `SequenceClassifier`, a `LanguageModel`, or a
            `Forecaster`.
        folder: a new folder.
        beam_size: None; nothing is searched for.
        max_length: words or tokens of a text; shorter ones are padded. None: 32.
        quantize: None.

    Returns:
        The folder.

    Raises:
        ConfigError: if the model cannot be exported.
        DamagedFileError: if the graph does not compute what the model does.
        MissingFileError: if the folder that `folder` is to stand in does not exist.
    """
    require_graph(model, "LiteRT", beam_size, quantize)
    import tensorflow as tf
    from tensorflow.python.framework.convert_to_constants import (
        convert_variables_to_constants_v2,
    )

    folder, length = Path(folder), max_length or _LENGTH
    with graph_folder(model, folder, {"batch": 1, "time": length}) as part:
        function = graph_function(model, 1, length, unrolled=True).get_concrete_function()
        frozen = convert_variables_to_constants_v2(function)
        converter = tf.lite.TFLiteConverter.from_concrete_functions([frozen])
        (part / GRAPH_FILE).write_bytes(converter.convert())
        compare_with_model(model, part)
    return folder


def compare_with_model(model: Any, folder: Path) -> None:
    """Compares the logits of an exported graph with the model's; see `compare_graph`."""
    import tensorflow as tf

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that the interpreter moves to another package
        interpreter = tf.lite.Interpreter(str(folder / GRAPH_FILE))
    interpreter.allocate_tensors()
    inputs_of = {_name(detail): detail for detail in interpreter.get_input_details()}
    (output,) = interpreter.get_output_details()

    def run(inputs: dict[str, np.ndarray]) -> np.ndarray:
        for name, detail in inputs_of.items():
            interpreter.set_tensor(detail["index"], inputs[name])
        interpreter.invoke()
        return interpreter.get_tensor(output["index"])

    first = next(iter(model.graph_inputs))
    length = int(inputs_of[first]["shape"][1])
    compare_graph(model, run, [(1, length)] * 3, "LiteRT")


def _name(detail: dict[str, Any]) -> str:
    """The name of an input, without what TensorFlow adds to it."""
    return detail["name"].removeprefix("serving_default_").partition(":")[0]
