"""A model as a SavedModel that takes raw items and answers them, as TensorFlow Serving reads it.

The folder has a version sub-folder with the signatures that the model's class names, see
`zoo.export.signatures`, and beside them, in `assets.extra/`, what it was exported with, and sample
inputs with their answers, once for `zoo export --check` and once as the warm-up requests that
TensorFlow Serving plays when it loads a version.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

import keras

from zoo import files
from zoo.checked import checked, require_arguments
from zoo.errors import ConfigError
from zoo.export.warm_up import write_warm_up

SAMPLES_FILE, SETTINGS_FILE, EXTRA = "samples.json", "settings.json", "assets.extra"


@checked(but=("model", "samples"))
def export_saved_model(
    model: Any,
    folder: str | os.PathLike,
    *,
    quantize: Literal["int8"] | None = None,
    samples: Sequence[Any] | None = None,
    **settings: Any,
) -> Path:
    """Writes a model as a SavedModel.

    Args:
        model: a model whose class names its signatures as `export_signatures`, such as those of
            `zoo.tasks`.
        folder: where the versions of the model are; made if it is not there. What it holds stays:
            the new version gets the next number, the first is 1.
        quantize: "int8" stores matrices as 8-bit integers, in a quarter of the space and rounded;
            they are made float32 again at every call. None stores weights as they are.
        samples: inputs that are stored with their answers, to check by and to warm up a server.
            None: some that suit the kind of model.
        **settings: what the model's signatures may be told besides; None is as if it were not said.
            Of models that decode `beam_size` (5), `max_length`, `alpha` and `length_penalty`, see
            `zoo.tasks.sequence_to_sequence.signatures`; of language models `max_length` (200),
            tokens that are added.

    Returns:
        The folder of the new version. It is there only when all of it is.

    Raises:
        ConfigError: if the model cannot be exported or has no use for a setting, an argument is out
            of its range, or the backend is not TensorFlow.

    Example: `export_saved_model(zoo.load("nmt-attn-en-fr"), "served/en-fr")`.
    """
    if keras.backend.backend() != "tensorflow":
        raise ConfigError(
            "A SavedModel is written by TensorFlow, and Keras runs on "
            f"{keras.backend.backend()} here: save the model, and export the file with "
            "KERAS_BACKEND=tensorflow."
        )
    import tensorflow as tf

    from zoo.export.signatures import signatures_of

    kind = signatures_of(model)
    settings = {key: value for key, value in settings.items() if value is not None}
    _check(model, kind, settings)
    samples = kind.samples_of(model) if samples is None else samples
    model.input.check("samples=", samples)
    require_arguments(kind.__init__, settings, "export_saved_model")
    try:
        module = kind(model, quantize, **settings)
    except ValueError as error:
        raise ConfigError(str(error)) from None
    with _new_version(Path(folder)) as (version, part):
        signatures = module.traced()
        # Gradients stay behind: nobody trains this, and some reach into the graph they are of.
        options = tf.saved_model.SaveOptions(experimental_custom_gradients=False)
        tf.saved_model.save(module, str(part), signatures=signatures, options=options)
        _forget_custom_gradients(part / "saved_model.pb")
        (part / EXTRA).mkdir()
        said = json.dumps({**settings, "quantize": quantize}, indent=1)
        (part / EXTRA / SETTINGS_FILE).write_text(said, encoding="utf-8")
        _write_samples(part / EXTRA, Path(folder).name, module, signatures, list(samples))
    return version


def _check(model: Any, kind: Any, settings: dict[str, Any]) -> None:
    """Requires a model with an input, and settings that its signatures have a use for."""
    for setting in settings:
        if setting not in kind.settings:
            raise ConfigError(
                f"A {type(model).__name__} has no use for {setting} when it is exported: leave it "
                "out."
            )
    if not model.input.raw:
        raise ConfigError(
            f"The model {model.name!r} has no tokenizer or other input that works in a graph, so it"
            " takes no raw items: build it with such an input."
        )


@contextlib.contextmanager
def _new_version(folder: Path) -> Iterator[tuple[Path, Path]]:
    """Gives the next version's folder, and the temporary one that becomes it when all went well."""
    if folder.exists() and not folder.is_dir():
        raise ConfigError(f"{folder} is a file: name a folder to export to.")
    made = [path for path in (folder, *folder.parents) if not path.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    try:
        version = folder / str(max(versions(folder), default=0) + 1)
        with files.new_folder(version) as part:
            yield version, part
    except BaseException:
        with contextlib.suppress(OSError):  # another process may have put something there
            for path in made:
                path.rmdir()
        raise


def versions(folder: Path) -> list[int]:
    """The versions that TensorFlow Serving would see in a folder."""
    return sorted(int(p.name) for p in folder.iterdir() if p.is_dir() and p.name.isdecimal())


def _forget_custom_gradients(path: Path) -> None:
    """Removes from the graph the names of gradients that were not saved.

    With them, TensorFlow warns of every one when it loads the graph.
    """
    from tensorflow.core.protobuf.saved_model_pb2 import SavedModel

    saved = SavedModel.FromString(path.read_bytes())
    for graph in (meta.graph_def for meta in saved.meta_graphs):
        for node in (*graph.node, *(n for f in graph.library.function for n in f.node_def)):
            node.attr.pop("_gradient_op_type", None)
    path.write_bytes(saved.SerializeToString(deterministic=True))


def _write_samples(folder: Path, name: str, module: Any, signatures: dict, samples: list) -> None:
    """Writes each signature's answers to the samples, and the same requests for warming up."""
    import tensorflow as tf

    def raw(signature):
        specs = module.raw_of(signature)
        values = module.raw_values(signature, samples).items()
        return {name: tf.constant(value, specs[name].dtype) for name, value in values}

    answers = signatures["serving_default"](**raw("serving_default"))
    rows, requests = [], []
    for signature, function in signatures.items():
        inputs = {**raw(signature), **module.more_of(signature, len(samples), answers)}
        outputs = {key: plain(value) for key, value in function(**inputs).items()}
        shown = {key: stored(value) for key, value in inputs.items()}
        rows.append({"signature": signature, "inputs": shown, "outputs": outputs})
        for count in (len(samples), 1):
            batch = {key: tf.make_tensor_proto(value[:count]) for key, value in inputs.items()}
            requests.append((signature, batch))
    content = json.dumps(rows, ensure_ascii=False, indent=1)
    (folder / SAMPLES_FILE).write_text(content, encoding="utf-8")
    write_warm_up(folder, name, requests)


def plain(tensor: Any) -> list:
    """A tensor as lists: bytes as text, and of floats the digits that matter."""

    def text(value):
        if isinstance(value, list):
            return [text(item) for item in value]
        return value.decode("utf-8", "replace") if isinstance(value, bytes) else value

    values = tensor.numpy()
    return text(
        (values.astype("float64").round(6) if values.dtype.kind == "f" else values).tolist()
    )


def stored(tensor: Any) -> list:
    """A tensor as lists that JSON holds and `restored` gives back: bytes that are no text too.

    Those are `{"b64": ...}`, as in the requests of TensorFlow Serving.
    """

    def item(value):
        if isinstance(value, list):
            return [item(one) for one in value]
        if not isinstance(value, bytes):
            return value
        try:
            return value.decode("utf-8")
        except UnicodeDecodeError:
            return {"b64": base64.b64encode(value).decode("ascii")}

    return item(tensor.numpy().tolist())


def restored(value: Any) -> Any:
    """What `stored` was given, as lists."""
    if isinstance(value, list):
        return [restored(one) for one in value]
    return base64.b64decode(value["b64"]) if isinstance(value, dict) else value
