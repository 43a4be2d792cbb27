"""A model as an ONNX graph: ids in, logits out, batches and texts of any length.

Recurrences of the zoo's own cells are ONNX's operators; those of other cells are loops.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from zoo.backend.whole_recurrence import recurrences_as
from zoo.checked import Count, checked
from zoo.errors import ConfigError
from zoo.export.graphs import ABOUT_FILE, compare_graph, graph_folder, graph_function, require_graph
from zoo.export.onnx_recurrence import OnnxRecurrences

GRAPH_FILE = "model.onnx"
_OPSET = 17
_SHAPES = [(3, 7), (1, 1), (2, 12)]


@checked(but=("model",))
def export_onnx(
    model: Any,
    folder: str | os.PathLike,
    *,
    beam_size: int | None = None,
    max_length: Count | None = None,
    quantize: Literal["int8"] | None = None,
) -> Path:
    """Writes `model.onnx` and `model.json`, after ONNX Runtime gave the model's own logits.

    Args:
        model: a `SequenceTagger` without a CRF, a `SequenceClassifier`, a `LanguageModel`, or a
            `Forecaster`.
        folder: a new folder.
        beam_size: None; nothing is searched for.
        max_length: None; texts may have any length.
        quantize: "int8" stores matrices as 8-bit integers, in a quarter of the space, and rounds
            what is multiplied with them too, row by row as it comes: products and LSTMs are then
            computed in integers. None: float32.

    Returns:
        The folder.

    Raises:
        ConfigError: if the model cannot be exported, an argument is of no use, or tf2onnx or
            onnxruntime is not installed.
        DamagedFileError: if the graph does not compute what the model does.
        MissingFileError: if the folder that `folder` is to stand in does not exist.
    """
    require_graph(model, "ONNX", beam_size)
    if max_length is not None:
        raise ConfigError("An ONNX graph takes texts of any length: leave out max_length.")
    try:
        import onnxruntime  # noqa: F401
        import tf2onnx
    except ImportError:
        raise ConfigError(
            "ONNX needs tf2onnx and onnxruntime: install them with "
            "pip install 'sequence-zoo[onnx]'."
        ) from None
    folder = Path(folder)
    more = {} if quantize is None else {"quantize": quantize}
    with graph_folder(model, folder, more) as part:
        function, recurrences = graph_function(model, None, None), OnnxRecurrences()
        with _quietly("tf2onnx", "tensorflow"), recurrences_as(recurrences):
            graph, _ = tf2onnx.convert.from_function(
                function,
                input_signature=function.input_signature,
                opset=_OPSET,
                custom_op_handlers=recurrences.handlers,
            )
        _name_parts(graph.graph)
        (part / GRAPH_FILE).write_bytes(graph.SerializeToString())
        if quantize:
            _quantize(part / GRAPH_FILE)
        compare_with_model(model, part)
    return folder


def _quantize(path: Path) -> None:
    """Rounds the matrices of a graph to 8 bits, each column with a scale of its own."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    with _quietly("root"):
        quantize_dynamic(path, path, weight_type=QuantType.QInt8, per_channel=True)


@contextlib.contextmanager
def _quietly(*names: str) -> Iterator[None]:
    """Holds back converters' advice to whoever wrote the graph; their errors are shown."""
    levels = {logger: logger.level for logger in map(logging.getLogger, names)}
    for logger in levels:
        logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        for logger, level in levels.items():
            logger.setLevel(level)


def _name_parts(graph: Any) -> None:
    """Calls the output "logits", and the axes "batch" and "time"."""
    (output,) = graph.output
    for node in graph.node:
        for names in (node.input, node.output):
            names[:] = ["logits" if name == output.name else name for name in names]
    output.name = "logits"
    for value in (*graph.input, output):
        axes = [axis for axis in value.type.tensor_type.shape.dim if not axis.dim_value]
        for axis, name in zip(axes, ("batch", "time"), strict=False):
            axis.dim_param = name


def compare_with_model(model: Any, folder: Path) -> None:
    """Compares the logits of an exported graph with the model's; see `compare_graph`."""
    import onnxruntime

    session = onnxruntime.InferenceSession(
        str(folder / GRAPH_FILE), providers=["CPUExecutionProvider"]
    )
    names = [node.name for node in session.get_inputs()]

    def run(inputs):
        return session.run(["logits"], {name: inputs[name] for name in names})[0]

    about = json.loads((folder / ABOUT_FILE).read_text(encoding="utf-8"))
    compare_graph(model, run, _SHAPES, "ONNX", is_rounded="quantize" in about)
