"""How good a translation model is, on the data sets its card reports.

Whatever chooses something (a checkpoint, a penalty) asks `validation_bleu`, which never sees a
test split. `evaluate_translation` reads the test splits, and only reports.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from zoo.data.pairs import read_pairs, references
from zoo.errors import ConfigError
from zoo.metrics.bleu import Score, sacrebleu_13a, tokenised_bleu
from zoo.metrics.rows import Row

DATASETS = ("multi30k", "tatoeba")
_CHUNK = 512

Progress = Callable[[str, int, int], None]


def evaluate_translation(
    model: Any,
    *,
    source: str = "en",
    target: str = "fr",
    beam_size: int = 5,
    datasets: Sequence[str] | None = None,
    progress: Progress | None = None,
) -> list[Row]:
    """Scores a model on the test splits.

    On Multi30k: test 2016 (Flickr), test 2017 (Flickr) and test 2017 (COCO), each by BLEU of
    lower-cased, normalised, tokenised text (`bleu_lc_norm_tok`) and by sacreBLEU
    (`sacrebleu_13a`). On Tatoeba: the test split, each different source sentence once, by
    sacreBLEU against all references of it.

    Args:
        model: anything with `translate(list of strings, beam_size=...)`, which returns a list of
            strings.
        source: language of the source side.
        target: language of the target side.
        beam_size: width of the beam.
        datasets: names of the data sets; by default those of Multi30k and Tatoeba that have these
            languages.
        progress: called as `progress("multi30k/en-fr test_2016_flickr", done, total)`.

    Returns:
        One row for each data set, split and metric: `{"dataset", "split", "metric", "value",
        "signature", "sentences", "seconds"}`, seconds being those of the translation.

    Raises:
        ConfigError: when a data set has no test split in these languages.
        MissingFileError, DamagedFileError, OfflineError: when the files cannot be had.

    Example:
        >>> evaluate_translation(zoo.load("nmt-attn-en-fr"))  # doctest: +SKIP
    """
    rows: list[Row] = []
    for dataset in _with_languages(datasets, source, target):
        name = f"{dataset}/{source}-{target}"
        for split, sources, scorers in _tests(dataset, name, target):
            began = time.perf_counter()
            hypotheses = _translate(model, sources, beam_size, f"{name} {split}", progress)
            seconds = time.perf_counter() - began
            for metric, scorer in scorers.items():
                score = scorer(hypotheses)
                rows.append(
                    {
                        "dataset": name,
                        "split": split,
                        "metric": metric,
                        "value": score.value,
                        "signature": score.signature,
                        "sentences": len(sources),
                        "seconds": seconds,
                    }
                )
    return rows


def validation_bleu(
    model: Any,
    names: Sequence[str] = ("multi30k/en-fr", "tatoeba/en-fr"),
    *,
    beam_size: int = 1,
    sentences: int | None = None,
    progress: Progress | None = None,
) -> dict[str, float]:
    """Scores a model on validation splits, to follow a training or to choose a checkpoint.

    Args:
        model: anything with `translate(list of strings, beam_size=...)`.
        names: data sets with their languages.
        beam_size: width of the beam; 1 is greedy and quick.
        sentences: at most so many sentences of each data set, evenly spaced; by default all.
        progress: called as `progress("multi30k/en-fr validation", done, total)`.

    Returns:
        sacreBLEU (13a, cased) of each data set, against all references of a sentence.

    Raises:
        ConfigError: when `sentences` is not positive.
        UnknownNameError, MissingFileError, DamagedFileError, OfflineError: as `load_pairs`.

    Example:
        >>> validation_bleu(model, ["multi30k/en-fr"], sentences=200)  # doctest: +SKIP
        {'multi30k/en-fr': 51.3}
    """
    if sentences is not None and sentences < 1:
        raise ConfigError(f"sentences is a positive number or None, not {sentences}.")
    scores = {}
    for name in names:
        texts, translations = references(name, "validation")
        if sentences is not None and sentences < len(texts):
            chosen = [number * len(texts) // sentences for number in range(sentences)]
            texts = [texts[i] for i in chosen]
            translations = [translations[i] for i in chosen]
        hypotheses = _translate(model, texts, beam_size, f"{name} validation", progress)
        scores[name] = sacrebleu_13a(hypotheses, translations).value
    return scores


def _with_languages(datasets: Sequence[str] | None, source: str, target: str) -> tuple[str, ...]:
    """Returns the data sets to score on; those that are not named must have the languages."""
    from zoo import catalogue

    if datasets is not None:
        return tuple(datasets)
    found = []
    for dataset in DATASETS:
        configs = catalogue.datasets.get(dataset).builder_configs
        if {f"{source}-{target}", f"{target}-{source}"} & set(configs):
            found.append(dataset)
    if not found:
        raise ConfigError(
            f"No data set has {source!r} to {target!r}: name the data sets to evaluate on."
        )
    return tuple(found)


def _tests(dataset: str, name: str, target: str):
    """Yields (split, source sentences, {metric: hypotheses -> Score}) of a data set."""
    if dataset != "multi30k":
        texts, translations = references(name, "test")
        yield "test", texts, {"sacrebleu_13a": lambda h: sacrebleu_13a(h, translations)}
        return
    from zoo.data.sets import multi30k

    source = name.partition("/")[2].partition("-")[0]
    for split in multi30k.splits_of(source, target):
        if split.startswith("test"):
            yield split, *_multi30k_test(name, split, target)


def _multi30k_test(name: str, split: str, target: str):
    """Returns the sources and the two scorers of one Multi30k test, line by line."""
    from zoo.data.sets import multi30k

    texts, cased = (list(side) for side in zip(*read_pairs(name, split), strict=True))
    words = multi30k.read_tokenised(split, target)

    def tokenised(hypotheses: list[str]) -> Score:
        return tokenised_bleu(hypotheses, words, target)

    def detokenised(hypotheses: list[str]) -> Score:
        return sacrebleu_13a(hypotheses, cased)

    return texts, {"bleu_lc_norm_tok": tokenised, "sacrebleu_13a": detokenised}


def _translate(
    model: Any, texts: list[str], beam_size: int, what: str, progress: Progress | None
) -> list[str]:
    """Translates in chunks, so that progress can be shown."""
    hypotheses: list[str] = []
    for begin in range(0, len(texts), _CHUNK):
        hypotheses += model.translate(texts[begin : begin + _CHUNK], beam_size=beam_size)
        if progress is not None:
            progress(what, len(hypotheses), len(texts))
    return hypotheses
