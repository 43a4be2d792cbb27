"""BLEU, in the two ways that translation papers report it.

Both count n-grams with sacreBLEU; they differ in what a word is. This module knows strings only,
no model and no data set.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from zoo.errors import ConfigError

References = Sequence[str | Sequence[str]]


class Score(NamedTuple):
    """A score and what it says exactly.

    Attributes:
        value: BLEU, 0 to 100.
        signature: versions and settings, so that another can compute the same.
    """

    value: float
    signature: str


def sacrebleu_13a(hypotheses: Sequence[str], references: References) -> Score:
    """BLEU of cased, detokenised text as sacreBLEU computes it by default (Post 2018).

    Papineni et al. 2002; tokenisation `13a`, exponential smoothing, Post 2018 (arXiv:1804.08771).

    Args:
        hypotheses: one translation a sentence.
        references: for each sentence one reference or a list of them, as many as there are.

    Returns:
        Score and sacreBLEU's signature.

    Raises:
        ConfigError: when there is nothing to score, or the numbers of sentences differ.

    Example:
        >>> round(sacrebleu_13a(["Un homme fait du vélo."], ["Un homme fait du vélo."]).value)
        100
    """
    from sacrebleu.metrics import BLEU

    bleu = BLEU()
    value = bleu.corpus_score(list(hypotheses), _streams(hypotheses, references)).score
    return Score(value, str(bleu.get_signature()))


def tokenised_bleu(hypotheses: Sequence[str], references: References, language: str) -> Score:
    """BLEU of lower-cased, normalised, tokenised text, the convention of Multi30k.

    The hypotheses are brought to words by `moses_tokenise`; the references are already words, as
    the data set's `lc.norm.tok` files hold them. Counted as `multi-bleu.perl` does: words are
    what spaces separate, and nothing is smoothed, so without a common 4-gram the score is 0.

    Args:
        hypotheses: one translation a sentence, as the model writes it.
        references: for each sentence one tokenised reference or a list of them.
        language: of the hypotheses, such as "fr".

    Returns:
        Score and signature.

    Raises:
        ConfigError: when there is nothing to score, or the numbers of sentences differ.

    Example:
        >>> round(tokenised_bleu(["L'eau est très froide."], ["l&apos; eau est très froide ."],
        ...     "fr").value)
        100
    """
    import sacremoses
    from sacrebleu.metrics import BLEU

    streams = _streams(hypotheses, references)
    bleu = BLEU(tokenize="none", smooth_method="none", force=True)
    value = bleu.corpus_score(moses_tokenise(hypotheses, language), streams).score
    words = f"lc.norm.tok.{language}:sacremoses-{sacremoses.__version__}"
    return Score(value, f"{words}|{bleu.get_signature()}")


def moses_tokenise(texts: Sequence[str], language: str) -> list[str]:
    """Lower-cases, normalises punctuation and tokenises as the Moses scripts do.

    Args:
        texts: sentences.
        language: such as "fr"; it decides about apostrophes, quotes and abbreviations.

    Returns:
        Words with one space between them, special characters escaped (`&apos;`).

    Example:
        >>> moses_tokenise(["L'eau, froide."], "fr")
        ['l&apos; eau , froide .']
    """
    import sacremoses

    normaliser = sacremoses.MosesPunctNormalizer(language)
    tokeniser = sacremoses.MosesTokenizer(language)
    return [
        tokeniser.tokenize(normaliser.normalize(text.lower()), escape=True, return_str=True)
        for text in texts
    ]


def _streams(hypotheses: Sequence[str], references: References) -> list[Any]:
    """Returns sacreBLEU's streams of references, with `None` where a sentence has fewer."""
    if isinstance(hypotheses, str) or len(hypotheses) != len(references):
        raise ConfigError(
            f"There are {len(hypotheses)} translations and references of {len(references)} "
            "sentences: BLEU needs one translation, and at least one reference, a sentence."
        )
    if not hypotheses:
        raise ConfigError("There is nothing to score: BLEU needs at least one translation.")
    lists = [[item] if isinstance(item, str) else list(item) for item in references]
    if not all(lists):
        number = next(i for i, item in enumerate(lists) if not item)
        raise ConfigError(f"Sentence {number} has no reference: leave it out, or give it one.")
    most = max(len(item) for item in lists)
    return [[item[i] if i < len(item) else None for item in lists] for i in range(most)]
