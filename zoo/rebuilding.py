"""From a model's file, measured before, to the model with the file's weights and no others."""

from __future__ import annotations

import collections
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from zoo import keras_file
from zoo.errors import DamagedFileError, PluginError, printable

_OPTIMIZER = "optimizer"  # its state, among the weights of a model that was fitted

if TYPE_CHECKING:
    import h5py
    import keras
    import numpy as np


def built(path: Path, stored: Path, arrays: keras_file.Arrays, failed: list[str]) -> keras.Model:
    """Builds the model of a file, which may be as large as its weights and hardly larger."""
    import keras

    from zoo.backend.weight_budget import weight_budget

    budget = weight_budget(
        layers=1_000 + 30 * arrays.count,
        arrays=100 + 4 * arrays.count,
        numbers=100_000 + arrays.numbers + arrays.numbers // 2,
    )
    try:
        with budget as made:
            model = keras.saving.load_model(stored, compile=False, safe_mode=True)
    except Exception as error:
        if made.reason is None:
            raise _why_not_opened(path, error, failed) from error
    if made.reason is not None:
        raise DamagedFileError(
            f"{path} describes a model of {made.reason}: save or download it again."
        )
    return model


def _why_not_opened(path: Path, error: Exception, failed: list[str]) -> Exception:
    text = printable(" ".join(str(error).split()))
    if "Could not locate" in text and failed:
        return PluginError(
            f"{path} uses a class of a plugin that does not work here: "
            f"{printable(' '.join(failed[0].split()))}."
        )
    if "Could not locate" in text:
        return PluginError(
            f"{path} uses a class that neither the zoo nor an installed plugin has; import the "
            f"module that defines it, or install its plugin (Keras says: {text[:200]})."
        )
    return DamagedFileError(f"{path} cannot be opened ({text[:300]}): save or download it again.")


def check_weights_were_read(model: keras.Model, path: Path, stored: Path) -> None:
    """Raises unless the arrays of the file and the weights of the model are the same values.

    A layer whose `build_from_config` or `load_own_variables` is wrong keeps what it was made with,
    or gets random weights in its first call, and Keras says nothing. So values are compared,
    whatever their paths.
    """
    import keras
    import numpy as np

    unread = collections.defaultdict(list)
    with zipfile.ZipFile(stored) as archive, keras_file.weights_in(archive) as h5:
        for dataset in (item for name in h5 if name != _OPTIMIZER for item in _datasets(h5[name])):
            array = np.asarray(dataset)
            if dataset.attrs.get("dtype") == "bfloat16":  # h5 does not know this type
                array = array.view("bfloat16")
            unread[array.shape].append(array)
    weights = {id(weight) for weight in model.weights}
    for variable in model.variables:
        value = keras.ops.convert_to_numpy(variable)
        arrays = unread[value.shape]
        found = next((i for i, array in enumerate(arrays) if _same(array, value)), None)
        if found is not None:
            arrays.pop(found)
        elif id(variable) in weights:  # and not the state of a metric or a random generator
            raise DamagedFileError(
                f"{path} was opened, but weight {variable.path!r} {value.shape} is not in it and "
                "was not read: the build() or load_own_variables() of its layer is at fault."
            )
    left = sum(map(len, unread.values()))
    if left:
        raise DamagedFileError(
            f"{path} was opened, but {left} of its weights were not read and would be lost: the "
            "get_build_config() or build_from_config() of a layer is at fault."
        )


def _same(array: np.ndarray, value: np.ndarray) -> bool:
    return array.astype(value.dtype).tobytes() == value.tobytes()


def _datasets(item: h5py.Group | h5py.Dataset) -> Iterator[h5py.Dataset]:
    if hasattr(item, "values"):
        for child in item.values():
            yield from _datasets(child)
    else:
        yield item
