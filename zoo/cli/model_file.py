"""What a `.keras` file says of itself, without Keras: for `zoo show`."""

from __future__ import annotations

import json
import math
import zipfile
from pathlib import Path
from typing import Any

from zoo import catalogue, files, saving

_CONFIG, _WEIGHTS = "config.json", "model.weights.h5"


def about_file(path: Path) -> dict[str, Any]:
    """Returns what is known of a model's file, as plain data.

    Args:
        path: a `.keras` file.

    Returns:
        `kind`, `file`, the `name` of the released model that it is (if it is one), `task`, `class`,
        `parameters`, `bytes`, `sha256`, the versions of `zoo` and `keras` that saved it, and the
        `plugins` that it needs.

    Raises:
        MissingFileError, DamagedFileError, ConfigError: as `zoo.load`.
    """
    path = saving.locate(path)
    origin = saving.read_origin(path)
    with zipfile.ZipFile(path) as archive:
        config = json.loads(archive.read(_CONFIG))
        with archive.open(_WEIGHTS) as weights:
            parameters = _parameters(weights)
    sha256 = files.sha256_of(path)
    released = [
        f"{entry.name}@{entry.about['revision']}"
        for entry in catalogue.models.entries()
        if entry.about["sha256"] == sha256
    ]
    plugins = [f"{plugin['name']} {plugin['version']}" for plugin in origin.get("plugins", [])]
    said = {
        "kind": "file",
        "file": str(path),
        "name": released[0] if released else None,
        "task": origin.get("task"),
        "class": config.get("class_name"),
        "parameters": parameters,
        "bytes": path.stat().st_size,
        "sha256": sha256,
        "zoo": origin.get("zoo"),
        "keras": origin.get("keras"),
        "plugins": plugins,
    }
    return {key: value for key, value in said.items() if value not in (None, [])}


def _parameters(weights: Any) -> int:
    """Numbers in all arrays of an h5 file, those of an optimizer left out."""
    import h5py

    count = 0

    def add(name: str, item: Any) -> None:
        nonlocal count
        if isinstance(item, h5py.Dataset) and not name.startswith("optimizer"):
            count += math.prod(item.shape)

    with h5py.File(weights) as file:
        file.visititems(add)
    return count
