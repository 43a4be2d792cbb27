"""Released models in a folder: an index, and the files beside it, in any distribution.

A distribution of models is data and these lines:

    _folder = ModelFolder(Path(__file__).parent / "weights")

    @zoo.hookimpl
    def register_models(register):
        _folder.register(register)

    @zoo.hookimpl
    def resolve_artifact(ref, about):
        return _folder.resolve(about)
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from zoo.errors import DamagedFileError

FORMAT = 1


class ModelFolder:
    """The released models of a folder.

    Args:
        path: the folder, with an `index.json`: `{"format": 1, "models": [...]}`, of each model what
            the hook `register_models` takes.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.index = path / "index.json"

    def read(self) -> dict[str, Any]:
        """Returns the index.

        Raises:
            DamagedFileError: if it is not what it should be.
        """
        try:
            index = json.loads(self.index.read_text(encoding="utf-8"))
            if index["format"] != FORMAT or not isinstance(index["models"], list):
                raise ValueError("unknown format")
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise DamagedFileError(f"{self.index} is not an index of models: {error}.") from error
        return index

    def register(self, register: Callable[..., None]) -> None:
        """Registers all models of the index."""
        for model in self.read()["models"]:
            register(model["name"], **{key: model[key] for key in model if key != "name"})

    def resolve(self, about: Mapping[str, Any]) -> Path | None:
        """Returns the file of a registered model, None if it is not in the folder."""
        path = self.path / about["file"]
        return path if path.is_file() else None
