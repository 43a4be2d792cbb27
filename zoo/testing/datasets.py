"""The contract of a data set."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import re
import shutil
import socket
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from unittest import mock

import keras
import numpy as np

from zoo import catalogue, files
from zoo.data import loading, sources
from zoo.errors import DamagedFileError, ZooError
from zoo.testing.assertions import require
from zoo.testing.batches import check_batches
from zoo.testing.contracts import clauses

_SPLIT = re.compile(r"train|validation|test(_\w+)?|unlabelled")
_GARBAGE = b"\x00\xff\xfe no file of this kind\n"
_EXAMPLES = 64  # of a split that are looked at


def check_dataset(dataset: str, *, local_files: Sequence[str | os.PathLike] = ()) -> None:
    """Checks a registered data set against `CONTRACTS["dataset"]`.

    The data set is prepared a few times in temporary folders, so its files should be small: put
    small ones into a folder, pin them in `zoo.data.sources.FILES` and let `ZOO_DATA_MIRROR` name
    it, or give the real ones and patience.

    Args:
        dataset: a registered name, with a config where it has some, such as "ud/ewt"; without one
            the first is taken.
        local_files: files that it reads without `zoo.data.sources`. They are overwritten and
            removed while the check runs, and put back.

    Raises:
        ContractError: if a clause is broken.

        zoo.testing.check_dataset("ud/ewt")
    """
    clause = clauses("dataset", dataset)
    with clause(1):
        name, builder_class = _builder_class(dataset)
    with tempfile.TemporaryDirectory() as folder:
        place = _Place(name, builder_class, Path(folder))
        with clause(2):
            fetched = place.fetch_all()
        place.fill_mirror(fetched)
        with clause(2), place.without_network("first"):
            loading.load_examples(name, "train")
            builder = place.builder()
            first = {split: _examples(name, split) for split in builder.info.splits}
        with clause(3):
            _check_splits(builder, first)
        with clause(4):
            _check_examples(builder, first)
        with clause(5), place.without_network("second"):
            for split, examples in first.items():
                _require_same(split, examples, _examples(name, split))
        with clause(6):
            for path in fetched:
                place.damage(path)
            place.damage_local([Path(path) for path in local_files])
        with clause(7):
            check_batches(builder.info.features, first["train"])


def _builder_class(dataset: str) -> tuple[str, Any]:
    import tensorflow_datasets as tfds

    name, _, config = dataset.partition("/")
    builder_class = catalogue.datasets.get(name)
    is_builder = isinstance(builder_class, type) and issubclass(
        builder_class, tfds.core.GeneratorBasedBuilder
    )
    require(is_builder, f"{builder_class!r} is none")
    require(builder_class.VERSION is not None, "it has no version")
    configs = [config.name for config in builder_class.BUILDER_CONFIGS]
    config = config or next(iter(configs), "")
    require(config in (configs or [""]), f"it has the configs {', '.join(configs)}")
    return f"{name}/{config}".rstrip("/"), builder_class


@dataclasses.dataclass
class _Place:
    """Temporary folders: a mirror of the files fetched, and a home for each preparation."""

    name: str
    builder_class: Any
    folder: Path

    @property
    def mirror(self) -> Path:
        return self.folder / "mirror"

    @property
    def home(self) -> Path:
        return Path(os.environ["ZOO_HOME"])

    def builder(self) -> Any:
        """The builder of what was prepared last."""
        config = self.name.partition("/")[2] or None
        root = files.home() / "datasets"
        return self.builder_class(config=config, data_dir=root, file_format="tfrecord")

    def fetch_all(self) -> dict[str, Path]:
        """Prepares the data set as its user would; returns the files that it fetched."""
        seen = _Recording(sources.FILES)
        home = self.folder / "fetched"
        home.mkdir()
        downloads = files.home() / "downloads"
        downloads.mkdir(parents=True, exist_ok=True)
        (home / "downloads").symlink_to(downloads.resolve())  # what is downloaded is kept
        environment = {"ZOO_HOME": str(home)}
        with mock.patch.dict(os.environ, environment), mock.patch.object(sources, "FILES", seen):
            loading.load_examples(self.name, "train")
            found = {path: sources.fetch(path) for path in list(seen.fetched)}
        for path in found:
            pinned = sources.FILES[path]
            is_pinned = re.fullmatch(r"[0-9a-f]{64}", pinned.sha256)
            require(bool(is_pinned), f"{path} has the SHA-256 {pinned.sha256!r}")
            is_url = re.match(r"https?://[^/]+/", pinned.url or "")
            require(bool(is_url), f"{path} has the URL {pinned.url!r}")
        return found

    def fill_mirror(self, fetched: dict[str, Path]) -> None:
        self.mirror.mkdir(exist_ok=True)
        for path, file in fetched.items():
            copy = self.mirror / path
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.symlink_to(file.resolve())

    @contextlib.contextmanager
    def without_network(self, home: str) -> Iterator[None]:
        """A home of its own, the mirror alone, and no connection to anywhere."""
        environment = {
            "ZOO_HOME": str(self.folder / home),
            "ZOO_DATA_MIRROR": str(self.mirror),
            "ZOO_OFFLINE": "1",
        }
        with (
            mock.patch.dict(os.environ, environment),
            mock.patch.object(socket.socket, "connect", _refuse),
        ):
            yield

    def damage(self, path: str) -> None:
        """Lets one file be damaged, damaged before it was pinned, and missing."""
        copy = self.mirror / path
        original = copy.readlink()
        pinned = sources.FILES[path]
        copy.unlink()
        copy.write_bytes(_GARBAGE)
        self._expect(f"{path} is damaged", path, DamagedFileError)
        as_it_is = dataclasses.replace(pinned, sha256=files.sha256_of(copy))
        with mock.patch.dict(sources.FILES, {path: as_it_is}):
            self._expect(f"{path} is of another format", path, DamagedFileError)
        copy.unlink()
        self._expect(f"{path} is missing", path, ZooError)
        copy.symlink_to(original)

    def damage_local(self, paths: list[Path]) -> None:
        """Lets each of a folder's files be damaged, and all of them be missing."""
        kept = {path: path.read_bytes() for path in paths}
        try:
            for path, content in kept.items():
                path.write_bytes(_GARBAGE)
                self._expect(f"{path} is damaged", path.name, DamagedFileError)
                path.write_bytes(content)
            for path in paths:
                path.unlink()
            if paths:
                self._expect(f"{', '.join(map(str, paths))} are missing", "", ZooError)
        finally:
            for path, content in kept.items():
                path.write_bytes(content)

    def _expect(self, when: str, named: str, kind: type[ZooError]) -> None:
        with self.without_network("damaged"):
            try:
                loading.load_examples(self.name, "train")
            except kind as error:
                sentence = str(error)
                is_one = "\n" not in sentence and sentence.endswith(".")
                require(is_one and named in sentence, f"when {when} it says {sentence!r}")
            else:
                raise AssertionError(f"when {when} it is prepared")
            left = list(self.home.glob("datasets/*/**/dataset_info.json"))
            require(not left, f"when {when} it leaves {left[:1]}")
            shutil.rmtree(self.home, ignore_errors=True)


class _Recording(dict):
    """`zoo.data.sources.FILES`, and which of them were asked for."""

    def __init__(self, table):
        super().__init__(table)
        self.fetched: dict[str, None] = {}

    def __getitem__(self, path):
        value = super().__getitem__(path)
        self.fetched[path] = None
        return value


def _refuse(*_: Any) -> None:
    raise OSError("it connects to the network by itself: fetch files by zoo.data.sources.fetch")


def _examples(name: str, split: str) -> list[Any]:
    found = loading.load_examples(name, split).take(_EXAMPLES)
    return list(found.as_numpy_iterator())


def _check_splits(builder: Any, examples: dict[str, list]) -> None:
    odd = [split for split in examples if not _SPLIT.fullmatch(split)]
    require(not odd and "train" in examples, f"it has {', '.join(examples)}")
    for split, found in examples.items():
        require(bool(found) and builder.info.splits[split].num_examples > 0, f"{split} is empty")


def _check_examples(builder: Any, examples: dict[str, list]) -> None:
    features = builder.info.features
    supervised = builder.info.supervised_keys or ()
    require(all(key in features for key in supervised), f"there is no feature of {supervised}")
    specs = features.get_tensor_spec()
    for split, found in examples.items():
        for example in found:
            keras.tree.assert_same_structure(example, specs)
            for value, spec in zip(
                keras.tree.flatten(example), keras.tree.flatten(specs), strict=True
            ):
                shape = np.shape(value)
                require(spec.shape.is_compatible_with(shape), f"a shape of {split} is {shape}")
                if spec.dtype.name == "string":
                    for text in np.asarray(value, object).reshape(-1):
                        text.decode("utf-8")  # raises where it is none


def _require_same(split: str, one: list, other: list) -> None:
    require(len(one) == len(other), f"{split} has {len(one)} examples, then {len(other)}")
    for number, pair in enumerate(zip(one, other, strict=True)):
        flat = [keras.tree.flatten(example) for example in pair]
        same = all(np.array_equal(a, b) for a, b in zip(*flat, strict=True))
        require(same, f"example {number} of {split} is another one")
