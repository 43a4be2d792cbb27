"""The messages of a warm-up request, made from their published definitions.

tensorflow-serving-api brings these classes; here they are built from the part of the definitions
that a request to predict uses (`prediction_log.proto`, `predict.proto`, `model.proto` of TensorFlow
Serving). A `TensorProto` is taken as the bytes of its message, which look the same on the wire.
"""

from __future__ import annotations

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

STRING, BYTES, MESSAGE = 9, 12, 11


def _message(file, name, *fields):
    message = file.message_type.add(name=name)
    for number, field, type_, type_name, label in fields:
        message.field.add(
            name=field, number=number, type=type_, type_name=type_name or None, label=label
        )
    return message


def _prediction_log():
    one, many = 1, 3
    file = descriptor_pb2.FileDescriptorProto(
        name="warm_up.proto", package="tensorflow.serving", syntax="proto3"
    )
    package = ".tensorflow.serving"
    _message(
        file, "ModelSpec", (1, "name", STRING, "", one), (3, "signature_name", STRING, "", one)
    )
    request = _message(
        file,
        "PredictRequest",
        (1, "model_spec", MESSAGE, f"{package}.ModelSpec", one),
        (2, "inputs", MESSAGE, f"{package}.PredictRequest.InputsEntry", many),
    )
    entry = request.nested_type.add(name="InputsEntry")
    entry.field.add(name="key", number=1, type=STRING, label=one)
    entry.field.add(name="value", number=2, type=BYTES, label=one)
    entry.options.map_entry = True
    _message(file, "PredictLog", (1, "request", MESSAGE, f"{package}.PredictRequest", one))
    log = _message(file, "PredictionLog", (6, "predict_log", MESSAGE, f"{package}.PredictLog", one))
    log.oneof_decl.add(name="log_type")
    log.field[0].oneof_index = 0
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(
        pool.FindMessageTypeByName("tensorflow.serving.PredictionLog")
    )


PredictionLog = _prediction_log()
