"""From a name such as "ud/ewt" to its examples; prepares a data set at first use."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zoo import catalogue, files
from zoo.errors import ConfigError, PluginError, ZooError

if TYPE_CHECKING:
    import tensorflow as tf
    import tensorflow_datasets as tfds


def load_examples(name: str, split: str) -> tf.data.Dataset:
    """Returns the examples of a split as its builder made them, in the order of its file.

    Args:
        name: a registered data set, and its config where it has some: "ud/ewt".
        split: a split of the data set, such as "train" or "validation".

    Returns:
        A data set of dicts of tensors.

    Raises:
        UnknownNameError: when no data set has this name.
        ConfigError: when it has not this config or this split.
        MissingFileError, DamagedFileError, OfflineError: when its files cannot be had.

    Example:
        >>> load_examples("ud/ewt", "validation")  # doctest: +SKIP
    """
    builder_class, config = _builder_of(name)
    return split_of(prepared(builder_class, config), name, split)


def _builder_of(name: str) -> tuple[type[tfds.core.GeneratorBasedBuilder], str]:
    """Returns the builder and the config of a data set's whole name."""
    dataset, _, config = name.partition("/")
    builder_class = catalogue.datasets.get(dataset)
    configs = sorted(builder_class.builder_configs)
    if config not in (configs or [""]):
        known = ", ".join(f"{dataset}/{c}" for c in configs) or dataset
        raise ConfigError(f"There is no data set {name!r}: write one of {known}.")
    return builder_class, config


def label_names(name: str) -> list[str] | None:
    """Returns the names of a data set's labels where tfds keeps them as numbers, else None.

    Args:
        name: as for `load_examples`.

    Raises:
        UnknownNameError, ConfigError, MissingFileError, DamagedFileError, OfflineError: as
            `load_examples` does.
    """
    dataset, _, config = name.partition("/")
    features = prepared(catalogue.datasets.get(dataset), config).info.features
    return getattr(features["label"], "names", None)


def split_of(builder: tfds.core.GeneratorBasedBuilder, name: str, split: str) -> tf.data.Dataset:
    """Returns the examples of a split in the order of its file."""
    import tensorflow_datasets as tfds

    if split not in builder.info.splits:
        raise ConfigError(
            f"{name} has no split {split!r}: write one of {', '.join(builder.info.splits)}."
        )
    in_order = tfds.ReadConfig(interleave_cycle_length=1)
    return builder.as_dataset(split=split, shuffle_files=False, read_config=in_order)


def prepared(
    builder_class: type[tfds.core.GeneratorBasedBuilder], config: str
) -> tfds.core.GeneratorBasedBuilder:
    """Returns a builder whose data is prepared: found whole, or prepared now."""
    root = files.home() / "datasets"
    folder = root / builder_class.name / config / str(builder_class.VERSION)
    builder = _whole_builder(builder_class, config, root)
    if builder is not None:
        return builder
    with _one_at_a_time(root):  # workers of one training all come here
        return _whole_builder(builder_class, config, root) or _prepare(
            builder_class, config, root, folder
        )


def _prepare(
    builder_class: type[tfds.core.GeneratorBasedBuilder], config: str, root: Path, folder: Path
) -> tfds.core.GeneratorBasedBuilder:
    name = f"{builder_class.name}/{config}".rstrip("/")
    print(f"Preparing {name} in {folder}", file=sys.stderr)
    shutil.rmtree(folder, ignore_errors=True)
    builder = builder_class(config=config or None, data_dir=root, file_format="tfrecord")
    with _quiet_tfds(), _same_randomness():
        try:
            # tfds writes beside the folder, and gives it its name when all is there.
            builder.download_and_prepare(file_format="tfrecord")
        except OSError:
            # Another process may have been quicker; any other cause leaves nothing whole.
            builder = _whole_builder(builder_class, config, root)
            if builder is None:
                raise
    return builder


@contextlib.contextmanager
def _one_at_a_time(root: Path) -> Iterator[None]:
    """Waits for other processes that prepare data in a folder, where files can be locked."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    root.mkdir(parents=True, exist_ok=True)
    with open(root / ".lock", "a") as file:
        with contextlib.suppress(OSError):  # a file system without locks
            fcntl.lockf(file, fcntl.LOCK_EX)
        yield


def _whole_builder(
    builder_class: type[tfds.core.GeneratorBasedBuilder], config: str, root: Path
) -> tfds.core.GeneratorBasedBuilder | None:
    """Returns a builder with its prepared data, or None where that is missing or damaged."""
    from google.protobuf import json_format

    try:
        builder = builder_class(config=config or None, data_dir=root, file_format="tfrecord")
        return builder if _is_whole(builder) else None
    except (OSError, ValueError, json_format.Error):
        return None


def _is_whole(builder: tfds.core.GeneratorBasedBuilder) -> bool:
    """Whether every prepared file is there in its full size (a TFRecord adds 16 bytes each)."""
    if not builder.data_path.exists() or not builder.is_prepared() or not builder.info.splits:
        return False
    return all(
        all(os.path.exists(path) for path in split.filepaths)
        and sum(Path(path).stat().st_size for path in split.filepaths)
        == split.num_bytes + 16 * split.num_examples
        for split in builder.info.splits.values()
    )


@contextlib.contextmanager
def _quiet_tfds():
    """Keeps tfds from announcing itself on stdout, which belongs to results, and from its bars."""
    import tensorflow_datasets as tfds

    tfds.disable_progress_bar()
    try:
        with open(os.devnull, "w") as sink, contextlib.redirect_stdout(sink):
            yield
    finally:
        tfds.enable_progress_bar()


@contextlib.contextmanager
def _same_randomness() -> Iterator[None]:
    """Gives Python's and NumPy's generators back as they were.

    tfds draws from them for the names of its temporary files, Keras for the seeds of its layers: a
    first run, which prepares its data, would train another model than a second one.
    """
    import numpy as np

    state, numpy_state = random.getstate(), np.random.get_state()
    try:
        yield
    finally:
        random.setstate(state)
        np.random.set_state(numpy_state)


def full_name(data: str) -> str:
    """Returns a data set's whole name: of "ewt" it is "ud/ewt".

    Raises:
        ConfigError: if no data set, or more than one, has such a config.
    """
    if data.partition("/")[0] in catalogue.datasets:
        return data
    found = []
    for name in catalogue.datasets.names():
        try:
            configs = catalogue.datasets.get(name).builder_configs
        except PluginError:
            continue  # `zoo plugins` says what is wrong with it
        found += [f"{name}/{data}"] if data in configs else []
    if len(found) != 1:
        reason = f"is one of {', '.join(found)}" if found else "does not exist"
        raise ConfigError(
            f"The data set {data!r} {reason}: write its whole name, such as ud/ewt; `zoo list` has "
            "the data sets."
        )
    return found[0]


def datasets_that_yield(yields: str, of: str) -> list[tuple[str, Any]]:
    """Returns the data sets of one kind of examples, with their configs, without preparing any.

    Args:
        yields: what an example is, as registered: "pairs", "tagged", "labelled", "captioned".
        of: what its items are: "text", "image".

    Returns:
        `("ud/ewt", config)` for each config, by name; `("flickr8k", None)` for
        a data set without configs. A data set that cannot be imported is left out.

    Example:
        >>> "multi30k/en-fr" in dict(datasets_that_yield("pairs", "text"))
        True
    """
    found: list[tuple[str, Any]] = []
    for entry in catalogue.datasets.entries():
        if (entry.about.get("yields"), entry.about.get("of")) != (yields, of):
            continue
        try:
            configs = catalogue.datasets.get(entry.name).builder_configs
        except ZooError:
            continue  # `zoo plugins` says what is wrong with it
        found += [(f"{entry.name}/{name}", config) for name, config in configs.items()]
        found += [(entry.name, None)] * (not configs)
    return found


def splits_of(name: str) -> list[str]:
    """Returns the splits of a data set.

    Args:
        name: as for `load_examples`.

    Raises:
        UnknownNameError, ConfigError, MissingFileError, DamagedFileError, OfflineError: as
            `load_examples` does.
    """
    builder_class, config = _builder_of(name)
    return list(prepared(builder_class, config).info.splits)


def reported_splits(name: str) -> list[str]:
    """Returns the splits of a data set that a model is reported on: those named "test...".

    Args:
        name: as for `load_examples`.

    Raises:
        UnknownNameError, ConfigError, MissingFileError, DamagedFileError, OfflineError: as
            `load_examples` does.
    """
    return [split for split in splits_of(name) if split.startswith("test")]


def require_features(data: str, names: Sequence[str], split: str = "train") -> None:
    """Requires that the examples of a split of a data set have features.

    Raises:
        ConfigError: if one is missing.
        UnknownNameError, MissingFileError, DamagedFileError, OfflineError: as `load_examples`.
    """
    spec = load_examples(data, split).element_spec
    missing = [name for name in names if name not in spec]
    if missing:
        raise ConfigError(
            f"{data} has no {' and no '.join(missing)}, which the task learns from: take another "
            "data set."
        )
