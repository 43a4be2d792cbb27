"""A model as a SavedModel that takes strings and returns strings, as TensorFlow Serving reads it.

The folder has a version sub-folder, the signatures that `zoo.export.signatures` describes, and
beside them, in `assets.extra/`, sample inputs with their answers, once for `zoo export --check` and
once as the warm-up requests that TensorFlow Serving plays when it loads a version.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import keras

from zoo import files
from zoo.errors import ConfigError
from zoo.export.warm_up import write_warm_up

SAMPLES_FILE, EXTRA = "samples.json", "assets.extra"
SAMPLES = (
    "A man is riding a bicycle.",
    "Two dogs run through the snow.",
    "Where is the station?",
    "",
    "I don't know what you are talking about, but I would like to hear more of it tomorrow.",
)


def export_saved_model(
    model: Any,
    folder: str | os.PathLike,
    *,
    beam_size: int = 5,
    max_length: int | None = None,
    alpha: float = 1.0,
    quantize: str | None = None,
    samples: Sequence[str] = SAMPLES,
) -> Path:
    """Writes a model as a SavedModel.

    Args:
        model: a model with `start`, `step` and tokenizers, such as `zoo.tasks.SequenceToSequence`.
        folder: where the versions of the model are; made if it is not there. What it holds stays:
            the new version gets the next number, the first is 1.
        beam_size: width of the beam; 1 is greedy search.
        max_length: tokens of the longest output, in addition to `translate`'s own limit, which is
            twice the source and ten. None: that limit alone.
        alpha: strength of the length normalisation, see `zoo.decoding.BeamSearch`.
        quantize: "int8" stores matrices as 8-bit integers, in a quarter of the space and rounded;
            they are made float32 again at every call. None stores weights as they are.
        samples: inputs that are stored with their answers, to check by and to warm up a server.

    Returns:
        The folder of the new version. It is there only when all of it is.

    Raises:
        ConfigError: if the model cannot be exported, an argument is out of its range, or the
            backend is not TensorFlow.
        MissingFileError: if the folder that `folder` is to stand in does not exist.

    Example: `export_saved_model(zoo.load("nmt-attn-en-fr"), "served/en-fr")`.
    """
    _check_exportable(model)
    import tensorflow as tf

    from zoo.export.signatures import TextSignatures

    if isinstance(samples, str) or not all(isinstance(text, str) for text in samples):
        raise ConfigError("samples is a list of strings: put a single string in a list.")
    if quantize not in (None, "int8"):
        raise ConfigError(f"quantize is None or 'int8', not {quantize!r}.")
    try:
        module = TextSignatures(model, beam_size, max_length, alpha, quantize)
    except ValueError as error:
        raise ConfigError(str(error)) from None
    with _new_version(Path(folder)) as (version, part):
        signatures = module.signatures()
        # Gradients stay behind: nobody trains this, and some reach into the graph they are of.
        options = tf.saved_model.SaveOptions(experimental_custom_gradients=False)
        tf.saved_model.save(module, str(part), signatures=signatures, options=options)
        _forget_custom_gradients(part / "saved_model.pb")
        _write_samples(part / EXTRA, Path(folder).name, signatures, list(samples))
    return version


def _check_exportable(model: Any) -> None:
    if not all(hasattr(model, part) for part in ("start", "step", "source_tokenizer")):
        raise ConfigError(
            f"A {type(model).__name__} cannot be exported as a SavedModel of strings: only models "
            "that turn text into text can."
        )
    if model.source_tokenizer is None:
        raise ConfigError(
            f"The model {model.name!r} has no tokenizers, so it takes no strings: build it with "
            "source_tokenizer=..."
        )
    if keras.backend.backend() != "tensorflow":
        raise ConfigError(
            "A SavedModel is written by TensorFlow, and Keras runs on "
            f"{keras.backend.backend()} here: save the model, and export the file with "
            "KERAS_BACKEND=tensorflow."
        )


@contextlib.contextmanager
def _new_version(folder: Path) -> Iterator[tuple[Path, Path]]:
    """Gives the next version's folder, and the temporary one that becomes it when all went well."""
    if folder.exists() and not folder.is_dir():
        raise ConfigError(f"{folder} is a file: name a folder to export to.")
    files.require_folder(folder.parent)
    is_new = not folder.exists()
    folder.mkdir(exist_ok=True)
    try:
        version = folder / str(max(versions(folder), default=0) + 1)
        with files.new_folder(version) as part:
            yield version, part
    except BaseException:
        if is_new:
            with contextlib.suppress(OSError):  # another process may have put something there
                folder.rmdir()
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


def _write_samples(folder: Path, name: str, signatures: dict, samples: list[str]) -> None:
    """Writes each signature's answers to the samples, and the same requests for warming up."""
    import tensorflow as tf

    from zoo.export.signatures import INPUTS

    text = tf.constant([t.encode("utf-8", "replace") for t in samples], tf.string, [len(samples)])
    given = {"text": text, "target": signatures["serving_default"](text=text)["text"]}
    rows, requests = [], []
    for signature, function in signatures.items():
        inputs = {key: given[key] for key in INPUTS.get(signature, ("text",))}
        outputs = {key: plain(value) for key, value in function(**inputs).items()}
        shown = {key: plain(value) for key, value in inputs.items()}
        rows.append({"signature": signature, "inputs": shown, "outputs": outputs})
        for count in (len(samples), 1):
            batch = {key: tf.make_tensor_proto(value[:count]) for key, value in inputs.items()}
            requests.append((signature, batch))
    folder.mkdir()
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
