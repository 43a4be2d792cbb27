"""What a `.keras` file holds, measured before anything of it is unpacked or built.

A file comes from anywhere, and a small one can say that it holds much: members that unpack to
gigabytes, arrays without data, brackets without end. So sizes are read first and bounded, by the
size of the file and by a limit that a user can raise. Knows zip, JSON and HDF5, and no Keras.
"""

from __future__ import annotations

import contextlib
import dataclasses
import io
import json
import math
import numbers
import os
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zoo.errors import ConfigError, DamagedFileError, printable

if TYPE_CHECKING:
    import h5py
    import numpy as np

CONFIG, WEIGHTS, ORIGIN = "config.json", "model.weights.h5", "zoo.json"
_BLOCK = 1 << 20
_SMALL = 1 << 24  # bytes that the members of any file may have
_MOST_JSON = 1 << 21  # bytes of a JSON member; parsed, it takes up to twenty times as much
_MOST_MEMBERS = 10_000
_MOST_OBJECTS = 50_000  # groups and arrays; a model of 500 layers has fewer
_DEEPEST = 100  # levels of a config or of groups; released models have 15
_NODES = 256  # objects of a config that needs no weights, and for each array of weights:
_NODES_PER_ARRAY = 32
_NUMBERS = "biufV"  # kinds of dtypes; V is bfloat16, which HDF5 does not know
# Ways to store the chunks of an array: as they are, by gzip, by gzip after a shuffle.
_GZIP = 1
_FILTERS = ((), (_GZIP,), (2, _GZIP))


@dataclasses.dataclass(frozen=True)
class Limits:
    """Bytes that parts of a file may have when they are unpacked."""

    members: int
    arrays: int
    json: int

    @classmethod
    def of(cls, path: Path, max_bytes: int | None) -> Limits:
        """The limits for a file: what a user gave, here or as `ZOO_MAX_BYTES`, or by its size.

        Raises:
            ConfigError: if what was given is no positive whole number.
        """
        named: str = "max_bytes"
        given: Any = max_bytes
        if given is None and (text := os.environ.get("ZOO_MAX_BYTES", "").strip()):
            named, given = "ZOO_MAX_BYTES", int(text) if text.isdecimal() else text
        if given is None:
            size = path.stat().st_size
            return cls(max(_SMALL, 8 * size), max(4 * _SMALL, 32 * size), _MOST_JSON)
        if not _is_whole(given) or given < 1:
            raise ConfigError(f"{named} must be a whole number of at least 1, not {given!r}.")
        max_bytes = given
        return cls(int(max_bytes), int(max_bytes), max(_MOST_JSON, int(max_bytes) // 32))


@dataclasses.dataclass
class Arrays:
    """How many arrays the weights of a file are, and of how many numbers."""

    count: int = 0
    numbers: int = 0
    bytes: int = 0


def read_json(path: Path, max_bytes: int | None = None) -> tuple[Any, Any]:
    """Returns what `zoo.json` (`{}` for a file that Keras wrote alone) and `config.json` say.

    Raises:
        DamagedFileError: if it is not a `.keras` file.
        ConfigError: if it is larger, unpacked, than the limits.
    """
    limits = Limits.of(path, max_bytes)
    with _opened(path, limits) as archive:
        config = _json(path, archive, CONFIG, limits)
        origin = _json(path, archive, ORIGIN, limits) if ORIGIN in archive.namelist() else {}
    return origin, config


@contextlib.contextmanager
def uncompressed(path: Path, max_bytes: int | None = None) -> Iterator[Path]:
    """Gives a file whose members are stored as they are: `path`, or a temporary copy.

    The size that a compressed member says may be a lie that only unpacking shows, so it is unpacked
    here, in blocks, as far as it says.

    Raises:
        DamagedFileError, ConfigError: as `read_json`.
    """
    limits = Limits.of(path, max_bytes)
    with _opened(path, limits) as archive:
        members = archive.infolist()
        if all(member.compress_type == zipfile.ZIP_STORED for member in members):
            yield path
            return
        with tempfile.TemporaryDirectory(prefix="zoo-") as folder:
            copy = Path(folder, "model.keras")
            with zipfile.ZipFile(copy, "w") as stored:
                for member in members:
                    with (
                        archive.open(member) as source,
                        stored.open(zipfile.ZipInfo(member.filename), "w") as target,
                    ):
                        while block := source.read(_BLOCK):
                            target.write(block)
            yield copy


def measure_arrays(path: Path, stored: Path, max_bytes: int | None = None) -> Arrays:
    """Returns how much the weights of a file are, without making arrays of them.

    Args:
        path: the file.
        stored: what `uncompressed` gives for it.
        max_bytes: as for `zoo.load`.

    Raises:
        DamagedFileError: if they are not stored as Keras and the zoo store weights.
        ConfigError: if they are more than the limits.
    """
    limits = Limits.of(path, max_bytes)
    with _opened(stored, limits) as archive:
        if WEIGHTS not in archive.namelist():
            raise _damaged(path, f"it has no {WEIGHTS}")
        try:
            with weights_in(archive) as h5:
                return _measured(path, h5, limits)
        except (ConfigError, DamagedFileError):
            raise
        # What h5py raises for a damaged file is none of a kind.
        except Exception as error:
            raise _damaged(path, f"{WEIGHTS}: {error}") from error


def weights_in(archive: zipfile.ZipFile) -> h5py.File:
    """The weights of an uncompressed file, read whole: h5py asks for a thousand small parts."""
    import h5py

    return h5py.File(io.BytesIO(archive.read(WEIGHTS)), "r")


def check_config(path: Path, config: Any, arrays: Arrays) -> None:
    """Requires of a config that it describes a model of about as many parts as it has weights.

    Raises:
        DamagedFileError: if it describes many more.
    """
    most = _NODES + _NODES_PER_ARRAY * arrays.count
    stack, count = [config], 0
    while stack:
        node = stack.pop()
        if isinstance(node, dict):
            count += 1
            stack.extend(node.values())
        elif isinstance(node, list):
            stack.extend(node)
    if count > most:
        raise _damaged(path, f"{count:,} objects in {CONFIG} for {arrays.count:,} arrays")


# Members of the archive -----------------------------------------------------------------------


@contextlib.contextmanager
def _opened(path: Path, limits: Limits) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(path) as archive:
            _check_members(path, archive.infolist(), limits)
            yield archive
    except (ConfigError, DamagedFileError):
        raise
    except (zipfile.BadZipFile, zlib.error, KeyError, EOFError, NotImplementedError) as error:
        raise _damaged(path, error) from error


def _check_members(path: Path, members: list[zipfile.ZipInfo], limits: Limits) -> None:
    names = {member.filename for member in members}
    if len(names) < len(members) or len(members) > _MOST_MEMBERS:
        raise _damaged(path, f"{len(members):,} members of {len(names):,} names")
    size = path.stat().st_size
    for member in members:
        stored = member.compress_type == zipfile.ZIP_STORED
        if not stored and member.compress_type != zipfile.ZIP_DEFLATED:
            raise _damaged(path, f"{member.filename} is compressed in an unusual way")
        if not 0 <= member.header_offset < size:
            raise _damaged(path, f"{member.filename} begins outside of the file")
        if member.flag_bits & 1 or (stored and member.file_size != member.compress_size):
            raise _damaged(path, f"{member.filename} is not stored as it says")
    total = sum(member.file_size for member in members)
    if total > limits.members:
        raise _too_large(path, "its members", total, limits.members)


def _json(path: Path, archive: zipfile.ZipFile, name: str, limits: Limits) -> Any:
    member = archive.getinfo(name)
    if member.file_size > limits.json:
        raise _too_large(path, name, member.file_size, limits.json)
    with archive.open(member) as file:
        content = file.read(member.file_size)
    try:
        found = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise _damaged(path, f"{name}: {error}") from error
    _check_depth(path, found, name)
    return found


def _check_depth(path: Path, found: Any, name: str) -> None:
    stack = [(found, 1)]
    while stack:
        node, depth = stack.pop()
        if depth > _DEEPEST:
            raise _damaged(path, f"{name} is nested deeper than {_DEEPEST} levels")
        if isinstance(node, (dict, list)):
            children = node.values() if isinstance(node, dict) else node
            stack.extend((child, depth + 1) for child in children)


# Arrays of the weights ------------------------------------------------------------------------


def _measured(path: Path, h5: h5py.File, limits: Limits) -> Arrays:
    import h5py

    found, seen = Arrays(), {_address(h5)}
    stack: list[tuple[Any, int]] = [(h5, 0)]
    while stack:
        group, depth = stack.pop()
        for name in group:
            where = f"{group.name.rstrip('/')}/{name}"
            if not isinstance(group.get(name, getlink=True), h5py.HardLink):
                raise _damaged(path, f"{where} in {WEIGHTS} is a link")
            item = group[name]
            if (address := _address(item)) in seen:
                raise _damaged(path, f"{where} in {WEIGHTS} stands there twice")
            seen.add(address)
            if len(seen) > _MOST_OBJECTS or depth > _DEEPEST:
                raise _damaged(path, f"{WEIGHTS} has too many groups, or too deep ones")
            if isinstance(item, h5py.Group):
                stack.append((item, depth + 1))
            elif isinstance(item, h5py.Dataset):
                _add(path, found, item, limits)
            else:
                raise _damaged(path, f"{where} in {WEIGHTS} is no array")
    return found


def _address(item: Any) -> tuple[int, int]:
    import h5py

    info = h5py.h5o.get_info(item.id)
    return info.fileno, info.addr


def _add(path: Path, found: Arrays, array: h5py.Dataset, limits: Limits) -> None:
    """Counts an array whose bytes are all in the file."""
    where = f"{array.name} in {WEIGHTS}"
    if array.shape is None or array.dtype.kind not in _NUMBERS or array.dtype.hasobject:
        raise _damaged(path, f"{where} is no array of numbers")
    if array.external or array.is_virtual:
        raise _damaged(path, f"{where} stands in another file")
    count = math.prod(array.shape)  # of Python's integers, which do not overflow
    found.count += 1
    found.numbers += count
    found.bytes += count * max(array.dtype.itemsize, 4)  # they are computed in float32
    if found.bytes > limits.arrays:
        raise _too_large(path, "its weights", found.bytes, limits.arrays)
    stored = array.id.get_storage_size()
    if array.chunks is None:
        if stored != count * array.dtype.itemsize:
            raise _damaged(path, f"{where} declares more numbers than it holds")
    else:
        _check_chunks(path, array, count, limits)


def _check_chunks(path: Path, array: h5py.Dataset, count: int, limits: Limits) -> None:
    """Requires chunks that unpack to their own size: HDF5 would unpack however much comes."""
    where = f"{array.name} in {WEIGHTS}"
    settings = array.id.get_create_plist()
    filters = tuple(settings.get_filter(i)[0] for i in range(settings.get_nfilters()))
    size = math.prod(array.chunks) * array.dtype.itemsize
    if filters not in _FILTERS or size > limits.arrays:
        raise _damaged(path, f"{where} is stored in an unusual way")
    wanted = math.prod(-(-n // chunk) for n, chunk in zip(array.shape, array.chunks, strict=True))
    places: list[tuple[int, ...]] = []
    array.id.chunk_iter(lambda chunk: places.append(chunk.chunk_offset))
    if count and len(places) != wanted:
        raise _damaged(path, f"{where} declares more numbers than it holds")
    for place in places:
        skipped, content = array.id.read_direct_chunk(place)
        if _GZIP not in filters or skipped:
            whole = not skipped and len(content) == size
        else:
            unpacking = zlib.decompressobj()
            whole = len(unpacking.decompress(content, size + 1)) == size and unpacking.eof
        if not whole:
            raise _damaged(path, f"{where} has a chunk that is not of its size")


# Assets that are compressed themselves ----------------------------------------------------------


def inflate(path: Path, content: bytes) -> bytes:
    """Returns what was compressed by zlib, unless it is far more than such a file holds.

    Args:
        path: what messages name.
        content: the compressed bytes.

    Raises:
        DamagedFileError: if it is, or `content` is damaged.
    """
    most = max(_SMALL, 32 * len(content))
    unpacking = zlib.decompressobj()
    try:
        found = unpacking.decompress(content, most)
    except zlib.error as error:
        raise _damaged(path, error) from error
    if not unpacking.eof:
        raise _damaged(path, f"it does not end within {most:,} bytes")
    return found


def read_npz(path: Path, name: str) -> np.ndarray:
    """Returns an array of a `.npz` file, whose size is read before memory is taken.

    Raises:
        DamagedFileError: if there is no such array, it is not of the size it says, or it is far
            more than such a file holds.
    """
    import numpy as np

    limits = Limits.of(path, None)
    with _opened(path, dataclasses.replace(limits, members=1 << 63)) as archive:
        member = archive.getinfo(f"{name}.npy")
        if member.file_size > limits.arrays:
            raise _damaged(path, f"{name} would take {member.file_size:,} bytes")
        with archive.open(member) as file:
            content = io.BytesIO(file.read(member.file_size))
    try:
        if np.lib.format.read_magic(content) != (1, 0):
            raise ValueError("it is of another version")
        shape, _, dtype = np.lib.format.read_array_header_1_0(content)
        if math.prod(shape) * dtype.itemsize != len(content.getbuffer()) - content.tell():
            raise ValueError("it is not of the size it says")
        content.seek(0)
        return np.lib.format.read_array(content, allow_pickle=False)
    except ValueError as error:
        raise _damaged(path, f"{name}: {error}") from error


# What is said ---------------------------------------------------------------------------------


def _is_whole(value: Any) -> bool:
    return isinstance(value, numbers.Integral) and not isinstance(value, bool)


def _damaged(path: Path, reason: object) -> DamagedFileError:
    text = printable(" ".join(str(reason).split()))[:300]
    return DamagedFileError(
        f"{path} is not a whole .keras file ({text}): save or download it again."
    )


def _too_large(path: Path, what: str, size: int, limit: int) -> ConfigError:
    return ConfigError(
        f"{path} is {path.stat().st_size:,} bytes and {what} would take {size:,}, above the limit "
        f"of {limit:,}: if you trust it, load it with zoo.load(path, max_bytes=...) or set "
        "ZOO_MAX_BYTES."
    )
