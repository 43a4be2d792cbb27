"""How well a language model knows a text, on the data sets its card reports.

Whatever chooses something (a checkpoint, a setting) asks `cross_entropy` of a validation text. What
`evaluate_language_model` reads are test splits, and it only reports. No weight changes while a text
is read: this is not the "dynamic evaluation" of Mikolov et al. 2010. A model with a neural cache is
scored with it and without.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from zoo.errors import ConfigError
from zoo.metrics.rows import Row
from zoo.tasks.arguments import counted_for, datasets_of

Progress = Callable[[str, int, int], None]


def evaluate_language_model(
    model: Any, *, datasets: Sequence[str] | None = None, progress: Progress | None = None
) -> list[Row]:
    """Scores a language model on all of the test split of its data set.

    Every token of the split is predicted from all before it, the state carried from the first to
    the last; the first is read after the token that ends a line. Models of characters are scored
    in nats and in bits per character, models of words by perplexity, the ends of lines among the
    words. Models of subwords are scored in both: all nats over the characters of the text, and the
    perplexity of a subword, which other models' subwords cannot be compared with. A model with a
    cache has rows for what it says with it, and then for what it says without.

    Args:
        model: a `LanguageModel` with a tokenizer.
        datasets: data sets such as "ptb"; by default the one that the model was trained on.
        progress: called as `progress("ptb test", done, total)`.

    Returns:
        One row for each data set and metric: `{"dataset", "split", "metric", "value", "digits",
        "direction", "signature", "sentences", "seconds"}`, sentences being lines.

    Raises:
        ConfigError: when the model has no tokenizer, or no data set is given or known.
        MissingFileError, DamagedFileError, OfflineError: when the files cannot be had.

    Example:
        >>> evaluate_language_model(zoo.load("lm-char-shakespeare"))  # doctest: +SKIP
    """
    from zoo.data import read_text

    if model.tokenizer is None:
        raise ConfigError(f"The model {model.name!r} has no tokenizer, so it reads no text.")
    rows: list[Row] = []
    for name in datasets_of(model, datasets, "score your own text with zoo score"):
        text = read_text(name, "test")
        ids = model.tokenizer.encode(text)
        for variant, suffix, cache in _variants(model):
            began = time.perf_counter()

            nats = cross_entropy(variant, ids, progress=counted_for(progress, f"{name} test"))
            seconds = time.perf_counter() - began
            for metric, value, digits in _metrics(
                nats, len(ids), len(text), model.tokenizer.separator == ""
            ):
                rows.append(
                    {
                        "dataset": name,
                        "split": "test",
                        "metric": metric + suffix,
                        "value": value,
                        "digits": digits,
                        "direction": "lower",
                        "signature": f"tokens:{len(ids)}|state:carried|dynamic:no{cache}",
                        "sentences": text.count("\n"),
                        "seconds": seconds,
                    }
                )
    return rows


def _variants(model: Any) -> list[tuple[Any, str, str]]:
    """Models to score, what their metrics are called besides, and the end of its signature."""
    if model.cache is None:
        return [(model, "", "")]
    cache = model.cache
    settings = f"|cache:{cache.size},{cache.theta},{cache.lambda_}"
    return [(model, "", settings), (model.with_cache(0), " (without its cache)", "|cache:no")]


def _metrics(
    nats: float, tokens: int, characters: int, holds_spaces: bool
) -> list[tuple[str, float, int]]:
    """Names, values and digits after the point of what a mean cross-entropy is told as.

    Args:
        nats: the mean over the tokens.
        tokens: how many these are.
        characters: how many the text has.
        holds_spaces: whether tokens are characters or subwords, and not words between spaces.
    """
    if not holds_spaces:
        return [("perplexity", math.exp(nats), 2)]
    each = nats if tokens == characters else nats * tokens / max(characters, 1)
    found = [("nats_per_character", each, 4), ("bits_per_character", each / math.log(2), 4)]
    if tokens != characters:
        found.append(("perplexity_per_subword", math.exp(nats), 2))
    return found


def cross_entropy(
    model: Any,
    ids: np.ndarray,
    streams: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> float:
    """The mean cross-entropy of a text's tokens in nats.

    Args:
        model: a `LanguageModel`.
        ids: the text, integers `[tokens]`.
        streams: parts that are read side by side, each from the initial state. One is exact; more
            are quicker, and a little above it.
        progress: called as `progress(done, total)`.

    Returns:
        The mean over all tokens, the first included.
    """
    length = len(ids) // streams
    rows = np.reshape(ids[: streams * length], (streams, length))
    total = model.read(rows, progress=progress)[0].sum(dtype="float64")
    rest = ids[None, streams * length :]
    if rest.shape[1]:
        total += model.read(rest)[0].sum(dtype="float64")
    return -float(total) / len(ids)
