"""How good a tagger of phonemes is, on the data sets its card reports."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from zoo.metrics.rows import Row
from zoo.tasks.arguments import datasets_of

_CHUNK = 64
_EVERY, _WINDOW = 0.01, 0.025  # seconds

Progress = Callable[[str, int, int], None]


def evaluate_phonemes(
    model: Any, *, datasets: Sequence[str] | None = None, progress: Progress | None = None
) -> list[Row]:
    """Scores a tagger of phonemes on the test splits of recordings with times of phones.

    Args:
        model: a `FrameTagger`, or anything with such a `tag`, `dataset` and `name`.
        datasets: such as "arctic"; by default the one the model was trained on.
        progress: called as `progress("arctic test", done, total)`.

    Returns:
        For each data set a row of frames that are right and one of the phone error rate; see
        `phoneme_rows`.

    Raises:
        ConfigError: when no data set is known, or one has no times of phones.
        UnknownNameError, MissingFileError, DamagedFileError, OfflineError: as `read_recordings`.

    Example:
        >>> evaluate_phonemes(model, datasets=["arctic"])  # doctest: +SKIP
    """
    datasets = datasets_of(model, datasets, "name the data sets to evaluate on")
    return [row for name in datasets for row in phoneme_rows(model, name, "test", progress)]


def phoneme_rows(model: Any, name: str, split: str, progress: Progress | None = None) -> list[Row]:
    """Scores a tagger of phonemes on one split of one data set.

    Frames are of 25 ms, one every 10 ms to the end of the last phone, and the label of each is that
    at its middle. The phone error rate is the edit distance between the phones, equal neighbours
    joined and silence counted like any other on both sides, in per cent of the annotated ones.

    Args:
        model: as for `evaluate_phonemes`.
        name: of the data set.
        split: such as "test".
        progress: called as `progress("arctic test", done, total)`.

    Returns:
        A row of the frames that are right and one of the phone error rate, in per cent over all
        recordings together, seconds being those of the tagging.
    """
    from zoo.data import phones_in, phones_of_frames, read_recordings
    from zoo.metrics.wer import phone_error_rate

    recordings = read_recordings(name, split)
    phones_in(recordings)
    began, found = time.perf_counter(), []
    for begin in range(0, len(recordings), _CHUNK):
        found += model.tag([one.sound for one in recordings[begin : begin + _CHUNK]])
        if progress is not None:
            progress(f"{name} {split}", len(found), len(recordings))
    seconds = time.perf_counter() - began
    right = frames = 0
    for spans, one in zip(found, recordings, strict=True):
        times = np.arange(_WINDOW / 2, one.ends[-1], _EVERY)
        wanted = phones_of_frames(one.phones, one.ends, times)
        labels, ends = [span.label for span in spans], [span.end for span in spans]
        given = phones_of_frames(labels, ends, times) if labels else []
        right += sum(map(str.__eq__, given, wanted))
        frames += len(wanted)
    references = [_joined(one.phones) for one in recordings]
    rate = phone_error_rate([_joined(span.label for span in spans) for spans in found], references)
    scores: list[tuple[str, float, str, Any]] = [
        (
            "frame_accuracy",
            100 * right / frames,
            f"frames:25 ms every 10 ms, labelled at their middle|count:{frames}",
            "higher",
        ),
        (
            "phone_error_rate",
            rate,
            f"phones:equal neighbours joined|silence:counted|count:{sum(map(len, references))}",
            "lower",
        ),
    ]
    return [
        {
            "dataset": name,
            "split": split,
            "metric": metric,
            "value": value,
            "signature": signature,
            "sentences": len(recordings),
            "seconds": seconds,
            "direction": direction,
        }
        for metric, value, signature, direction in scores
    ]


def _joined(labels: Any) -> list[str]:
    return [label for label, _ in itertools.groupby(labels)]
