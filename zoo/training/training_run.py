"""A training run in a folder: what makes an interrupted run go on as if nothing had happened.

The folder holds `state.npz` (all variables of model and optimizer, random seeds included, and how
far the run is), `epoch-*.npz` (weights of the last epochs and of the best ones), `log.jsonl` and
`log.csv`, one line an epoch, `settings.json`, and `lock`, which one process holds. Every file is
written beside its place and then moved there, so a crash leaves the last one whole. Of several
processes that train together the chief alone writes, and all of them read.
"""

from __future__ import annotations

import contextlib
import csv
import errno
import json
import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

import keras
import numpy as np

from zoo import files
from zoo.errors import BusyError, ConfigError, DamagedFileError, DiskError, ZooError
from zoo.training.workers import workers_of_model

_SETTINGS = "settings.json"


def check_settings(
    folder: str | os.PathLike, settings: Mapping, may_change: Collection[str] = ()
) -> None:
    """Refuses a folder that holds a run with other settings; one that holds none is right.

    A recipe of several parts asks for all of them before it trains the first.

    Args:
        folder: of the run.
        settings: those of now.
        may_change: names of settings that another value does no harm to.

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
        raise _damaged(path, error) from error
    if not isinstance(old, dict):
        raise _damaged(path, "it holds no settings")
    names = {**old, **settings}
    changed = [k for k in names if old.get(k) != settings.get(k) and k not in may_change]
    if changed == ["data"]:
        raise ConfigError(
            f"{path.parent} holds a run on other data: take another folder, or delete this one."
        )
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
        may_change: names of settings that may have another value than the run began with, such as
            a larger number of epochs.
        keep_best: number of best epochs whose weights are kept too.
        extra: `keras.Variable`s beside those of model and optimizer that belong to the state.
        strategy: name of the strategy in whose scope the model was made, see `distribution_scope`;
            TensorFlow's models know it themselves.

    Attributes:
        epoch: epochs done.
        step: steps of the current epoch done.
        best: best score so far, or None.
        scores: score of each epoch, by its number from 1.
        workers: the processes that train the model, which all make this object.

    Raises:
        ConfigError: if the folder belongs to a run with other settings, or several processes do not
            find the same state in it.
        DamagedFileError: if its state cannot be read.
        BusyError: if another process trains in this folder.
        DiskError: if nothing can be written there.
    """

    def __init__(
        self,
        folder: str | os.PathLike,
        model: keras.Model,
        keep: int = 5,
        settings: Mapping | None = None,
        may_change: Collection[str] = (),
        keep_best: int = 1,
        extra: Sequence[keras.Variable] = (),
        strategy: str | None = None,
    ):
        self.folder = Path(folder)
        self.model = model
        self.keep = keep
        self.keep_best = keep_best
        self.extra = list(extra)
        self.workers = workers_of_model(model, strategy)
        self.epoch = self.step = 0
        self.scores: dict[int, float] = {}
        settings = dict(settings or {})
        check_settings(self.folder, settings, may_change)
        if self.workers.is_chief:
            self._hold(settings)
        strategy = getattr(model, "distribute_strategy", None)  # TensorFlow's alone
        with strategy.scope() if strategy else contextlib.nullcontext():
            model.optimizer.build(model.trainable_variables)
        if self._state.exists():
            self._resume()
        self._require_one_state()

    def _hold(self, settings: Mapping) -> None:
        """Makes the folder this process's own."""
        with _disk(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            self._lock = _locked(self.folder / "lock")
            files.remove_parts(self.folder)
            with files.replacing(self.folder / _SETTINGS) as part:
                part.write_text(json.dumps(settings, indent=1), encoding="utf-8")

    def _require_one_state(self) -> None:
        """Refuses processes of which one stands elsewhere than the chief."""
        mine = [float(self.epoch), float(self.step)]
        if self.workers.is_any(self.workers.from_chief(lambda: mine, 2) != mine):
            raise ConfigError(
                f"The workers do not find the same state in {self.folder}: give them one folder on "
                "a disk that all of them share."
            )

    @property
    def best(self) -> float | None:
        """The best score so far, or None."""
        return max(self.scores.values(), default=None)

    @property
    def log(self) -> list[dict]:
        """What an epoch was like, for each that is done."""
        path = self.folder / "log.jsonl"
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        try:
            rows = [json.loads(line) for line in lines]
            return [row for row in rows if row["epoch"] <= self.epoch]
        except (ValueError, TypeError, LookupError) as error:
            raise _damaged(path, error) from error

    def _log(self, line: Mapping) -> None:
        """Adds the line of an epoch, in place of the one that a crash before the state left."""
        rows = [*(old for old in self.log if old["epoch"] < line["epoch"]), dict(line)]
        with files.replacing(self.folder / "log.jsonl") as part:
            part.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        columns = list(dict.fromkeys(name for row in rows for name in row))
        with files.replacing(self.folder / "log.csv") as part, open(part, "w", newline="") as file:
            table = csv.DictWriter(file, columns)
            table.writeheader()
            table.writerows(rows)

    @property
    def _state(self) -> Path:
        return self.folder / "state.npz"

    def save(self, step: int) -> None:
        """Writes the whole state after `step` steps of the current epoch, also during `fit`."""
        self.step = step
        if not self.workers.is_chief:
            return
        if hasattr(self.model, "jax_state_sync"):  # on JAX, fit holds the weights itself
            self.model.jax_state_sync()
        scores = {str(epoch): score for epoch, score in self.scores.items()}
        progress = {"epoch": self.epoch, "step": step, "scores": scores}
        values = [self.workers.local(v) for v in self._variables()]
        arrays = {f"v{i}": value for i, value in enumerate(values)}
        self._write(self._state, progress=json.dumps(progress), **arrays)

    def end_epoch(self, score: float, log: Mapping[str, float]) -> bool:
        """Closes an epoch: keeps its weights, as long as they are among the last or the best ones.

        Returns:
            Whether `score` is the highest yet.
        """
        self.epoch += 1
        is_best = self.best is None or score > self.best
        self.scores[self.epoch] = score
        if not self.workers.is_chief:
            self.step = 0
            return is_best
        weights = [keras.ops.convert_to_numpy(w) for w in self.model.weights]
        self._write(self._file(self.epoch), **{f"w{i}": w for i, w in enumerate(weights)})
        kept = {self._file(epoch) for epoch in (*self._last(self.keep), *self._best_epochs())}
        for old in set(self.folder.glob("epoch-*.npz")) - kept:
            old.unlink()
        with _disk(self.folder):
            self._log({"epoch": self.epoch, "score": score, **log})
        self.save(step=0)
        return is_best

    def load_best(self) -> None:
        """Gives the model the weights of the best epoch."""
        self._set_weights([_read(self._file(self._best_epochs()[0]))])

    def load_best_average(self) -> int:
        """Gives the model the mean weights of the best epochs; returns of how many it is."""
        epochs = self._best_epochs()
        self._set_weights([_read(self._file(epoch)) for epoch in epochs])
        return len(epochs)

    def load_average(self, count: int | None = None) -> int:
        """Gives the model the mean weights of the last epochs.

        Args:
            count: of how many; by default of all that are kept.

        Returns:
            Of how many it is.
        """
        epochs = self._last(min(count or self.keep, self.keep))
        self._set_weights([_read(self._file(epoch)) for epoch in epochs])
        return len(epochs)

    def _resume(self) -> None:
        arrays = _read(self._state)
        try:
            progress = json.loads(str(arrays["progress"]))
            self.epoch, self.step = progress["epoch"], progress["step"]
            self.scores = {int(epoch): score for epoch, score in progress["scores"].items()}
        except (ValueError, TypeError, LookupError, AttributeError) as error:
            raise _damaged(self._state, error) from error
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

    def fitting(self) -> contextlib.AbstractContextManager:
        """The block in which the `fit` of the model is called."""
        return self.workers.fitting([*self._variables(), *self.model.metrics_variables])

    def _variables(self):
        return [*self.model.variables, *self.model.optimizer.variables, *self.extra]

    def _file(self, epoch: int) -> Path:
        return self.folder / f"epoch-{epoch:03d}.npz"

    def _last(self, count: int) -> list[int]:
        return sorted(self.scores)[-count:]

    def _best_epochs(self) -> list[int]:
        """The best epochs that are kept, the best first, of two alike the earlier."""
        ranked = sorted(self.scores, key=lambda epoch: (-self.scores[epoch], epoch))
        return ranked[: max(self.keep_best, 1)]

    def _set_weights(self, sets: Sequence[Mapping[str, np.ndarray]]) -> None:
        for i, weight in enumerate(self.model.weights):
            weight.assign(np.mean([values[f"w{i}"] for values in sets], axis=0, dtype="float64"))

    @staticmethod
    def _write(path: Path, **arrays) -> None:
        with _disk(path), files.replacing(path) as part, open(part, "wb") as file:
            np.savez(file, **arrays)


def _read(path: Path) -> dict[str, np.ndarray]:
    try:
        with np.load(path, allow_pickle=False) as arrays:
            return dict(arrays)
    except Exception as error:
        raise _damaged(path, error) from error


def _damaged(path: Path, why: object) -> DamagedFileError:
    return DamagedFileError(
        f"{path} cannot be read ({why}): delete the folder to start the run anew."
    )


@contextlib.contextmanager
def _disk(path: Path) -> Iterator[None]:
    """Turns what the disk refuses into an error that names the file."""
    try:
        yield
    except ZooError:
        raise
    except OSError as error:
        raise DiskError(
            f"{error.filename or path} cannot be written ({error.strerror or error}): make room, "
            "or take another folder; the same command then goes on from the last state."
        ) from error


def _locked(path: Path):
    """An open file that no other process can lock until this one ends or drops it."""
    try:
        import fcntl
    except ImportError:  # where there are no such locks
        return None
    file = open(path, "a")
    try:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.close()
        if error.errno not in (errno.EACCES, errno.EAGAIN):
            return None  # a file system without locks
        raise BusyError(
            f"Another process trains in {path.parent}: wait for it, or take another folder."
        ) from error
    return file
