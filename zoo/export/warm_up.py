"""The warm-up requests that TensorFlow Serving plays when it loads a version.

They are a TFRecord file of `PredictionLog` messages. The classes of these messages come with
tensorflow-serving-api, which nothing else here needs; the few fields that a request has are written
by hand, with their numbers from TensorFlow Serving's `prediction_log.proto`, `predict.proto` and
`model.proto`:

    PredictionLog.predict_log = 6,  PredictLog.request = 1
    PredictRequest.model_spec = 1,  PredictRequest.inputs = 2 (a map: key = 1, value = 2)
    ModelSpec.name = 1,             ModelSpec.signature_name = 3
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from zoo.protobuf import field

WARM_UP_FILE = "tf_serving_warmup_requests"


def write_warm_up(folder: Path, name: str, requests: Iterable[tuple[str, dict[str, Any]]]) -> None:
    """Writes `tf_serving_warmup_requests` into a folder.

    Args:
        folder: the `assets.extra` of a version.
        name: the name of the model.
        requests: signature names and `TensorProto` messages by input name.
    """
    import tensorflow as tf

    with tf.io.TFRecordWriter(str(folder / WARM_UP_FILE)) as writer:
        for signature, inputs in requests:
            writer.write(_prediction_log(name, signature, inputs))


def _prediction_log(name: str, signature: str, inputs: dict[str, Any]) -> bytes:
    spec = field(1, name.encode()) + field(3, signature.encode())
    request = field(1, spec)
    for key, tensor in inputs.items():
        request += field(2, field(1, key.encode()) + field(2, tensor.SerializeToString()))
    return field(6, field(1, request))
