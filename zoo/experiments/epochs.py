"""The epochs of a training, of examples in buckets, of running text, or of windows of series."""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np

from zoo.data.batching import epoch_order
from zoo.data.series import window_batches
from zoo.data.streams import plan_streams, stream_batches
from zoo.data.transcribed import transcription_batches
from zoo.errors import ConfigError
from zoo.training.experiment import every_nth
from zoo.training.strategies import device_count, replica_count


@dataclasses.dataclass(frozen=True)
class Epochs:
    """The batches of a training.

    Attributes:
        batches: `(epoch, start)` to the batches of an epoch from a step on.
        steps: batches of an epoch.
        tokens: labels of an epoch that are not padding.
        padding: part of the labels that is padding.
        description: what an epoch is made of, such as "29,000 pairs".
    """

    batches: Callable[[int, int], Any]
    steps: int
    tokens: int
    padding: float
    description: str


def epochs_of(
    args: argparse.Namespace, examples: Any, plan_of: Callable, batches_of: Callable, **batching
) -> Epochs:
    """Epochs of encoded examples in buckets.

    Args:
        args: from `parsed`.
        examples: what `zoo.data` encoded.
        plan_of: such as `zoo.data.plan_batches`.
        batches_of: such as `zoo.data.translation_batches`.
        **batching: more for both of them, such as `boundaries`.
    """
    rows = replica_count(args.strategy)
    batching = {"batch_tokens": args.batch_tokens, "rows_multiple": rows, **batching}
    plan = plan_of(examples, **batching)

    def batches(epoch, start):
        return batches_of(examples, seed=args.seed, epoch=epoch, start=start, **batching)

    return Epochs(batches, plan.steps, plan.tokens, plan.padding, f"{plan.examples:,} examples")


def recordings_of(
    args: argparse.Namespace,
    recordings: Any,
    change: Callable[..., Any] | None = None,
    batches_of: Callable[..., Any] = transcription_batches,
) -> Epochs:
    """Epochs of recordings and what is said in them, in buckets.

    Args:
        args: from `zoo.experiments.recipe.parsed`; `--batch-tokens` are steps of what is read.
        recordings: what `zoo.data.encode_recordings` made.
        change: as for `zoo.data.transcription_batches`.
        batches_of: that, or `zoo.data.frame_batches` for a label at every frame.

    Returns:
        The epochs; labels are steps of what is read.
    """
    how = dict(batch_steps=args.batch_tokens, rows_multiple=replica_count(args.strategy))

    def batches(epoch, start):
        places = dict(seed=args.seed, epoch=epoch, start=start)
        return batches_of(recordings, change=change, **how, **places)

    order = epoch_order(recordings, recordings.shapes(**how), None)
    steps, read = int(recordings.lengths.sum()), sum(len(rows) * time for time, rows in order)
    description = f"{len(recordings):,} recordings"
    return Epochs(batches, len(order), steps, 1 - steps / read, description)


def streams_of(args: argparse.Namespace, ids: Any, parts: int = 1) -> Epochs:
    """Epochs of running text, ids in a row, for `--rows` streams of `--time` tokens a batch.

    Args:
        args: from `zoo.experiments.recipe.parsed`, with `rows` and `time`.
        ids: integers `[tokens]`, in memory or mapped from a file.
        parts: epochs that read all of the text once, each as much of it.

    Raises:
        ConfigError: when there are too few ids for one batch, or several devices would not have as
            many of its rows each.
    """
    devices = device_count(args.strategy)
    if args.rows % devices:
        raise ConfigError(
            f"The {devices} devices of --strategy {args.strategy} have as many streams each, so "
            f"--rows is a multiple of {devices}, not {args.rows}."
        )
    plan = plan_streams(ids, rows=args.rows, time=args.time)
    steps = plan.steps // parts
    if not steps:
        raise ConfigError(f"{plan.steps} batches cannot be cut into {parts} epochs.")

    def batches(epoch, start):
        reading, part = divmod(epoch, parts)
        places = dict(seed=args.seed, epoch=reading, start=part * steps + start)
        found = stream_batches(ids, rows=args.rows, time=args.time, **places)
        return found if parts == 1 else found.take(steps - start)

    tokens = steps * args.rows * args.time
    return Epochs(batches, steps, tokens, 0.0, f"{len(ids):,} tokens of text")


def windows_of(
    args: argparse.Namespace,
    values: np.ndarray,
    starts: np.ndarray,
    *,
    past: int,
    future: int,
    ahead: int = 1,
    past_weight: float = 1.0,
    change: Callable[..., Any] | None = None,
) -> Epochs:
    """Epochs of windows, `--rows` of them a batch.

    Args:
        args: from `zoo.experiments.recipe.parsed`, with `rows`.
        values: float32 `[time, columns]`, on the scale of the model.
        starts: first steps of all windows, of which a part, `--fraction`, is trained on.
        past, future: steps of a window.
        ahead: how many steps later each label is than what is read: those of a patch.
        past_weight, change: as for `zoo.data.window_batches`.

    Returns:
        The epochs; labels are steps, of all columns together.
    """
    starts = every_nth(starts, args.fraction)
    how = dict(past=past, future=future, ahead=ahead, rows=args.rows, past_weight=past_weight)

    def batches(epoch, start):
        places = dict(seed=args.seed, epoch=epoch, start=start)
        return window_batches(values, starts, change=change, **how, **places)

    steps = len(starts) // args.rows
    labels = steps * args.rows * (past - ahead + future)
    return Epochs(batches, steps, labels, 0.0, f"{len(starts):,} windows")
