"""How trainings went: losses and scores over epochs, of one run's folder or of several."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from zoo.diagnostics.drawing import new_figure, readable, save, style_of
from zoo.diagnostics.picture import Picture
from zoo.errors import ConfigError, DamagedFileError, MissingFileError

_LOG = "log.jsonl"  # of zoo.training.TrainingRun
_NO_SCORES = ("epoch", "steps", "seconds", "training_seconds")
_MOST = 7  # runs of one picture
_MOST_PANELS = 8


def curves_of(
    folders: Sequence[str], *, scores: str | None = None, seconds: bool = False
) -> dict[str, Any]:
    """The training loss and the validation scores of runs, epoch by epoch.

    Args:
        folders: of runs, as `zoo train --run` and recipes make them; or their `log.jsonl`.
        scores: which are shown, by commas, such as loss,bleu; not given: all but their sum.
        seconds: over seconds, in place of epochs.

    Returns:
        `over`, "epochs" or "seconds"; `scores`, the names, the training loss, "loss", first; and
        `runs`, for each `name`, `places`, the epochs that are done or the seconds, and `values`,
        name -> a number for each, None where it was not measured.

    Raises:
        MissingFileError: if a folder holds no run.
        DamagedFileError: if its log cannot be read.
        ConfigError: if there are too many folders, or nobody measured a score.
    """
    if not 0 < len(folders) <= _MOST:
        raise ConfigError(f"1 to {_MOST} runs are drawn together, not {len(folders)}.")
    logs = [_read(folder) for folder in folders]
    known = list(dict.fromkeys(name for rows in logs for row in rows for name in row))
    known = [name for name in known if name not in _NO_SCORES]
    known = [name for name in known if any(_number(row.get(name)) for rows in logs for row in rows)]
    known.sort(key=lambda name: name != "loss")
    # Where it is said what makes the score, that is shown.
    shown = [name for name in known if name != "score"]
    shown = shown if set(shown) - {"loss"} else known
    wanted = shown if scores is None else [name.strip() for name in scores.split(",")]
    for name in wanted:
        if name not in known:
            raise ConfigError(f"No run has measured {name!r}; measured are {', '.join(known)}.")
    runs = []
    for name, rows in zip(_names(folders), logs, strict=True):
        places = [row["epoch"] for row in rows]
        if seconds:
            spent = 0.0
            places = [spent := spent + float(row.get("seconds") or 0) for row in rows]
        values = {
            score: [row[score] if _number(row.get(score)) else None for row in rows]
            for score in wanted
        }
        runs.append({"name": name, "places": places, "values": values})
    return {"over": "seconds" if seconds else "epochs", "scores": wanted, "runs": runs}


def _read(folder: str) -> list[dict[str, Any]]:
    """The lines of a run's log, one an epoch."""
    path = Path(folder)
    path = path if path.name == _LOG else path / _LOG
    if not path.is_file():
        raise MissingFileError(
            f"{folder} holds no run with an epoch done: there is no {path}. Give the folder that "
            "was --run of a training."
        )
    try:
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        if not rows or not all(isinstance(row["epoch"], int) for row in rows):
            raise ValueError("it has no epochs")
    except (ValueError, TypeError, LookupError) as error:
        raise DamagedFileError(f"{path} cannot be read as the log of a run: {error}.") from error
    return rows


def _number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _names(folders: Sequence[str]) -> list[str]:
    """The last part of each path, and the whole of it where two are the same."""
    short = [Path(folder).name.removesuffix(_LOG) or Path(folder).parent.name for folder in folders]
    return short if len(set(short)) == len(short) else [str(folder) for folder in folders]


def draw(found: Mapping[str, Any], path: str | os.PathLike) -> None:
    """Draws what `curves_of` gives: a panel a score, a line a run.

    Raises:
        ConfigError: if there are too many scores, matplotlib is missing or knows no such format.
    """
    scores, runs = found["scores"], found["runs"]
    if not 0 < len(scores) <= _MOST_PANELS:
        raise ConfigError(
            f"{len(scores)} scores have no room, 1 to {_MOST_PANELS} are drawn: say which, such as "
            f"--scores loss, of {', '.join(scores)}."
        )
    columns = min(len(scores), 2)
    rows = -(-len(scores) // columns)
    figure = new_figure(5.2 * columns + (1.5 if columns == 1 else 0), 3.3 * rows + 0.9)
    axes = figure.subplots(rows, columns, squeeze=False).ravel()
    for axis, score in zip(axes, scores, strict=False):
        for number, run in enumerate(runs):
            pairs = zip(run["places"], run["values"][score], strict=True)
            known = [(place, value) for place, value in pairs if value is not None]
            style = {**style_of(number), "markersize": 4}
            axis.plot(*zip(*known, strict=True) if known else ([], []), label=run["name"], **style)
        is_loss = score == "loss"
        axis.set_title("training: loss" if is_loss else f"validation: {readable(score, 40)}")
        axis.set_xlabel("seconds" if found["over"] == "seconds" else "epochs done")
        axis.set_ylabel("loss, mean of the epoch" if is_loss else readable(score, 30))
        axis.grid(color="#dddddd")
        axis.spines[["top", "right"]].set_visible(False)
        if found["over"] == "epochs":
            axis.xaxis.get_major_locator().set_params(integer=True)
    for axis in axes[len(scores) :]:
        axis.remove()
    handles = axes[0].get_lines()
    labels = [readable(run["name"], 50) for run in runs]
    figure.legend(handles, labels, loc="outside lower center", ncols=min(len(runs), 4))
    figure.suptitle("Training and validation" + (f" of {labels[0]}" if len(runs) == 1 else ""))
    save(figure, path)


PICTURE = Picture(curves_of, draw, "names", "FOLDER...")
