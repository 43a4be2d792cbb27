"""Exported models as others run them: loaded, in a session as a server, and without the zoo."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys

import numpy as np


class Served:
    """A loaded version: `served(signature, texts, ...)` gives arrays, strings as Python's."""

    def __init__(self, path):
        import tensorflow as tf

        self.loaded = tf.saved_model.load(str(path))

    def __call__(self, signature: str, texts, **more):
        import tensorflow as tf

        function = self.loaded.signatures[signature]
        _, specs = function.structured_input_signature
        inputs = {
            key: tf.constant(rows, specs[key].dtype, [len(rows)])
            for key, rows in {"text": texts, **more}.items()
        }
        return {key: plain(value.numpy()) for key, value in function(**inputs).items()}


def plain(array):
    """The same array, bytes as strings."""
    if array.dtype != object:
        return array
    decoded = np.vectorize(lambda one: one.decode() if isinstance(one, bytes) else one, ["O"])
    return decoded(array)


def strings(array) -> list:
    """Strings as (nested) lists."""
    return plain(np.asarray(array)).tolist()


def in_a_session(path, signature: str, **inputs):
    """Calls a signature as TensorFlow Serving does.

    It is read from the protocol buffer; its tensors are fed and fetched by their names.
    """
    import tensorflow as tf
    from tensorflow.core.protobuf.saved_model_pb2 import SavedModel

    (meta,) = SavedModel.FromString((path / "saved_model.pb").read_bytes()).meta_graphs
    assert "serve" in meta.meta_info_def.tags
    definition = meta.signature_def[signature]
    assert definition.method_name == "tensorflow/serving/predict"
    assert set(definition.inputs) == set(inputs)
    fed = {definition.inputs[key].name: value for key, value in inputs.items()}
    fetched = {key: tensor.name for key, tensor in definition.outputs.items()}
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        tf.compat.v1.saved_model.loader.load(session, ["serve"], str(path))
        found = session.run(fetched, fed)
    return {key: plain(value) for key, value in found.items()}


def text_operations(path) -> set[str]:
    """The operations of the graph that TensorFlow does not have of itself."""
    from tensorflow.core.protobuf.saved_model_pb2 import SavedModel
    from tensorflow.python.framework import op_def_registry

    (meta,) = SavedModel.FromString((path / "saved_model.pb").read_bytes()).meta_graphs
    nodes = [*meta.graph_def.node]
    nodes += [n for function in meta.graph_def.library.function for n in function.node_def]
    used = {node.op for node in nodes} - {
        function.signature.name for function in meta.graph_def.library.function
    }
    assert "PyFunc" not in used and "EagerPyFunc" not in used
    text = {op for op in used if op.startswith(("Sentencepiece", "RegexSplit"))}
    assert all(op_def_registry.get(op) for op in used - text)
    return text


def alone(path, texts, libraries, folder) -> dict:
    """What `serving_default` says in a process where zoo and Keras cannot be imported.

    Args:
        path: a version.
        texts: the inputs.
        libraries: of tensorflow-text, the only ones that are loaded.
        folder: to run in.
    """
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, "-c", _ALONE, str(path), json.dumps(texts), *libraries],
        capture_output=True,
        text=True,
        cwd=folder,
        env={**environment, "TF_CPP_MIN_LOG_LEVEL": "1"},
    )
    assert done.returncode == 0, done.stderr
    assert "gradient" not in done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@contextlib.contextmanager
def rounded_weights(model):
    """The model with each matrix rounded to 8 bits, by row or by column, whichever is nearer."""

    def rounded(weight):
        if weight.ndim != 2 or min(weight.shape) < 8:
            return weight
        scales = [np.abs(weight).max(axis=axis, keepdims=True) / 127 for axis in (0, 1)]
        both = [np.rint(weight / scale) * scale for scale in scales]
        return min(both, key=lambda one: np.square(one - weight).sum())

    weights = model.get_weights()
    try:
        model.set_weights([rounded(weight) for weight in weights])
        yield
    finally:
        model.set_weights(weights)


_ALONE = """
import importlib.util, json, sys

class WithoutKeras:
    def __init__(self, finder):
        self.finder = finder

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] not in ("zoo", "keras", "tf_keras", "tensorflow_text"):
            return self.finder.find_spec(name, path, target)

package = importlib.util.find_spec("tensorflow_text").submodule_search_locations[0]
sys.meta_path[:] = [WithoutKeras(finder) for finder in sys.meta_path]
for name in ("zoo", "keras"):
    try:
        __import__(name)
    except ModuleNotFoundError:
        continue
    raise SystemExit(f"{name} can be imported")
import tensorflow as tf
for library in sys.argv[3:]:
    tf.load_op_library(f"{package}/python/ops/{library}")
model = tf.saved_model.load(sys.argv[1])
found = model.signatures["serving_default"](text=tf.constant(json.loads(sys.argv[2])))
assert not {"zoo", "keras"} & set(sys.modules)

def text(value):
    if isinstance(value, list):
        return [text(one) for one in value]
    return value.decode() if isinstance(value, bytes) else value

print(json.dumps({key: text(value.numpy().tolist()) for key, value in found.items()}))
"""
