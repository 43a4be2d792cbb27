"""A training run in a folder: what makes an interrupted run go on as if nothing had happened.

The folder holds `state.npz` (all variables of model and optimizer, random seeds included, and how
far the run is), `epoch-*.npz` (weights of the last epochs), `best.npz` and `log.jsonl`, one line an
epoch. Every file is written beside its place and then moved there, so a crash leaves the last one
whole.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import keras
import numpy as np

from zoo import files
from zoo.errors import ConfigError, DamagedFileError

_SETTINGS = "settings.json"


def check_settings(folder: str | os.PathLike, settings: Mapping) -> None:
    """Refuses a folder that holds a run with other settings; one that holds none is right.

    A recipe of several parts asks for all of them before it trains the first.

    Raises:
        ConfigError: if the folder belongs to a run with other settings; the message says which.
        DamagedFileError: if the settings there cannot be read.
    """
    path = Path(folder) / _SETTINGS
    if not path.exists():
        return
    try:
        old = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise DamagedFileError(
            f"{path} cannot be read ({error}): delete the folder to start the run anew."
        ) from error
    changed = [k for k in {**old, **settings} if old.get(k) != settings.get(k)]
    if changed:
        raise ConfigError(
            f"{path.parent} holds a run with another "
            + ", ".join(f"{k} ({old.get(k)}, now {settings.get(k)})" for k in sorted(changed))
            + ": take another folder, or delete this one."
        )


class TrainingRun:
    """Saves, resumes and averages a run of a compiled, built model.

    Args:
        folder: where the run lives; made if it is missing.
        model: a built and compiled `keras.Model`.
        keep: number of last epochs whose weights are kept for averaging.
        settings: plain values that make the run what it is. A folder with other settings is
        refused.

    Attributes:
        epoch: epochs done.
        step: steps of the current epoch done.
        best: best score so far, or None.

    Raises:
        ConfigError: if the folder belongs to a run with other settings.
        DamagedFileError: if its state cannot be read.
    """

    def __init__(
        self,
        folder: str | os.PathLike,
        model: keras.Model,
        keep: int = 5,
        settings: Mapping | None = None,
    ):
        self.folder = Path(folder)
        self.model = model
        self.keep = keep
        self.epoch = self.step = 0
        self.best: float | None = None
        settings = dict(settings or {})
        check_settings(self.folder, settings)
        self.folder.mkdir(parents=True, exist_ok=True)
        if not (self.folder / _SETTINGS).exists():
            with files.replacing(self.folder / _SETTINGS) as part:
                part.write_text(json.dumps(settings, indent=1), encoding="utf-8")
        model.optimizer.build(model.trainable_variables)
        if self._state.exists():
            self._resume()

    def _log(self, line: Mapping) -> None:
        """Adds the line of an epoch, in place of the one that a crash before the state left."""
        path = self.folder / "log.jsonl"
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        kept = [old for old in lines if json.loads(old)["epoch"] < line["epoch"]]
        with files.replacing(path) as part:
            part.write_text("\n".join([*kept, json.dumps(line)]) + "\n", encoding="utf-8")

    @property
    def _state(self) -> Path:
        return self.folder / "state.npz"

    def save(self, step: int) -> None:
        """Writes the whole state after `step` steps of the current epoch."""
        self.step = step
        progress = {"epoch": self.epoch, "step": step, "best": self.best}
        values = [keras.ops.convert_to_numpy(v) for v in self._variables()]
        arrays = {f"v{i}": value for i, value in enumerate(values)}
        self._write(self._state, progress=json.dumps(progress), **arrays)

    def end_epoch(self, score: float, log: Mapping[str, float]) -> bool:
        """Closes an epoch: keeps its weights, and as the best ones if `score` is the highest yet.

        Returns:
            Whether it is.
        """
        self.epoch += 1
        is_best = self.best is None or score > self.best
        if is_best:
            self.best = score
        self._write_weights(self.folder / f"epoch-{self.epoch:03d}.npz")
        if is_best:
            self._write_weights(self.folder / "best.npz")
        for old in self._epoch_files()[: -self.keep]:
            old.unlink()
        self._log({"epoch": self.epoch, "score": score, **log})
        self.save(step=0)
        return is_best

    def load_best(self) -> None:
        """Gives the model the weights of the best epoch."""
        self._set_weights([_read(self.folder / "best.npz")])

    def load_average(self, count: int | None = None) -> int:
        """Gives the model the mean weights of the last epochs.

        Args:
            count: of how many; by default of all that are kept.

        Returns:
            Of how many it is.
        """
        last = self._epoch_files()[-min(count or self.keep, self.keep) :]
        self._set_weights([_read(file) for file in last])
        return len(last)

    def _resume(self) -> None:
        arrays = _read(self._state)
        progress = json.loads(str(arrays["progress"]))
        variables = self._variables()
        values = [arrays.get(f"v{i}") for i in range(len(variables))]
        if len(arrays) != len(variables) + 1 or any(
            value is None or value.shape != tuple(variable.shape)
            for value, variable in zip(values, variables, strict=True)
        ):
            raise ConfigError(
                f"{self._state} belongs to another model: take another folder, or delete this one."
            )
        for variable, value in zip(variables, values, strict=True):
            variable.assign(value)
        self.epoch, self.step, self.best = progress["epoch"], progress["step"], progress["best"]

    def _variables(self):
        return [*self.model.variables, *self.model.optimizer.variables]

    def _epoch_files(self) -> list[Path]:
        return sorted(self.folder.glob("epoch-*.npz"))

    def _write_weights(self, path: Path) -> None:
        weights = [keras.ops.convert_to_numpy(w) for w in self.model.weights]
        self._write(path, **{f"w{i}": weight for i, weight in enumerate(weights)})

    def _set_weights(self, sets: Sequence[Mapping[str, np.ndarray]]) -> None:
        for i, weight in enumerate(self.model.weights):
            weight.assign(np.mean([values[f"w{i}"] for values in sets], axis=0, dtype="float64"))

    @staticmethod
    def _write(path: Path, **arrays) -> None:
        with files.replacing(path) as part, open(part, "wb") as file:
            np.savez(file, **arrays)


def _read(path: Path) -> dict[str, np.ndarray]:
    try:
        with np.load(path, allow_pickle=False) as arrays:
            return dict(arrays)
    except Exception as error:
        raise DamagedFileError(
            f"{path} cannot be read ({error}): delete the folder to start the run anew."
        ) from error
