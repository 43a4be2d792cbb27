"""Data sets, tokenizers and pipelines; each name is imported when it is first used."""

from __future__ import annotations

import importlib

_MODULE_OF = {
    "BatchPlan": "pipeline",
    "EncodedPairs": "pipeline",
    "Multi30k": "multi30k",
    "SentencePieceTokenizer": "tokenizers",
    "Tatoeba": "tatoeba",
    "bucket_shapes": "pipeline",
    "encode_pairs": "pipeline",
    "load_pairs": "loading",
    "plan_batches": "pipeline",
    "read_pairs": "loading",
    "references": "loading",
    "train_lexicon": "lexicon",
    "train_sentencepiece": "tokenizers",
    "translation_batches": "pipeline",
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
