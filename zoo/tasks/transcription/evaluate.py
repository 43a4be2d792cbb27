"""How good a transcriber is, on the data sets its card reports."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from zoo import catalogue
from zoo.metrics.rows import Row
from zoo.metrics.wer import character_error_rate, spoken_form, word_error_rate
from zoo.tasks.arguments import datasets_of

_CHUNK = 64
_RATES = {"wer": word_error_rate, "cer": character_error_rate}
_UNITS = {"wer": "words", "cer": "characters"}

Progress = Callable[[str, int, int], None]


def evaluate_transcription(
    model: Any, *, datasets: Sequence[str] | None = None, progress: Progress | None = None
) -> list[Row]:
    """Scores a transcriber on the test splits of data sets of recordings.

    Args:
        model: a `Transcriber`, or anything with such a `transcribe`, `dataset` and `name`.
        datasets: such as "an4"; by default the one the model was trained on.
        progress: called as `progress("an4 test", done, total)`.

    Returns:
        For each data set and each of its splits named "test..." a row of the word error rate and
        one of the character error rate; see `transcription_rows`.

    Raises:
        ConfigError: when no data set is known.
        UnknownNameError, MissingFileError, DamagedFileError, OfflineError: as `read_recordings`.

    Example:
        >>> evaluate_transcription(model, datasets=["an4"])  # doctest: +SKIP
    """
    from zoo.data.loading import reported_splits

    datasets = datasets_of(model, datasets, "name the data sets to evaluate on")
    found: list[Row] = []
    for name in datasets:
        for split in reported_splits(name):
            found += transcription_rows(model, name, split, progress)
    return found


def transcription_rows(
    model: Any, name: str, split: str, progress: Progress | None = None, **settings: Any
) -> list[Row]:
    """Scores a transcriber on one split of one data set.

    Args:
        model: as for `evaluate_transcription`.
        name: of the data set.
        split: such as "test".
        progress: called as `progress("an4 test", done, total)`.
        **settings: of `transcribe`, such as `beam_size=1`.

    Returns:
        A row of the word error rate and one of the character error rate, in per cent over all
        texts together: `{"dataset", "split", "metric", "value", "signature", "sentences",
        "seconds", "direction"}`, seconds being those of the transcribing. Where the data set has
        written texts (`is_written`), both sides are in spoken form first, see
        `zoo.metrics.wer.spoken_form`.
    """
    from zoo.data.recordings import read_recordings

    recordings = read_recordings(name, split)
    known, base = catalogue.datasets, name.partition("/")[0]
    is_written = base in known and known.entry(base).about.get("is_written", False)
    heard: Callable[[str], str] = spoken_form if is_written else str
    texts = [heard(one.text) for one in recordings]
    found: list[str] = []
    began = time.perf_counter()
    for begin in range(0, len(texts), _CHUNK):
        part = [one.sound for one in recordings[begin : begin + _CHUNK]]
        found += map(heard, model.transcribe(part, **settings))
        if progress is not None:
            progress(f"{name} {split}", len(found), len(texts))
    seconds = time.perf_counter() - began
    form = "small letters, no punctuation" if is_written else "as written"
    counts = {"wer": sum(len(text.split()) for text in texts), "cer": sum(map(len, texts))}
    return [
        {
            "dataset": name,
            "split": split,
            "metric": metric,
            "value": rate(found, texts),
            "signature": f"{_UNITS[metric]}:{form}|count:{counts[metric]}",
            "sentences": len(texts),
            "seconds": seconds,
            "direction": "lower",
        }
        for metric, rate in _RATES.items()
    ]
