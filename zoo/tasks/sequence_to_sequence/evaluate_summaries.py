"""How good a summarizer is, on the data sets its card reports.

Whatever chooses something asks for the split "validation"; `evaluate_summaries` reads test splits
and only reports.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from zoo.metrics.rouge import KINDS, SIGNATURE, rouge, shares_copied
from zoo.metrics.rows import Row

Progress = Callable[[str, int, int], None]
_CHUNK = 256
_NAMES = {"rouge1": "ROUGE-1", "rouge2": "ROUGE-2", "rougeL": "ROUGE-L"}


def evaluate_summaries(
    model: Any,
    *,
    beam_size: int = 5,
    datasets: Sequence[str] | None = None,
    progress: Progress | None = None,
) -> list[Row]:
    """Scores a summarizer on test splits.

    Args:
        model: a `Summarizer`, or anything with such a `summarize`.
        beam_size: width of the beam.
        datasets: data sets of texts and summaries; by default all registered ones.
        progress: called as `progress("aeslc test", done, total)`.

    Returns:
        The rows of `summary_rows` for each data set.

    Raises:
        ConfigError: if rouge-score is not installed.
        MissingFileError, DamagedFileError, OfflineError: when the files cannot be had.

    Example:
        >>> evaluate_summaries(zoo.load("summarize-aeslc"))  # doctest: +SKIP
    """
    from zoo.data.loading import datasets_that_yield

    if datasets is None:
        datasets = [name for name, _ in datasets_that_yield("summarised", "text")]
    return [
        row
        for name in datasets
        for row in summary_rows(model, name, "test", beam_size=beam_size, progress=progress)
    ]


def summary_rows(
    model: Any, name: str, split: str, *, beam_size: int = 5, progress: Progress | None = None
) -> list[Row]:
    """Scores a summarizer on one split of one data set.

    Returns:
        ROUGE-1, ROUGE-2 and ROUGE-L against the summary of each text; against the best of all,
        where other people wrote some too; and in per cent how many of the words that are written,
        and of the names, stand in the text, the share of the true summaries in the signature.
    """
    from zoo.data import read_summaries

    examples = read_summaries(name, split)
    texts = [one.text for one in examples]
    began, found = time.perf_counter(), []
    for begin in range(0, len(texts), _CHUNK):
        found += model.summarize(texts[begin : begin + _CHUNK], beam_size=beam_size)
        if progress is not None:
            progress(f"{name} {split}", len(found), len(texts))
    seconds = time.perf_counter() - began
    scores = _rouge_rows(found, [[one.summary] for one in examples], "")
    if any(one.others for one in examples):
        every = [[one.summary, *one.others] for one in examples]
        scores += _rouge_rows(found, every, ", best of all")
    true = shares_copied([one.summary for one in examples], texts)
    for kind, (share, count) in shares_copied(found, texts).items():
        of = f"beam:{beam_size}|{kind}:{count}|true summaries:{true[kind][0]:.1f}"
        scores.append((f"{kind} that stand in the text", share, of))
    return [
        {
            "dataset": name,
            "split": split,
            "metric": metric,
            "value": value,
            "signature": signature or f"beam:{beam_size}|{SIGNATURE}",
            "sentences": len(examples),
            "seconds": seconds,
        }
        for metric, value, signature in scores
    ]


def _rouge_rows(found, references, what: str) -> list[tuple[str, float, str]]:
    scores = rouge(found, references)
    return [(f"{_NAMES[kind]}{what}", scores[kind], "") for kind in KINDS]


def validation_rouge(model: Any, name: str, *, beam_size: int = 1) -> dict[str, float]:
    """ROUGE-1 and ROUGE-L on the validation split, to follow a training and to choose weights."""
    rows = summary_rows(model, name, "validation", beam_size=beam_size)
    return {row["metric"]: row["value"] for row in rows if row["metric"] in ("ROUGE-1", "ROUGE-L")}
