"""Tensors of a checkpoint in PyTorch's first file format, read without PyTorch and without trust.

Such a file is a sequence of pickles (a magic number, a version, sizes of types, the tensors as
views of storages, the storages' keys), and then each storage as its length and its values. Of the
names in the pickles only the four are looked up that tensors need.
"""

from __future__ import annotations

import collections
import os
import pickle
from typing import Any, BinaryIO

import numpy as np

from zoo.errors import DamagedFileError

_MAGIC = 0x1950A86A20F9469CFC6C
_FAULTS = (pickle.UnpicklingError, EOFError, ValueError, LookupError, TypeError, AttributeError)
_DTYPES = {"FloatStorage": "<f4", "LongStorage": "<i8"}


def read_torch_checkpoint(path: str | os.PathLike) -> dict[str, np.ndarray]:
    """Reads the tensors of a state dict.

    Args:
        path: a file that `torch.save` wrote before version 1.6, on a little-endian machine.

    Returns:
        The tensors by their names, float32 or int64.

    Raises:
        DamagedFileError: when it is another file, or is cut off.
    """
    try:
        with open(path, "rb") as file:
            if _Unpickler(file).load() != _MAGIC:
                raise pickle.UnpicklingError("its first number is another")
            for _ in ("version", "sizes of types"):
                _Unpickler(file).load()
            tensors = _Unpickler(file).load()
            dtypes = {view.key: view.dtype for view in tensors.values()}
            storages = {key: _values(file, dtypes[key]) for key in _Unpickler(file).load()}
            return {name: view.of(storages[view.key]) for name, view in tensors.items()}
    except _FAULTS as error:
        reason = " ".join(str(error).split())[:100]
        raise DamagedFileError(
            f"{os.fspath(path)} is no PyTorch checkpoint of the first format ({reason}): get the "
            "file again."
        ) from error


def _values(file: BinaryIO, dtype: str) -> np.ndarray:
    length = int.from_bytes(file.read(8), "little")
    size = np.dtype(dtype).itemsize * length
    content = file.read(size) if size <= os.fstat(file.fileno()).st_size else b""
    if len(content) != size:
        raise EOFError("it is cut off")
    return np.frombuffer(content, dtype)


class _View:
    """A tensor: part of a storage."""

    def __init__(self, storage, offset, shape, strides, *_):
        self.dtype, self.key = storage
        self.offset, self.shape, self.strides = offset, tuple(shape), strides

    def of(self, storage: np.ndarray) -> np.ndarray:
        if min((self.offset, *self.strides)) < 0 or len(self.strides) != len(self.shape):
            raise ValueError("a tensor lies outside its storage")
        places = np.full(self.shape, self.offset, "int64")
        for axis, stride in enumerate(self.strides):
            steps = np.arange(self.shape[axis]) * stride
            places += steps.reshape(-1, *[1] * (len(self.shape) - axis - 1))
        return storage[places]


class _Unpickler(pickle.Unpickler):
    """Knows state dicts of tensors alone."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("collections", "OrderedDict"):
            return collections.OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _View
        if module == "torch" and name in _DTYPES:
            return _DTYPES[name]
        raise pickle.UnpicklingError(f"it asks for {module}.{name}")

    def persistent_load(self, pid: Any) -> tuple[str, str]:
        kind, dtype, key = pid[:3]
        if kind != "storage" or dtype not in _DTYPES.values():
            raise pickle.UnpicklingError(f"it has a {kind!r}")
        return dtype, str(key)
