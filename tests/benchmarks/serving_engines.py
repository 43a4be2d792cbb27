"""One pass from ids to logits, in TensorFlow, ONNX Runtime and PyTorch."""

from __future__ import annotations

import numpy as np
from recurrence_engines import torch_layer
from serving import built, path_of


def prepare(engine: str, case: dict):
    """The workload of `case`: model, cell, batch, length, folder of the exported graphs."""
    shape = (case["batch"], case["length"])
    ids = np.random.default_rng(0).integers(4, 90, shape, dtype="int32")  # known to all models
    run = {"tensorflow": _tensorflow, "torch": _torch}.get(engine)
    return run(case, ids) if run else _onnx(engine, case, ids)


def _tensorflow(case, ids):
    import tensorflow as tf

    from zoo.export.graphs import graph_function

    model = built(case["model"], case["cell"])
    function = graph_function(model, None, None)
    tensor = tf.constant(ids)
    return lambda: function(tensor).numpy()


def _onnx(engine, case, ids):
    import onnxruntime

    path = path_of(case["folder"], case["model"], case["cell"], engine) / "model.onnx"
    options = onnxruntime.SessionOptions()
    # Its threads would wait busily for more to do while other engines have their turns.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    (given,) = session.get_inputs()
    return lambda: session.run(["logits"], {given.name: ids})


def _torch(case, ids):
    import torch

    kind = torch_layer(case["cell"])
    tensor = torch.from_numpy(ids.astype("int64"))
    if case["model"] == "classifier":
        embedding = torch.nn.Embedding(20_002, 128)
        layer = kind(128, 256, batch_first=True, bidirectional=True)
        output = torch.nn.Linear(512, 2)
    else:
        embedding = torch.nn.Embedding(97, 64)
        layer = kind(64, 512, num_layers=2, batch_first=True)
        output = torch.nn.Sequential(torch.nn.Linear(512, 64), torch.nn.Linear(64, 97))

    def run():
        with torch.inference_mode():
            outputs = layer(embedding(tensor))[0]
            return output(outputs.amax(1) if case["model"] == "classifier" else outputs).numpy()

    return run
