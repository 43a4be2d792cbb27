"""Does an exported model still give the answers that were stored beside it?

Needs TensorFlow and the operations of tensorflow-text, and no model class of the zoo.
"""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

from zoo.errors import ConfigError, DamagedFileError, MissingFileError, PluginError
from zoo.export.saved_model import (
    EXTRA,
    SAMPLES_FILE,
    SETTINGS_FILE,
    plain,
    restored,
    versions,
)

_LIBRARIES = ("_sentencepiece_tokenizer.so", "_regex_split_ops.so")
_TOLERANCE = 1e-3  # of scores: another processor adds in another order


def check_saved_model(folder: Path) -> list[str]:
    """Runs the sample inputs of an export and compares the answers.

    Args:
        folder: what was exported to, of which the newest version is checked, or one version.

    Returns:
        The names of the signatures that were run.

    Raises:
        MissingFileError: if there is no exported model, or it has no samples.
        DamagedFileError: if it cannot be loaded, or gives other answers.
    """
    import tensorflow as tf

    version = _version(Path(folder))
    samples = version / EXTRA / SAMPLES_FILE
    if not samples.is_file():
        raise MissingFileError(f"{samples} is not there: export the model again.")
    load_text_ops()
    try:
        rows = json.loads(samples.read_text(encoding="utf-8"))
        saved = tf.saved_model.load(str(version))
        for row in rows:
            signature = saved.signatures[row["signature"]]
            _, specs = signature.structured_input_signature
            inputs = {
                key: tf.constant(restored(value), specs[key].dtype)
                for key, value in row["inputs"].items()
            }
            _compare(version, row, signature(**inputs))
    except (ValueError, KeyError, OSError, tf.errors.OpError) as error:
        if isinstance(error, DamagedFileError):
            raise
        reason = " ".join(str(error).split())[:300]
        raise DamagedFileError(f"{version} cannot be run ({reason}): export it again.") from error
    return [row["signature"] for row in rows]


def compare_with_model(model: Any, version: Path) -> None:
    """Compares what an export answers by default with what the model's own verb says.

    Args:
        model: the model, as it was when it was exported, not quantized and, if it turns text into
            text, without `max_length`.
        version: what `export_saved_model` returned, or the folder of the versions, of which the
            newest is taken.

    Raises:
        DamagedFileError: if an answer or its score is another one.
        MissingFileError: if there is no exported model.
        ConfigError: if it was quantized.
    """
    import tensorflow as tf

    from zoo.export.signatures import signatures_of

    version = _version(Path(version))
    load_text_ops()
    settings = json.loads((version / EXTRA / SETTINGS_FILE).read_text(encoding="utf-8"))
    if settings.pop("quantize") is not None:
        raise ConfigError(
            f"{version} is quantized, so it answers otherwise than its model: check it against "
            "its stored samples with zoo export --check FOLDER."
        )
    kind = signatures_of(model)
    samples = kind.samples_of(model)
    expected = kind.answers(model, samples, **settings)
    signature = tf.saved_model.load(str(version)).signatures["serving_default"]
    raw = kind.raw_of_items(model, samples)
    _, specs = signature.structured_input_signature
    found = signature(**{key: tf.constant(value, specs[key].dtype) for key, value in raw.items()})
    for name, values in expected.items():
        if not _is_same(found[name], values):
            raise DamagedFileError(
                f"{version} answers {_short(plain(found[name]))} as {name!r}, and the model "
                f"{_short(values)}."
            )


def load_text_ops() -> None:
    """Loads the operations of tensorflow-text that exported graphs have, without its Python part.

    Raises:
        PluginError: if tensorflow-text is not installed.
    """
    import tensorflow as tf

    found = importlib.util.find_spec("tensorflow_text")
    if found is None or not found.submodule_search_locations:
        raise PluginError("An exported model needs tensorflow-text: pip install tensorflow-text.")
    package = Path(found.submodule_search_locations[0])
    for library in _LIBRARIES:
        tf.load_op_library(str(package / "python" / "ops" / library))


def _version(folder: Path) -> Path:
    if not folder.is_dir():
        raise MissingFileError(f"There is no folder {str(folder)!r}.")
    if (folder / "saved_model.pb").is_file():
        return folder
    numbers = versions(folder)
    if not numbers:
        raise MissingFileError(f"{folder} holds no exported model: it has no version sub-folder.")
    return folder / str(numbers[-1])


def _compare(version: Path, row: dict, outputs: dict) -> None:
    for name, expected in row["outputs"].items():
        if not _is_same(outputs[name], expected):
            raise DamagedFileError(
                f"{version} does not answer as it did: {name!r} of the signature "
                f"{row['signature']!r} is {_short(plain(outputs[name]))}, and was "
                f"{_short(expected)} when it was exported."
            )


def _is_same(output: Any, expected: list) -> bool:
    """Whether an output is what it should be: numbers about, all else exactly."""
    import numpy as np

    found = plain(output)
    if not output.dtype.is_floating:
        return found == expected
    is_one_shape = np.shape(expected) == np.shape(found)
    return is_one_shape and np.allclose(found, expected, atol=_TOLERANCE)


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) < 200 else text[:200] + "..."
