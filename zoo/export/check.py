"""Does an exported model still give the answers that were stored beside it?

Needs TensorFlow and the operations of tensorflow-text, and no model class of the zoo.
"""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

from zoo.errors import DamagedFileError, MissingFileError, PluginError

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

    from zoo.export.saved_model import EXTRA, SAMPLES_FILE

    version = _version(Path(folder))
    samples = version / EXTRA / SAMPLES_FILE
    if not samples.is_file():
        raise MissingFileError(f"{samples} is not there: export the model again.")
    load_text_ops()
    try:
        rows = json.loads(samples.read_text(encoding="utf-8"))
        saved = tf.saved_model.load(str(version))
        for row in rows:
            inputs = {key: _tensor(value) for key, value in row["inputs"].items()}
            _compare(version, row, saved.signatures[row["signature"]](**inputs))
    except (ValueError, KeyError, OSError, tf.errors.OpError) as error:
        if isinstance(error, DamagedFileError):
            raise
        reason = " ".join(str(error).split())[:300]
        raise DamagedFileError(f"{version} cannot be run ({reason}): export it again.") from error
    return [row["signature"] for row in rows]


def compare_with_model(model: Any, version: Path) -> None:
    """Compares the answers of an export with those of the model that it was made from.

    Args:
        model: the model, as it was when it was exported without `max_length`.
        version: what `export_saved_model` returned.

    Raises:
        DamagedFileError: if an answer or its score is another one.
    """
    import tensorflow as tf

    from zoo.export.saved_model import SAMPLES

    load_text_ops()
    saved = tf.saved_model.load(str(version))
    answers = saved.signatures["n_best"](tf.constant(SAMPLES))
    beam_size = answers["text"].shape[1]
    found = model.translate(list(SAMPLES), beam_size=beam_size, return_attention=True)
    for number, (text, best) in enumerate(zip(SAMPLES, found, strict=True)):
        answer = answers["text"][number, 0].numpy().decode("utf-8", "replace")
        gap = abs(float(answers["score"][number, 0]) - best.score)
        if answer != best.text or gap > _TOLERANCE:
            raise DamagedFileError(
                f"{version} answers {answer!r} to {text!r}, and the model {best.text!r}."
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
    tf.load_op_library(str(package / "python" / "ops" / "_sentencepiece_tokenizer.so"))


def _version(folder: Path) -> Path:
    from zoo.export.saved_model import versions

    if not folder.is_dir():
        raise MissingFileError(f"There is no folder {str(folder)!r}.")
    if (folder / "saved_model.pb").is_file():
        return folder
    numbers = versions(folder)
    if not numbers:
        raise MissingFileError(f"{folder} holds no exported model: it has no version sub-folder.")
    return folder / str(numbers[-1])


def _tensor(value: list) -> Any:
    import tensorflow as tf

    return tf.constant(value, tf.string) if value else tf.zeros([0], tf.string)


def _compare(version: Path, row: dict, outputs: dict) -> None:
    import numpy as np

    from zoo.export.saved_model import plain

    for name, expected in row["outputs"].items():
        found = plain(outputs[name])
        if outputs[name].dtype.is_floating:
            shape = np.shape(expected) == np.shape(found)
            same = shape and np.allclose(found, expected, atol=_TOLERANCE)
        else:
            same = found == expected
        if not same:
            raise DamagedFileError(
                f"{version} does not answer as it did: {name!r} of the signature "
                f"{row['signature']!r} is {_short(found)}, and was {_short(expected)} when it was "
                "exported."
            )


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) < 200 else text[:200] + "..."
