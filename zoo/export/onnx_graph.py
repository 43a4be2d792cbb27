"""A model as an ONNX graph: ids in, logits out, batches and texts of any length."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from zoo.checked import Count, checked
from zoo.errors import ConfigError
from zoo.export.graphs import compare_graph, graph_folder, graph_function, require_graph

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
    quantize: str | None = None,
) -> Path:
    """Writes `model.onnx` and `model.json`, after ONNX Runtime gave the model's own logits.

    Args:
        model: a `SequenceTagger` without a CRF, a `SequenceClassifier`, a `LanguageModel`, or a
            `Forecaster`.
        folder: a new folder.
        beam_size: None; nothing is searched for.
        max_length: None; texts may have any length.
        quantize: None.

    Returns:
        The folder.

    Raises:
        ConfigError: if the model cannot be exported, an argument is of no use, or tf2onnx or
            onnxruntime is not installed.
        DamagedFileError: if the graph does not compute what the model does.
        MissingFileError: if the folder that `folder` is to stand in does not exist.
    """
    require_graph(model, "ONNX", beam_size, quantize)
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
    with graph_folder(model, folder, {}) as part:
        function = graph_function(model, None, None)
        graph, _ = tf2onnx.convert.from_function(
            function, input_signature=function.input_signature, opset=_OPSET
        )
        _name_parts(graph.graph)
        (part / GRAPH_FILE).write_bytes(graph.SerializeToString())
        compare_with_model(model, part)
    return folder


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

    compare_graph(model, run, _SHAPES, "ONNX")
