"""How good a transcriber is, on the data sets its card reports."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from zoo.metrics.rows import Row
from zoo.metrics.wer import character_error_rate, word_error_rate

_CHUNK = 64
_RATES = {"wer": word_error_rate, "cer": character_error_rate}

Progress = Callable[[str, int, int], None]


def transcription_rows(
    model: Any,
    name: str,
    split: str,
    items: Sequence[Any],
    texts: Sequence[str],
    progress: Progress | None = None,
    **settings: Any,
) -> list[Row]:
    """Scores a transcriber on recordings whose words are known.

    Args:
        model: a `Transcriber`, or anything with such a `transcribe`.
        name: of the data set.
        split: such as "test".
        items: what the model reads.
        texts: what is said in each, in the form in which the model writes.
        progress: called as `progress("an4 test", done, total)`.
        **settings: of `transcribe`, such as `beam_size=1`.

    Returns:
        A row of the word error rate and one of the character error rate, in per cent over all
        texts together: `{"dataset", "split", "metric", "value", "signature", "sentences",
        "seconds", "direction"}`.

    Raises:
        ValueError: if nothing is said in any.
    """
    began, found = time.perf_counter(), []
    for begin in range(0, len(items), _CHUNK):
        found += model.transcribe(list(items[begin : begin + _CHUNK]), **settings)
        if progress is not None:
            progress(f"{name} {split}", len(found), len(items))
    seconds = time.perf_counter() - began
    counts = {"wer": sum(len(text.split()) for text in texts), "cer": sum(map(len, texts))}
    units = {"wer": "words", "cer": "characters"}
    return [
        {
            "dataset": name,
            "split": split,
            "metric": metric,
            "value": rate(found, texts),
            "signature": f"{units[metric]}:as written|count:{counts[metric]}",
            "sentences": len(texts),
            "seconds": seconds,
            "direction": "lower",
        }
        for metric, rate in _RATES.items()
    ]
