"""Files that a stranger may send: each small, and each says that it holds very much or nonsense.

Each maker takes the members of a whole file and changes some. `FILES` names those that were found
by hand; `random_file` makes any number of others from a seed.
"""

from __future__ import annotations

import io
import json
import random
import struct
import zipfile
import zlib
from pathlib import Path

import h5py
import numpy as np

CONFIG, WEIGHTS, ORIGIN = "config.json", "model.weights.h5", "zoo.json"
ZEROS = 1 << 30  # bytes behind a small member: they compress to a megabyte


def members_of(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def write(path: Path, members: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def with_zeros(path: Path, members: dict[str, bytes], name: str, method=zipfile.ZIP_DEFLATED):
    """A file with a member of zeros without end."""
    block = bytes(1 << 20)
    with zipfile.ZipFile(path, "w", method, compresslevel=1) as archive:
        for other, content in members.items():
            if other != name:
                archive.writestr(other, content)
        with archive.open(name, "w", force_zip64=True) as file:
            for _ in range(ZEROS // len(block)):
                file.write(block)
    return path


def before_the_file(path: Path, members: dict[str, bytes]):
    """A directory that says it begins later than it does: members begin before the file."""
    write(path, members)
    raw = bytearray(path.read_bytes())
    end = raw.rfind(b"PK\x05\x06")
    (place,) = struct.unpack_from("<I", raw, end + 16)
    struct.pack_into("<I", raw, end + 16, place + 1000)
    path.write_bytes(raw)
    return path


def with_lie(path: Path, members: dict[str, bytes], name: str):
    """A file with a member that says its beginning's size and checksum, and goes on with zeros."""
    pack = zlib.compressobj(1, zlib.DEFLATED, -15)
    content = members[name]
    packed = pack.compress(content)
    packed += b"".join(pack.compress(bytes(1 << 20)) for _ in range(ZEROS >> 20)) + pack.flush()
    write(path, members)
    raw = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        entry = archive.getinfo(name)
    # The member goes to the end, stored as it is; then both its headers are made to lie.
    others = {other: content for other, content in members.items() if other != name}
    write(path, {**others, name: packed})
    raw = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        place = archive.getinfo(name).header_offset
    central = raw.rindex(b"PK\x01\x02")
    for begin, method in ((place, 8), (central, 10)):
        raw[begin + method : begin + method + 2] = (8).to_bytes(2, "little")
        crc = begin + method + 6
        raw[crc : crc + 4] = entry.CRC.to_bytes(4, "little")
        raw[crc + 8 : crc + 12] = len(content).to_bytes(4, "little")
    path.write_bytes(raw)
    return path


def h5_with(content: bytes, change) -> bytes:
    """The weights after `change(h5py.File)`."""
    buffer = io.BytesIO(content)
    with h5py.File(buffer, "r+") as h5:
        change(h5)
    return buffer.getvalue()


def first_array(h5) -> str:
    names: list[str] = []
    h5.visititems(lambda name, item: names.append(name) if isinstance(item, h5py.Dataset) else None)
    return names[0]


def _declared(h5):
    name = first_array(h5)
    del h5[name]
    h5.create_dataset(name, (65536, 32768), "float32", chunks=(1024, 1024), compression="gzip")


def _declared_little(h5):
    """Less than the limit, and still without data."""
    name = first_array(h5)
    del h5[name]
    h5.create_dataset(name, (1000, 1000), "float32")


def _inflating_chunk(h5):
    """One chunk of 256 kB whose bytes unpack to a gigabyte."""
    name = first_array(h5)
    del h5[name]
    array = h5.create_dataset(name, (65536,), "float32", chunks=(65536,), compression="gzip")
    pack = zlib.compressobj(9)
    packed = b"".join(pack.compress(bytes(1 << 20)) for _ in range(ZEROS >> 20)) + pack.flush()
    array.id.write_direct_chunk((0,), packed)


def _dangling(h5):
    h5["layers/nowhere"] = h5py.SoftLink("/no/such/thing")


def _circular(h5):
    h5["layers/again"] = h5["layers"]


def _self_link(h5):
    h5["layers/self"] = h5py.SoftLink("/layers/self")


def _external(h5):
    h5["layers/outside"] = h5py.ExternalLink("/etc/passwd", "/")


def _strings(h5):
    h5.create_dataset("layers/text", data=["a"] * 10, dtype=h5py.string_dtype())


def _deep(h5):
    group = h5
    for _ in range(2000):
        group = group.create_group("g")


def _wide(h5):
    group = h5.create_group("many")
    for number in range(5_000):
        group.create_group(str(number))


def in_config(members, change) -> dict[str, bytes]:
    """The members with `change(dict)` done to every object of the config."""
    config = json.loads(members[CONFIG])
    stack = [config]
    while stack:
        node = stack.pop()
        if isinstance(node, dict):
            change(node)
            stack.extend(node.values())
        elif isinstance(node, list):
            stack.extend(node)
    return {**members, CONFIG: json.dumps(config).encode()}


def _numbers(name, value):
    def change(node):
        if name in node:
            node[name] = value

    return change


def _many_layers(node):
    if isinstance(node.get("layers"), list) and node["layers"]:
        node["layers"] = (node["layers"] * 500)[:500]


def _json_of(name, content):
    return lambda path, members: write(path, {**members, name: content})


def _h5_of(change):
    return lambda path, members: write(
        path, {**members, WEIGHTS: h5_with(members[WEIGHTS], change)}
    )


def _config_of(change):
    return lambda path, members: write(path, in_config(members, change))


def _asset_of(members, ending):
    return next(name for name in members if name.endswith(ending))


FILES = {
    **{f"zeros behind {n}": lambda p, m, n=n: with_zeros(p, m, n) for n in (CONFIG, WEIGHTS)},
    "zeros behind zoo.json": lambda p, m: with_zeros(p, m, ORIGIN),
    "zeros behind an asset": lambda p, m: with_zeros(p, m, _asset_of(m, "words.json")),
    "zeros by bzip2": lambda p, m: with_zeros(p, m, CONFIG, zipfile.ZIP_BZIP2),
    **{f"a lie about {n}": lambda p, m, n=n: with_lie(p, m, n) for n in (CONFIG, WEIGHTS)},
    "members that begin before the file": before_the_file,
    "an array declared without data": _h5_of(_declared),
    "a small array declared without data": _h5_of(_declared_little),
    "a chunk that inflates": _h5_of(_inflating_chunk),
    "a dangling link": _h5_of(_dangling),
    "a circular group": _h5_of(_circular),
    "a link to itself": _h5_of(_self_link),
    "a link to a file": _h5_of(_external),
    "weights that are texts": _h5_of(_strings),
    "2,000 levels of groups": _h5_of(_deep),
    "units=20000": _config_of(_numbers("units", 20_000)),
    "units=2**60": _config_of(_numbers("units", 2**60)),
    "output_dim=10**7": _config_of(_numbers("output_dim", 10**7)),
    "3 million labels": _config_of(_numbers("labels", ["a"] * 3_000_000)),
    "100,000 labels": _config_of(_numbers("labels", [str(i) for i in range(100_000)])),
    "500 layers": _config_of(_many_layers),
    "200,000 brackets in config.json": _json_of(CONFIG, b"[" * 200_000 + b"]" * 200_000),
    "200,000 brackets in zoo.json": _json_of(ORIGIN, b"[" * 200_000 + b"]" * 200_000),
    "900 brackets in a config": _config_of(_numbers("name", json.loads("[" * 900 + "]" * 900))),
    **{
        f"zoo.json is {text.decode()}": _json_of(ORIGIN, text)
        for text in (b"null", b"3", b'"a"', b"[]", b"true", b"1e999", b"NaN", b'{"format": "1"}')
    },
    **{
        f"config.json is {text.decode()}": _json_of(CONFIG, text)
        for text in (b"null", b"3", b'"a"', b"[]", b"{}", b'{"class_name": 3, "module": []}')
    },
}


def random_file(path: Path, members: dict[str, bytes], seed: int) -> Path:
    """A file with one to three faults, the same for a seed."""
    rng = random.Random(seed)
    members = dict(members)
    for _ in range(rng.randint(1, 3)):
        rng.choice((_flip, _cut, _spoil_json, _spoil_h5, _spoil_bytes_of_h5))(members, rng)
    write(path, members, rng.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)))
    if rng.random() < 0.2:
        raw = bytearray(path.read_bytes())
        for _ in range(rng.randint(1, 8)):
            raw[rng.randrange(len(raw))] = rng.randrange(256)
        path.write_bytes(raw)
    return path


def _flip(members, rng):
    name = rng.choice(sorted(members))
    content = bytearray(members[name])
    for _ in range(rng.randint(1, 20) if content else 0):
        content[rng.randrange(len(content))] = rng.randrange(256)
    members[name] = bytes(content)


def _cut(members, rng):
    name = rng.choice(sorted(members))
    members[name] = members[name][: rng.randrange(len(members[name]) + 1)]


_MOST_WRITTEN = 10**6  # numbers of an array that is made anew
ODD = (None, True, -1, 0, 10**9, 2**70, 1e308, "", "a" * 10_000, "\x1b[2J\u202e", [], {}, [[]])


def _spoil_json(members, rng):
    name = rng.choice((CONFIG, CONFIG, ORIGIN))
    try:
        tree = json.loads(members[name])
    except (ValueError, RecursionError):
        return
    places = []
    stack = [tree]
    while stack:
        node = stack.pop()
        if isinstance(node, (dict, list)):
            keys = list(node) if isinstance(node, dict) else range(len(node))
            places.extend((node, key) for key in keys)
            stack.extend(node[key] for key in keys)
    if places:
        node, key = rng.choice(places)
        node[key] = rng.choice(ODD)
        members[name] = json.dumps(tree).encode()


def _spoil_h5(members, rng):
    def change(h5):
        name = first_array(h5)
        kind = rng.randrange(5)
        if kind == 0:
            del h5[name]
        elif kind == 1 and h5[name].size <= _MOST_WRITTEN:  # it may have been spoilt before
            shape, dtype = h5[name].shape, rng.choice(("float64", "int8", "complex64", "S5"))
            del h5[name]
            h5.create_dataset(name, data=np.zeros(shape, dtype))
        elif kind == 2:
            del h5[name]
            h5.create_dataset(name, (rng.randrange(10**6), rng.randrange(10**6)), "float32")
        elif kind == 3:
            h5[f"{name}_{rng.random()}"] = h5py.SoftLink(rng.choice(("/", "/x", name)))
        else:
            h5.create_group(f"extra_{rng.random()}")

    try:
        members[WEIGHTS] = h5_with(members[WEIGHTS], change)
    except Exception:  # it was spoilt before
        return


def _spoil_bytes_of_h5(members, rng):
    """Flips bytes of the headers, where HDF5 keeps what it does with the others."""
    content = bytearray(members[WEIGHTS])
    for _ in range(rng.randint(1, 6) if content else 0):
        content[rng.randrange(min(len(content), 4096))] = rng.randrange(256)
    members[WEIGHTS] = bytes(content)
