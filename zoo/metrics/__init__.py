"""The measures the model cards report; each name is imported when it is first used."""

from __future__ import annotations

import importlib

_MODULE_OF = {
    "CaptionScores": "captions",
    "Score": "bleu",
    "caption_scores": "captions",
    "character_error_rate": "wer",
    "edit_distances": "wer",
    "moses_tokenise": "bleu",
    "sacrebleu_13a": "bleu",
    "tokenised_bleu": "bleu",
    "word_error_rate": "wer",
}
__all__ = sorted(_MODULE_OF)


def __getattr__(name: str):
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
