"""One model, one file: writing a model as a small deterministic `.keras` archive, and opening it.

The archive is what Keras writes (config, weights, assets), without the optimizer and without dates,
and with a `zoo.json` that says what made it. It is read before anything is built, so that a missing
plugin is named instead of a missing class.
"""

from __future__ import annotations

import importlib
import io
import json
import os
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, overload

from zoo import files, hub, keras_file, needed_plugins, rebuilding
from zoo.backend.quiet import begin_quietly, import_keras
from zoo.checked import Count, checked
from zoo.errors import ConfigError, DamagedFileError, MissingFileError
from zoo.garbage import collection_held
from zoo.version import __version__

if TYPE_CHECKING:
    import h5py
    import keras
    import numpy as np

FORMAT = 1
_CONFIG, _WEIGHTS, _ZOO = keras_file.CONFIG, keras_file.WEIGHTS, keras_file.ORIGIN
_METADATA = "metadata.json"
_OPTIMIZER = "optimizer"  # its state, among the weights of a model that was fitted
_DATE = (1980, 1, 1, 0, 0, 0)  # the first that a zip file can hold


@checked()
def save(model: keras.Model, path: str | os.PathLike, *, dtype: str | None = None) -> None:
    """Writes a model to one `.keras` file.

    The file holds config, weights and assets (such as vocabularies), not the optimizer. Saving the
    same model twice writes the same bytes. It is opened by `zoo.load(path)` and, after
    `import zoo.tasks`, by `keras.saving.load_model(path)`.

    Args:
        model: a built `keras.Model`.
        path: where to write it, ending in `.keras`. It is replaced only when all is written.
        dtype: `"float16"` stores the weights in half the space, rounded; `"float11"` keeps 5 of the
            10 bits of a float16's mantissa and compresses, which takes about 9.5 bits a weight and
            moves each by at most 1.6 %. They are float32 again after loading. `None` stores them
            as they are.

    Raises:
        ConfigError: if the model is not built, or cannot be stored that way.
        MissingFileError: if the folder does not exist.

        zoo.save(model, "my-model.keras", dtype="float16")
    """
    path = Path(path)
    if path.suffix != ".keras":
        raise ConfigError(
            f"A model is saved as a .keras file, so {str(path)!r} must end in .keras."
        )
    if dtype not in (None, "float16", "float11"):
        raise ConfigError(f"dtype is None, 'float16' or 'float11', not {dtype!r}.")
    if not model.built:
        raise ConfigError(f"Model {model.name!r} has no weights yet: call it on data first.")
    members = _as_keras_saves(model)
    config = json.loads(members[_CONFIG])
    config.pop("compile_config", None)
    _number_shared_objects(config)
    members[_CONFIG] = json.dumps(config).encode()
    members[_WEIGHTS] = _rewrite_weights(members[_WEIGHTS], dtype)
    members[_METADATA] = _json(
        {**json.loads(members[_METADATA]), "date_saved": "1980-01-01@00:00:00"}
    )
    members[_ZOO] = _json(_origin(model, config))
    with files.replacing(path) as part, zipfile.ZipFile(part, "w") as archive:
        for name in sorted(members):
            archive.writestr(zipfile.ZipInfo(name, _DATE), members[name])


_Model = TypeVar("_Model")


@overload
def load(ref: str | os.PathLike, *, max_bytes: int | None = None) -> keras.Model: ...


@overload
def load(ref: str | os.PathLike, kind: type[_Model], *, max_bytes: int | None = None) -> _Model: ...


@checked()
def load(
    ref: str | os.PathLike, kind: type | None = None, *, max_bytes: Count | None = None
) -> Any:
    """Loads a released model by name, or a model from a file.

    Args:
        ref: a name of `zoo.list_models()`, `"name@revision"`, or the path of a `.keras` file.
        kind: the class that the model is wanted to be, such as `zoo.tasks.SequenceToSequence`: type
            checkers and editors then know its verbs, as they do of a released model that is named
            literally. None: any.
        max_bytes: the most that the file may take when it is unpacked, for a file that you trust.
            None: what the environment's `ZOO_MAX_BYTES` says, which commands read too, or 32 times
            the size of the file, and at least 64 MiB.

    Returns:
        The model, with the weights of the file; not compiled.

    Raises:
        UnknownNameError: if there is no such model; the message has the closest names.
        MissingFileError: if there is no such file.
        DamagedFileError: if the file is not what it should be.
        ConfigError: if it is larger, unpacked, than `max_bytes`, a newer zoo saved it, or the model
            is no `kind`.
        PluginError: if the file needs a plugin that is not there; the message says which.
        OfflineError: if the model must be downloaded and cannot be.

        zoo.load("nmt-attn-en-fr").translate("A man is riding a bicycle.")
    """
    path = locate(ref)
    origin, config = _read_head(path, max_bytes)
    needed_plugins.require(path, origin)
    import_keras()
    begin_quietly()
    with collection_held(), keras_file.uncompressed(path, max_bytes) as stored:
        arrays = keras_file.measure_arrays(path, stored, max_bytes)
        keras_file.check_config(path, config, arrays)
        importlib.import_module("zoo.tasks")
        failed = needed_plugins.import_modules(origin, config)
        model = rebuilding.built(path, stored, arrays, failed)
        rebuilding.check_weights_were_read(model, path, stored)
    if kind is not None and not isinstance(model, kind):
        is_kind = f"{type(model).__name__}, not a {kind.__name__}"
        raise ConfigError(f"{os.fspath(ref)} is a {is_kind}: give that class, or leave it out.")
    return model


@checked()
def ensemble(models: Sequence[keras.Model | str | os.PathLike]) -> keras.Model:
    """Makes one model of several.

    Args:
        models: models with the same inputs, names of released ones, or paths of files; of any
            cells, attentions and sizes.

    Returns:
        An `Ensemble`, which translates, scores, is exported and is saved as a single model is.

    Raises:
        ConfigError: if there is no model, one is of another kind, or their vocabularies differ.
        UnknownNameError, MissingFileError, DamagedFileError: as `zoo.load`.

        zoo.ensemble(["first.keras", "second.keras"]).translate("Where is the station?")
    """
    if isinstance(models, (str, os.PathLike)) or not models:
        raise ConfigError("ensemble wants a list of models, with at least one in it.")
    tasks = importlib.import_module("zoo.tasks")  # above this room, and slow to import
    return tasks.Ensemble([load(m) if isinstance(m, (str, os.PathLike)) else m for m in models])


def locate(ref: str | os.PathLike) -> Path:
    """Returns the local file that a name or a path means; see `load`."""
    if not is_path(ref):
        return hub.locate(os.fspath(ref))
    if not Path(ref).is_file():
        raise MissingFileError(f"There is no file {os.fspath(ref)!r}.")
    return Path(ref)


def is_path(ref: str | os.PathLike) -> bool:
    """Returns whether `ref` means a file, and not the name of a released model."""
    return isinstance(ref, os.PathLike) or ref.endswith(".keras") or "/" in ref or os.sep in ref


def read_origin(path: Path) -> dict[str, Any]:
    """Returns what a file says of itself: zoo, Keras and plugins that made it, and its task.

    Raises:
        DamagedFileError: if it is not a `.keras` file.
        ConfigError: if a newer zoo saved it.
    """
    return _read_head(path)[0]


def require_plugins(path: Path) -> None:
    """Raises unless the plugins that a file needs are installed and work; imports no Keras.

    Args:
        path: a `.keras` file.

    Raises:
        PluginError: if one is not installed, is blocked or failed; the message says which.
        DamagedFileError, ConfigError: as `read_origin`.
    """
    needed_plugins.require(path, read_origin(path))


# What is written ------------------------------------------------------------------------------


def _as_keras_saves(model: keras.Model) -> dict[str, bytes]:
    """Returns the members of the archive that Keras makes of a model."""
    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder) / "model.keras"
        model.save(raw)
        with zipfile.ZipFile(raw) as archive:
            return {
                info.filename: archive.read(info)
                for info in archive.infolist()
                if not info.is_dir()
            }


def _rewrite_weights(content: bytes, dtype: str | None) -> bytes:
    """Returns an h5 file without optimizer state, in sorted order, with floats as `dtype`."""
    import h5py

    buffer = io.BytesIO()
    with h5py.File(io.BytesIO(content)) as source, h5py.File(buffer, "w") as target:
        for name in sorted(source):
            if name != _OPTIMIZER:
                _copy_h5(source[name], target, name, dtype)
    return buffer.getvalue()


def _five_bits(value: np.ndarray) -> np.ndarray:
    """Float16 rounded to the nearest value whose mantissa ends in 5 zeros, ties to even."""
    import numpy as np

    bits = value.view("uint16").astype("uint32")
    bits = (bits + 0x0F + (bits >> 5 & 1)) & ~np.uint32(0x1F)
    return bits.astype("uint16").view("float16")


def _copy_h5(item: Any, target: h5py.Group, name: str, dtype: str | None) -> None:
    import h5py
    import numpy as np

    if isinstance(item, h5py.Group):
        copy = target.create_group(name)
        for child in sorted(item):
            _copy_h5(item[child], copy, child, dtype)
    else:
        value, how = item[()], {}
        if dtype == "float11" and value.size > 1:
            # In one piece: of many each would bring a table of its codes, a tenth of the file.
            how = {"compression": "gzip", "compression_opts": 9, "shuffle": True}
            how["chunks"] = value.shape
        if dtype is not None and value.dtype.kind == "f":
            with np.errstate(over="ignore"):
                small = value.astype("float16")
            if dtype == "float11" and small.size > 1:
                small = _five_bits(small)
            if np.isinf(small).any() and not np.isinf(value).any():
                raise ConfigError(f"Weight {item.name} has values too large for {dtype}.")
            value = small
        copy = target.create_dataset(name, data=value, **how)
    for key in sorted(item.attrs):
        copy.attrs[key] = item.attrs[key]


def _number_shared_objects(config: dict[str, Any]) -> None:
    """Replaces the memory addresses by which Keras marks shared objects with 1, 2, 3, ..."""
    numbers: dict[int, int] = {}
    for node in needed_plugins.nodes_of(config):
        if "shared_object_id" in node:
            number = numbers.setdefault(node["shared_object_id"], len(numbers) + 1)
            node["shared_object_id"] = number


def _origin(model: keras.Model, config: dict[str, Any]) -> dict[str, Any]:
    """Returns what `zoo.json` says: which zoo, Keras and plugins made the file, for which task."""
    import keras

    owners = needed_plugins.packages_of_plugins()
    used = {owners[package] for package in _packages(config) if package in owners}
    task = getattr(model, "task", None)
    used |= {
        entry.owner
        for entry in needed_plugins.entries_of_plugins()
        if (entry.kind, entry.name) == ("task", task)
    }
    return {
        "format": FORMAT,
        "zoo": __version__,
        "keras": keras.__version__,
        "task": task,
        "plugins": [
            {"name": owner.name, "version": owner.version}
            for owner in sorted(used, key=lambda owner: owner.name)
        ],
    }


def _packages(config: dict[str, Any]) -> set[str]:
    """Returns the top-level packages of the classes that a Keras config names."""
    import keras

    packages = set()
    for node in needed_plugins.nodes_of(config):
        registered = node.get("registered_name")
        found = keras.saving.get_registered_object(registered) if registered else None
        module = found.__module__ if found is not None else node.get("module")
        if isinstance(module, str):
            packages.add(module.partition(".")[0])
    return packages


def _json(content: Any) -> bytes:
    return json.dumps(content, indent=2, sort_keys=True).encode()


# What is read ---------------------------------------------------------------------------------


def _read_head(path: Path, max_bytes: int | None = None) -> tuple[dict[str, Any], dict[str, Any]]:
    """Returns `zoo.json` (empty for a file that Keras wrote alone) and `config.json` of a file."""
    origin, config = keras_file.read_json(path, max_bytes)
    if not isinstance(config, dict) or not needed_plugins.is_origin(origin):
        raise DamagedFileError(
            f"{path} does not say in {_ZOO} what a .keras file says: save or download it again."
        )
    if origin.get("format", FORMAT) > FORMAT:
        raise ConfigError(
            f"{path} was saved by zoo {origin.get('zoo')}, which is newer than this "
            f"{__version__}: run `pip install -U sequence-zoo`."
        )
    return origin, config
