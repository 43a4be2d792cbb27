"""How good a translation model is, on the data sets its card reports.

Whatever chooses something (a checkpoint, a penalty) asks `validation_bleu`, which never sees a
test split. `evaluate_translation` reads the test splits, and only reports.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Sequence
from typing import Any

from zoo import catalogue
from zoo.data.loading import datasets_that_yield, reported_splits
from zoo.data.pairs import read_pairs, references, stored_name
from zoo.errors import ConfigError
from zoo.metrics.bleu import Score, sacrebleu_13a, tokenised_bleu
from zoo.metrics.rows import Row

_CHUNK = 512

Progress = Callable[[str, int, int], None]


def evaluate_translation(
    model: Any,
    *,
    source: str | None = None,
    target: str | None = None,
    beam_size: int = 5,
    datasets: Sequence[str] | None = None,
    progress: Progress | None = None,
) -> list[Row]:
    """Scores a model on the test splits.

    Each different source sentence of a test split is translated once, and compared with all
    references of it by sacreBLEU (`sacrebleu_13a`). Of a data set whose builder has tokenised
    references (Multi30k: test 2016, 2017 and COCO), every line is translated, and compared by BLEU
    of lower-cased, normalised, tokenised text (`bleu_lc_norm_tok`) too.

    Args:
        model: anything with `translate(list of strings, beam_size=...)`, which returns a list of
            strings; of several languages, with `targets` and `toward`, such as a
            `SequenceToSequence`.
        source, target: languages of both sides. None: those of each pair of the model's `targets`,
            or English and French of a model without.
        beam_size: width of the beam.
        datasets: names of data sets without their languages, such as "multi30k"; by default all
            registered ones that yield pairs in these languages.
        progress: called as `progress("multi30k/en-fr test_2016_flickr", done, total)`.

    Returns:
        One row for each data set, split and metric: `{"dataset", "split", "metric", "value",
        "signature", "sentences", "seconds"}`, seconds being those of the translation.

    Raises:
        ConfigError: when no data set has these languages.
        MissingFileError, DamagedFileError, OfflineError: when the files cannot be had.

    Example:
        >>> evaluate_translation(zoo.load("nmt-attn-en-fr"))  # doctest: +SKIP
    """
    targets = getattr(model, "targets", ())
    if source is None and target is None and targets:
        pairs = itertools.permutations(targets, 2)
        return [
            row
            for one, other in pairs
            for row in evaluate_translation(
                model,
                source=one,
                target=other,
                beam_size=beam_size,
                datasets=datasets,
                progress=progress,
            )
        ]
    source, target = source or "en", target or "fr"
    model = _toward(model, target)
    rows: list[Row] = []
    for dataset in _with_languages(datasets, source, target):
        name = f"{dataset}/{source}-{target}"
        for split, sources, scorers in _tests(name, source, target):
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
    names: Sequence[str],
    *,
    beam_size: int = 1,
    sentences: int | None = None,
    progress: Progress | None = None,
) -> dict[str, float]:
    """Scores a model on validation splits, to follow a training or to choose a checkpoint.

    Args:
        model: anything with `translate(list of strings, beam_size=...)`.
        names: data sets with their languages, of which the second is asked of a model of several.
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
        one_way = _toward(model, name.rpartition("-")[2])
        hypotheses = _translate(one_way, texts, beam_size, f"{name} validation", progress)
        scores[name] = sacrebleu_13a(hypotheses, translations).value
    return scores


def _toward(model: Any, target: str) -> Any:
    """The model, or that which writes one of its languages."""
    return model.toward(target) if getattr(model, "targets", ()) else model


def _with_languages(datasets: Sequence[str] | None, source: str, target: str) -> tuple[str, ...]:
    """Returns the data sets to score on; those that are not named must have the languages."""
    if datasets is not None:
        return tuple(datasets)
    wanted = {f"{source}-{target}", f"{target}-{source}"}
    names = (name.split("/") for name, _ in datasets_that_yield("pairs", "text"))
    found = tuple(dataset for dataset, *config in names if wanted & set(config))
    if not found:
        raise ConfigError(
            f"No data set has {source!r} to {target!r}: name the data sets to evaluate on."
        )
    return found


def _tests(name: str, source: str, target: str):
    """Yields (split, source sentences, {metric: hypotheses -> Score}) of a data set."""
    words_of = getattr(catalogue.datasets.get(name.partition("/")[0]), "tokenised_references", None)
    for split in reported_splits(stored_name(name)):
        if words_of is None:
            texts, cased = references(name, split)
            yield split, texts, {"sacrebleu_13a": _cased(cased)}
        else:
            texts, lines = (list(side) for side in zip(*read_pairs(name, split), strict=True))
            words = _tokenised(words_of(split, target), target)
            yield split, texts, {"bleu_lc_norm_tok": words, "sacrebleu_13a": _cased(lines)}


def _cased(translations: list) -> Callable[[list[str]], Score]:
    return lambda hypotheses: sacrebleu_13a(hypotheses, translations)


def _tokenised(words: list[str], language: str) -> Callable[[list[str]], Score]:
    return lambda hypotheses: tokenised_bleu(hypotheses, words, language)


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
