"""How good a captioner is, on the data sets its card reports.

Whatever chooses something asks for the split "validation"; `evaluate_captions` reads test splits
and only reports.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from zoo.metrics.rows import Row

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
        datasets: data sets whose examples have `image` and `captions`; by default all
            registered ones with captions of images.
        progress: called as `progress("flickr8k test", done, total)`.

    Returns:
        A row for each data set and metric; seconds are those of captioning the whole split.

    Raises:
        ConfigError: when pycocoevalcap or Pillow is not installed.
        MissingFileError, DamagedFileError, OfflineError: when the files cannot be had.

    Example:
        >>> evaluate_captions(zoo.load("caption-attn-flickr8k"))  # doctest: +SKIP
    """
    from zoo.data.loading import datasets_that_yield

    rows: list[Row] = []
    if datasets is None:
        datasets = [name for name, _ in datasets_that_yield("captioned", "image")]
    for name in datasets:
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


class GridScores:
    """BLEU-4 of captions on a validation split, from what the encoder made of its photographs.

    A training whose encoder stays as it is need not read a photograph twice.

    Args:
        grids: float `[photographs, rows, columns, features]`, see `zoo.layers.ImageEncoder`.
        references: captions of each photograph.
        name: of the data set.
        longest: tokens of a caption that is searched for.

    Called with a model and `beam_size`, it gives the score by the data set's name; a model is
    compiled once.
    """

    def __init__(
        self,
        grids: Any,
        references: Sequence[Sequence[str]],
        name: str = "flickr8k",
        longest: int = 30,
    ):
        self.grids = grids
        self.references = references
        self.name = name
        self.longest = longest
        self._decoders: dict[tuple[int, int], tuple[Any, Callable]] = {}

    def __call__(self, model: Any, beam_size: int = 1) -> dict[str, float]:
        from zoo.metrics.captions import caption_scores

        key = id(model), beam_size
        if key not in self._decoders:  # with the model, so that its id stays its own
            self._decoders[key] = model, self._decoder(model, beam_size)
        decode = self._decoders[key][1]
        rows = [decode(self.grids[i : i + 100]) for i in range(0, len(self.grids), 100)]
        captions = model.target_tokenizer.decode([ids for part in rows for ids in part.tolist()])
        found = caption_scores(captions, self.references, tokenizer="plain", meteor=False)
        return {self.name: found.bleu[3]}

    def _decoder(self, model: Any, beam_size: int) -> Callable:
        from keras import ops

        from zoo.backend.compiled import compile_step
        from zoo.decoding import BeamSearch, GreedySearch, Search

        search: Search = GreedySearch(max_length=self.longest)
        if beam_size > 1:
            search = BeamSearch(beam_size, max_length=self.longest)

        def decode(source):
            states, constants = model.start(source)
            limits = ops.full((source.shape[0],), self.longest, dtype="int32")
            return search(model.step, states, constants, limits).ids[:, 0]

        compiled = compile_step(model, decode)
        return lambda grids: ops.convert_to_numpy(compiled(grids))
