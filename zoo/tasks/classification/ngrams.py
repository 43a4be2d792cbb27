"""Scores of n-grams by a convex problem, which takes a minute where a network takes an hour."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from keras import ops

from zoo.errors import ConfigError
from zoo.layers.build_once import build_once
from zoo.layers.ngram_scores import EMPTY, NGramScores
from zoo.tasks.batching import length_batches

if TYPE_CHECKING:
    import scipy.sparse

_CHUNK = 1 << 20  # words that are hashed at once
_STEPS = 500  # of the solver, at most
_BATCH_TOKENS = 4096  # words that are weighed together


class LabelledIds(Protocol):
    """Ids and labels of texts, such as `zoo.data.labelled.EncodedTexts`."""

    @property
    def words(self) -> np.ndarray:
        """Int32 ids of all texts one after the other."""

    @property
    def labels(self) -> np.ndarray:
        """Int32 `[texts]`."""

    @property
    def starts(self) -> np.ndarray:
        """Int64 `[texts + 1]`; text `i` is `words[starts[i]:starts[i + 1]]`."""

    def __len__(self) -> int: ...


def with_ngram_scores(
    model: Any,
    texts: LabelledIds,
    held_out: LabelledIds,
    *,
    longest: int = 3,
    min_texts: int = 5,
    strength: float = 0.05,
) -> tuple[Any, str]:
    """Puts scores of n-grams beside the recurrence of a trained classifier.

    Args:
        model: a `SequenceClassifier`, which stays as it is.
        texts: encoded texts with their labels, whole, to find the scores by.
        held_out: others that nothing was trained on, to weigh scores and recurrence by.
        longest: words of the longest n-grams.
        min_texts, strength: as for `fit_ngram_scores`.

    Returns:
        The model with scores, and a line that says how many and how they are weighed.

    Raises:
        ConfigError: as `fit_ngram_scores`.
    """
    model = model.with_ngrams(NGramScores(len(model.labels), longest))
    one_hot = np.eye(len(model.labels))[texts.labels]
    count = fit_ngram_scores(model.ngrams, texts, one_hot, min_texts=min_texts, strength=strength)
    logits, scores = balance(model, held_out)
    return model, f"{count:,} n-grams have scores; logits x {logits:.2f}, scores x {scores:.2f}"


def fit_ngram_scores(
    layer: NGramScores,
    texts: LabelledIds,
    targets: np.ndarray,
    *,
    min_texts: int = 5,
    strength: float = 0.05,
) -> int:
    """Finds the scores of the n-grams of labelled texts.

    A regularised softmax regression over how often each n-gram stands in a text, times the
    logarithm of how much more often it stands in texts of a label than in others (Wang and
    Manning 2012, "Baselines and Bigrams", eqs. 2 and 3: their NB-SVM, with the logistic loss). Of
    several n-grams with one bucket the one in most texts is kept.

    Args:
        layer: what gets them; what it had before is forgotten.
        texts: encoded texts, whole.
        targets: float `[texts, labels]`, the probability of each label in each text: one-hot for
            labels that are sure.
        min_texts: n-grams of fewer texts are not scored.
        strength: weight of the texts against that of small scores.

    Returns:
        How many n-grams are scored.

    Raises:
        ConfigError: when no n-gram is in as many texts, shapes disagree, or SciPy is missing.
    """
    if importlib.util.find_spec("scipy") is None:
        raise ConfigError(
            "Scores of n-grams are found with SciPy: run `pip install 'sequence-zoo[train]'`."
        )
    targets = np.asarray(targets, "float64")
    if targets.shape != (len(texts), layer.outputs):
        raise ConfigError(
            f"targets are [texts, labels], here {(len(texts), layer.outputs)}, not {targets.shape}."
        )
    build_once(layer, (None, None))
    keys, counts = _counts(layer, texts, min_texts)
    ratios = _log_ratios(counts, targets)
    weights, bias = _regression(counts, ratios, targets, strength)

    fingerprints = np.full(layer.buckets, EMPTY, "uint8")
    scores = np.zeros((layer.buckets, layer.outputs), "float32")
    fingerprints[keys // 256] = keys % 256
    scores[keys // 256] = weights
    for variable, value in zip(
        (layer.fingerprints, layer.scores, layer.bias), (fingerprints, scores, bias), strict=True
    ):
        variable.assign(value)
    return len(keys)


def balance(model: Any, texts: LabelledIds) -> tuple[float, float]:
    """Weighs the logits of the recurrence and the scores of n-grams against each other.

    Both may be sure of themselves in texts that they were trained on, so that only other texts
    tell how far each is to be believed. The two factors are those of the least cross-entropy; they
    are multiplied into the output layer and the scores.

    Args:
        model: a `SequenceClassifier` with `ngrams`.
        texts: labelled texts that neither was trained on, whole.

    Returns:
        Both factors, not negative.
    """
    import scipy.optimize

    parts = np.zeros((2, len(texts), len(model.labels)))
    ids = np.split(texts.words, texts.starts[1:-1])
    for places, words in length_batches(ids, _BATCH_TOKENS):
        scores = ops.convert_to_numpy(model.ngrams(words))
        parts[1, places] = scores
        parts[0, places] = ops.convert_to_numpy(model({"words": words})) - scores
    rows = np.arange(len(texts))

    def loss(factors):
        logits = np.tensordot(factors, parts, 1)
        logits -= logits.max(1, keepdims=True)
        probabilities = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
        errors = probabilities - np.eye(len(model.labels))[texts.labels]
        value = -np.log(probabilities[rows, texts.labels]).mean()
        return value, (parts * errors).sum((1, 2)) / len(texts)

    found = scipy.optimize.minimize(
        loss, np.ones(2), jac=True, bounds=[(0, None)] * 2, method="L-BFGS-B"
    ).x
    for layer, factor in ((model.output_layer, found[0]), (model.ngrams, found[1])):
        for weight in layer.trainable_weights:
            weight.assign(weight * factor)
    return float(found[0]), float(found[1])


def _counts(
    layer: NGramScores, texts: LabelledIds, min_texts: int
) -> tuple[np.ndarray, scipy.sparse.csr_matrix]:
    """The n-grams that are kept, as bucket * 256 + fingerprint, and how often texts have them."""
    import scipy.sparse

    keys, rows = [], []
    for begin, end in _chunks(texts.starts):
        words = texts.words[texts.starts[begin] : texts.starts[end]]
        row = np.repeat(np.arange(begin, end), np.diff(texts.starts[begin : end + 1]))
        for n, (buckets, prints) in enumerate(layer.hashes(words[None]), 1):
            bucket, fingerprint = (
                ops.convert_to_numpy(x)[0].astype("int64") for x in (buckets, prints)
            )
            last = np.append(row[n - 1 :], np.full(n - 1, -1))[: len(row)]
            inside = (last == row) & (fingerprint > EMPTY)
            keys.append((bucket * 256 + fingerprint)[inside])
            rows.append(row[inside])
    all_keys, all_rows = np.concatenate(keys), np.concatenate(rows)
    known, column = np.unique(all_keys, return_inverse=True)
    entries = (np.ones(len(column), "float32"), (all_rows, column))
    counts = scipy.sparse.coo_matrix(entries, (len(texts), len(known))).tocsr()
    in_texts = np.bincount(counts.indices, minlength=len(known))
    # The n-grams of a bucket stand side by side; the one in most texts, of the first ones, stays.
    order = np.lexsort((-in_texts, known // 256))
    is_first = np.diff(known[order] // 256, prepend=-1) > 0
    chosen = np.sort(order[is_first & (in_texts[order] >= min_texts)])
    if not len(chosen):
        raise ConfigError(f"No n-gram is in {min_texts} texts: give more texts.")
    return known[chosen], counts[:, chosen]


def _chunks(starts: np.ndarray):
    """Yields ranges of whole texts of about `_CHUNK` words."""
    begin, last = 0, len(starts) - 1
    while begin < last:
        end = int(np.searchsorted(starts, starts[begin] + _CHUNK, "right")) - 1
        end = min(max(end, begin + 1), last)
        yield begin, end
        begin = end


def _log_ratios(counts: Any, targets: np.ndarray) -> np.ndarray:
    """How much more often an n-gram is in texts of a label than in others, `[n-grams, labels]`."""
    present = counts.copy()
    present.data = np.ones_like(present.data)
    of_label = 1 + present.T @ targets
    of_others = 1 + present.T @ (1 - targets)
    return np.log((of_label / of_label.sum(0)) / (of_others / of_others.sum(0)))


def _regression(
    counts: Any, ratios: np.ndarray, targets: np.ndarray, strength: float
) -> tuple[np.ndarray, np.ndarray]:
    """Scores `[n-grams, labels]` and bias `[labels]` of the least loss."""
    import scipy.optimize

    shape = ratios.shape

    def loss(flat):
        flat = flat.astype("float32")
        weights, bias = flat[: -shape[1]].reshape(shape), flat[-shape[1] :]
        logits = counts @ (weights * ratios).astype("float32") + bias
        logits = logits - logits.max(1, keepdims=True)
        log_probabilities = logits - np.log(np.exp(logits).sum(1, keepdims=True))
        errors = (np.exp(log_probabilities) - targets).astype("float32")
        gradient = weights + strength * ratios * (counts.T @ errors)
        value = -strength * (targets * log_probabilities).sum() + 0.5 * np.square(weights).sum()
        return value, np.append(gradient, strength * errors.sum(0)).astype("float64")

    start = np.zeros(ratios.size + shape[1])
    found = scipy.optimize.minimize(
        loss, start, jac=True, method="L-BFGS-B", options={"maxiter": _STEPS}
    ).x
    return found[: -shape[1]].reshape(shape) * ratios, found[-shape[1] :]
