"""What models read: each name is imported when it is first used."""

from zoo.lazy import lazy_names

_MODULE_OF = {
    "CharacterTokenizer": "characters",
    "RunningSubwordTokenizer": "running_subwords",
    "RunningWordTokenizer": "running_words",
    "SentencePieceTokenizer": "subwords",
    "WordTokenizer": "words",
    "train_characters": "characters",
    "train_running_words": "running_words",
    "train_sentencepiece": "subwords",
    "train_words": "words",
}
__getattr__, __dir__, __all__ = lazy_names(__name__, _MODULE_OF)
