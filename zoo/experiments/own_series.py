"""From a table of one's own to a forecaster: what `zoo train forecast` does."""

from __future__ import annotations

import argparse

import keras
import numpy as np

import zoo
from zoo.data import window_starts, windows
from zoo.errors import ConfigError
from zoo.experiments import recipe
from zoo.experiments.own_data import begun_from, copies_of_begun, settings_of_run
from zoo.inputs import Series, scaling_of
from zoo.inputs.table import Table, read_table
from zoo.layers import GaussianHead
from zoo.tasks.forecasting.calibration import spread_of
from zoo.tasks.forecasting.evaluate import window_errors
from zoo.tasks.forecasting.free_running import FreeRunning

HELD_OUT = 0.2  # of the steps, the last ones: what comes later is what a forecaster is for
LONGEST_PATCH = 24
_PASTS = 4  # times the future, by default

# Windows up to which a size is taken; units, dropout, epochs, windows of a batch.
_SIZES = (
    (1_000, (64, 0.1, 60, 8)),
    (20_000, (128, 0.1, 10, 32)),
    (float("inf"), (128, 0.1, 3, 64)),
)


def train_forecaster(
    args: argparse.Namespace,
    table: str,
    steps: int = 24,
    context: int | None = None,
    valid: str | None = None,
) -> keras.Model:
    """Trains a `forecast` model on a table of numbers over time.

    Args:
        args: as `recipe.train` takes them, with `units`, `dropout`, `epochs` and `cell`, None where
            the size of the data decides.
        table: a CSV file, a row a step and a column a series; a first column of dates is none.
        steps: how far ahead the model learns to forecast; it can be asked for more.
        context: steps of the past that are read, a multiple of the patch, which is the greatest
            divisor of `steps` up to 24. None: four times `steps`, or what there is room for.
        valid: such a table to choose weights and the width of intervals by. None: the last fifth
            of the steps.

    Returns:
        The model, saved at `args.out`; `zoo.load(args.out).forecast(past, steps)`.

    Raises:
        ConfigError, MissingFileError: for files or settings that cannot be used.
    """
    begun = begun_from(args, "forecast")
    own = _numbers(table, begun.input if begun else None)
    later = _numbers(valid, Series(own.columns)) if valid else None
    end = len(own.values) if later else int(len(own.values) * (1 - HELD_OUT))
    patch = begun.patch if begun else _patch_of(steps)
    if steps % patch:
        raise ConfigError(f"{args.init_from} forecasts {patch} steps at once: take a multiple.")
    read = begun.context if begun else None
    if read and context and context != read:
        raise ConfigError(f"{args.init_from} reads {read} steps of the past: leave out --context.")
    past = read or context or _context_of(patch, steps, end)
    if past < patch or past % patch:
        below = patch * max(past // patch, 1)
        raise ConfigError(f"--context is a multiple of {patch} steps here, such as {below}.")
    scale = begun.input if begun else scaling_of(own.values[:end], own.columns)
    starts = _starts(table, 0, end, past, steps)
    args = _with_sizes(args, len(starts))

    values = scale.scaled(own.values)
    unseen = values if later is None else scale.scaled(later.values)
    held = _starts(valid or table, 0 if later else end, len(unseen), past, steps)
    chosen = recipe.every_nth(held, min(1.0, 500 / len(held)))

    def build(dtype):
        settings = {name: getattr(args, name) for name in ("cell", "units", "dropout")}
        return zoo.build(
            "forecast", dtype=dtype, input=scale, patch=patch, context=past, **settings
        )

    def score(model):
        return {"held out": window_errors(model, unseen, chosen, past, steps)[0][1]}

    model = recipe.train(
        args,
        copies_of_begun(args) or build,
        recipe.windows_of(args, values, starts, past=past, future=steps, ahead=patch),
        score=score,
        metric="MSE",
        lower_is_better=True,
        digits=4,
        loss=GaussianHead.loss(beta=1.0),
        wrap=lambda model: FreeRunning(model, steps),
        settings=settings_of_run(args, [own.values.tobytes(), unseen.tobytes()]),
    )
    futures = windows(unseen, held + past, steps)
    model.spread = spread_of(model, windows(unseen, held, past), futures)
    ((_, squares, _), (_, distances, _), _) = window_errors(model, unseen, held, past, steps)
    last = float(((futures - unseen[held + past - 1][:, None]) ** 2).mean())
    print(
        f"held out    MSE {squares:.4f}, MAE {distances:.4f} over {steps} steps, in deviations; "
        f"the last value repeated has MSE {last:.4f}",
        flush=True,
    )
    recipe.save(args, model, dtype=None, then="forecast")
    return model


def _numbers(path: str, reader: Series | None) -> Table:
    """A table without missing numbers, in the columns of a reader, or its own, named or counted."""
    table = read_table(path)
    counted = [str(number) for number in range(1, table.values.shape[1] + 1)]
    try:
        (checked,) = (reader or Series(table.columns or counted)).tables([table])
    except ConfigError as error:
        raise ConfigError(str(error).replace("Item 1", path, 1)) from None
    return checked


def _patch_of(steps: int) -> int:
    """The greatest divisor of a number of steps that a patch may have."""
    return max(n for n in range(1, min(steps, LONGEST_PATCH) + 1) if steps % n == 0)


def _context_of(patch: int, steps: int, end: int) -> int:
    """The past that is read by default: half of what is trained on, at the most."""
    return max(patch, min(_PASTS * steps, (end // 2) // patch * patch))


def _starts(path: str, begin: int, end: int, past: int, steps: int) -> np.ndarray:
    try:
        return window_starts(begin, end, past, steps)
    except ConfigError as error:
        raise ConfigError(f"{path} is too short: {error}") from None


def _with_sizes(args: argparse.Namespace, count: int) -> argparse.Namespace:
    """The options, with sizes by the number of windows where none is given."""
    _, values = next(size for size in _SIZES if count <= size[0])
    sizes = dict(zip(("units", "dropout", "epochs", "rows"), values, strict=True))
    sizes["rows"] = min(sizes["rows"], count)
    given = {name: value for name, value in vars(args).items() if value is not None}
    return argparse.Namespace(**{**vars(args), **sizes, **given})
