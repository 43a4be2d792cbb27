"""Data sets, tokenizers and pipelines; each name is imported when it is first used."""

from __future__ import annotations

import importlib

_MODULE_OF = {
    "BatchPlan": "pipeline",
    "CharacterTokenizer": "characters",
    "EncodedPairs": "pipeline",
    "EncodedSentences": "tagging",
    "Hello": "hello",
    "IMDB": "imdb",
    "Multi30k": "multi30k",
    "PTB": "ptb",
    "RunningSubwordTokenizer": "running_subwords",
    "RunningWordTokenizer": "running_words",
    "SST": "sst",
    "SentencePieceTokenizer": "tokenizers",
    "StreamPlan": "streams",
    "Tatoeba": "tatoeba",
    "TinyShakespeare": "tiny_shakespeare",
    "UniversalDependencies": "universal_dependencies",
    "WordTokenizer": "words",
    "EncodedTexts": "classification",
    "bucket_shapes": "pipeline",
    "encode_pairs": "pipeline",
    "classification_batches": "classification",
    "encode_sentences": "tagging",
    "encode_text_file": "text_files",
    "encode_texts": "classification",
    "generated_batches": "generated",
    "load_examples": "loading",
    "load_pairs": "loading",
    "plan_batches": "pipeline",
    "plan_classification": "classification",
    "plan_streams": "streams",
    "plan_tagging": "tagging",
    "read_labelled": "labelled",
    "read_pairs": "loading",
    "read_tagged": "universal_dependencies",
    "read_text": "loading",
    "references": "loading",
    "stream_batches": "streams",
    "tagging_batches": "tagging",
    "train_characters": "characters",
    "train_lexicon": "lexicon",
    "train_running_words": "running_words",
    "train_words": "words",
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
