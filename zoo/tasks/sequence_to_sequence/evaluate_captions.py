"""How good a captioner is, on the data sets its card reports.

Whatever chooses something asks for the split "validation"; `evaluate_captions` reads test splits
and only reports.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from zoo.metrics.rows import Row

DATASETS = ("flickr8k",)
_CHUNK = 64

Progress = Callable[[str, int, int], None]


def evaluate_captions(
    model: Any,
    *,
    beam_size: int = 5,
    datasets: Sequence[str] | None = None,
    progress: Progress | None = None,
) -> list[Row]:
    """Scores a captioner on test splits, against all references of each photograph.

    BLEU-1 to BLEU-4, ROUGE-L, CIDEr-D and, where Java is found, METEOR, by `pycocoevalcap`; see
    `zoo.metrics.captions.caption_scores`.

    Args:
        model: a `Captioner`, or anything with such a `caption`.
        beam_size: width of the beam.
        datasets: data sets whose examples have `image` and `captions`; by default Flickr8k.
        progress: called as `progress("flickr8k test", done, total)`.

    Returns:
        A row for each data set and metric; seconds are those of captioning the whole split.

    Raises:
        ConfigError: when pycocoevalcap or Pillow is not installed.
        MissingFileError, DamagedFileError, OfflineError: when the files cannot be had.

    Example:
        >>> evaluate_captions(zoo.load("caption-attn-flickr8k"))  # doctest: +SKIP
    """
    rows: list[Row] = []
    for name in DATASETS if datasets is None else datasets:
        rows += caption_rows(model, name, "test", beam_size=beam_size, progress=progress)
    return rows


def caption_rows(
    model: Any, name: str, split: str, *, beam_size: int = 5, progress: Progress | None = None
) -> list[Row]:
    """Scores a captioner on one split of one data set; see `evaluate_captions`."""
    from zoo.data import load_examples
    from zoo.metrics.captions import caption_scores

    examples = load_examples(name, split)
    total = int(examples.cardinality())
    captions: list[str] = []
    references: list[list[str]] = []
    seconds = 0.0
    for start in range(0, total, _CHUNK):
        chunk = list(examples.skip(start).take(_CHUNK).as_numpy_iterator())
        references += [[text.decode("utf-8") for text in one["captions"]] for one in chunk]
        began = time.perf_counter()
        captions += model.caption([one["image"].tobytes() for one in chunk], beam_size=beam_size)
        seconds += time.perf_counter() - began
        if progress is not None:
            progress(f"{name} {split}", len(captions), total)
    scores = caption_scores(captions, references)
    values = {f"bleu_{n}": value for n, value in enumerate(scores.bleu, 1)}
    values |= {"rouge_l": scores.rouge_l, "cider_d": scores.cider_d}
    if scores.meteor is not None:
        values["meteor"] = scores.meteor
    return [
        {
            "dataset": name,
            "split": split,
            "metric": metric,
            "value": value,
            "signature": f"{scores.signature}|references:{len(references[0])}|beam:{beam_size}",
            "sentences": total,
            "seconds": seconds,
        }
        for metric, value in values.items()
    ]
