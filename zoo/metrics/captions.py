"""The measures of captions, counted by pycocoevalcap as papers report them.

This module knows strings only, no model and no data set.
"""

from __future__ import annotations

import contextlib
import dataclasses
import io
import re
import shutil
from collections.abc import Sequence

from zoo.errors import ConfigError

# What pycocoevalcap leaves out after its tokenizer.
_PUNCTUATION = frozenset("'' ' `` ` -LRB- -RRB- -LCB- -RCB- . ? ! , : - -- ... ;".split())
_CLITIC = re.compile(r"(?<=\w)(n't|'(?:s|m|d|ll|re|ve))(?![\w'])")
_CONTRACTED = {"cannot": "can not", "gonna": "gon na", "wanna": "wan na", "gotta": "got ta"}
_ABBREVIATION = re.compile(r"(?:[a-z]\.){2,}|(?:mr|mrs|ms|dr|st|jr|sr|vs|no)\.")
_BRACKETS = {"(": "-lrb-", ")": "-rrb-", "{": "-lcb-", "}": "-rcb-", "[": "-lsb-", "]": "-rsb-"}


@dataclasses.dataclass(frozen=True)
class CaptionScores:
    """The scores of a set of captions, each as it is reported, times 100.

    Attributes:
        bleu: BLEU-1 to BLEU-4 of the whole set (Papineni et al. 2002), against all references.
        rouge_l: ROUGE-L (Lin 2004).
        cider_d: CIDEr-D (Vedantam et al. 2015, arXiv:1411.5726); n-grams are weighed by the
            references given, so that scores of different sets do not compare.
        meteor: METEOR 1.5 (Denkowski and Lavie 2014); None where there is no Java.
        signature: what cut the words.
    """

    bleu: tuple[float, float, float, float]
    rouge_l: float
    cider_d: float
    meteor: float | None
    signature: str


def caption_scores(
    captions: Sequence[str],
    references: Sequence[Sequence[str]],
    *,
    tokenizer: str | None = None,
    meteor: bool = True,
) -> CaptionScores:
    """Scores captions against several references each.

    Args:
        captions: one for each photograph.
        references: for each photograph its references, as people wrote them.
        tokenizer: "ptb": Stanford's PTB tokenizer, that of the published scores, which needs Java;
            "plain": `plain_words`. None: "ptb" where there is Java, else "plain".
        meteor: whether to run METEOR, which takes some seconds, where there is Java.

    Returns:
        The scores.

    Raises:
        ConfigError: when there is nothing to score, the numbers differ, a photograph has no
            reference, pycocoevalcap is not installed, or "ptb" is asked for without Java.
    """
    if isinstance(captions, str) or len(captions) != len(references):
        raise ConfigError(
            f"There are {len(captions)} captions and references of {len(references)} photographs: "
            "one caption and at least one reference are needed for each."
        )
    if not captions or not all(references) or any(isinstance(r, str) for r in references):
        raise ConfigError("Every photograph needs a list of references, and there must be one.")
    has_java = shutil.which("java") is not None
    tokenizer = tokenizer or ("ptb" if has_java else "plain")
    if tokenizer not in ("ptb", "plain") or (tokenizer == "ptb" and not has_java):
        raise ConfigError(f"tokenizer is 'plain', or with Java 'ptb', not {tokenizer!r}.")
    bleu, rouge, cider = _scorers()
    cut = _ptb_words if tokenizer == "ptb" else _plain_rows
    answers = dict(enumerate(cut([[caption] for caption in captions])))
    truths = dict(enumerate(cut(references)))
    with contextlib.redirect_stdout(io.StringIO()):  # they print as they count
        values, _ = bleu.compute_score(truths, answers, verbose=0)
        rouge_l, _ = rouge.compute_score(truths, answers)
        cider_d, _ = cider.compute_score(truths, answers)
    met = _meteor(truths, answers) if meteor and has_java else None
    return CaptionScores(
        bleu=tuple(100 * value for value in values),
        rouge_l=100 * float(rouge_l),
        cider_d=100 * float(cider_d),
        meteor=met,
        signature=f"pycocoevalcap-{_version()}|{tokenizer}",
    )


def plain_words(text: str) -> list[str]:
    """Cuts a caption into words without Java, as Stanford's PTB tokenizer cuts such text.

    Lower-cased; clitics cut off (`man 's`, `do n't`); quotes, brackets and signs cut from words,
    and what pycocoevalcap calls punctuation left out. Words with hyphens, numbers with points or
    commas and abbreviations stay whole. Of 20,000 captions of Flickr8k four are cut
    otherwise (`slip 'n' slide`, `Miami U.`).

    Args:
        text: a caption.

    Returns:
        Its words.

    Example:
        >>> plain_words("The man's dog, a T-shirt on, doesn't run.")
        ['the', 'man', "'s", 'dog', 'a', 't-shirt', 'on', 'does', "n't", 'run']
    """
    text = text.lower().replace("``", '"').replace("''", '"')
    text = re.sub(r'["“”„]', " '' ", text)
    text = re.sub(r"([()\[\]{}<>;!?&%$#@*+=~|…])", r" \1 ", text)
    text = re.sub(r"(\.{2,}|-{2,})", r" \1 ", text)
    text = re.sub(r"[,:](?!\d)|(?<!\d)[,:]", r" \g<0> ", text)
    words: list[str] = []
    for part in text.split():
        if not _ABBREVIATION.fullmatch(part):
            part = re.sub(r"(?<=[^.])\.$", " .", part)
        part = re.sub(r"^'(?!(?:s|m|d|ll|re|ve|em|til)\b)(?=\w)", "' ", part)
        part = _CLITIC.sub(r" \1", part)
        part = re.sub(r"(?<=\w)'$", " '", part)
        words += " ".join(_CONTRACTED.get(p, p) for p in part.split()).split()
    return [_BRACKETS.get(word, word) for word in words if word not in _PUNCTUATION]


def _plain_rows(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    return [[" ".join(plain_words(text)) for text in texts] for texts in rows]


def _ptb_words(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    """Words by Stanford's tokenizer, which pycocoevalcap brings along."""
    from pycocoevalcap.tokenizer.ptbtokenizer import PTBTokenizer

    items = {
        # A line for each text: an empty one, or a line end within, would shift all that follow.
        i: [{"caption": " ".join(text.split()) or "."} for text in texts]
        for i, texts in enumerate(rows)
    }
    found = PTBTokenizer().tokenize(items)
    return [found[i] for i in range(len(rows))]


def _scorers():
    try:
        from pycocoevalcap.bleu.bleu import Bleu
        from pycocoevalcap.cider.cider import Cider
        from pycocoevalcap.rouge.rouge import Rouge
    except ImportError as error:
        raise ConfigError(
            "Scoring captions needs pycocoevalcap: install it with "
            "pip install 'sequence-zoo[captions]'."
        ) from error
    return Bleu(4), Rouge(), Cider()


def _meteor(truths, answers) -> float:
    from pycocoevalcap.meteor.meteor import Meteor

    score, _ = Meteor().compute_score(truths, answers)
    return 100 * float(score)


def _version() -> str:
    import importlib.metadata

    return importlib.metadata.version("pycocoevalcap")
