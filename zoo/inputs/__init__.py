"""What models read: each name is imported when it is first used."""

from zoo.lazy import lazy_names

_MODULE_OF = {
    "Array": "input",
    "Boxes": "boxes",
    "CharacterTokenizer": "characters",
    "Clips": "clips",
    "FlowClips": "flow_clips",
    "Images": "images",
    "Input": "input",
    "Notes": "notes",
    "Piece": "piece",
    "Raw": "input",
    "RunningSubwordTokenizer": "running_subwords",
    "RunningWordTokenizer": "running_words",
    "SentencePieceTokenizer": "subwords",
    "Series": "series",
    "Skeletons": "skeletons",
    "Sound": "sound",
    "Stories": "stories",
    "Story": "stories",
    "Table": "table",
    "Text": "text",
    "WordTokenizer": "words",
    "scaling_of": "series",
    "TreebankWords": "treebank_words",
    "language_piece": "subwords",
    "learn_treebank_words": "word_training",
    "train_characters": "characters",
    "train_running_words": "running_words",
    "train_sentencepiece": "subword_training",
    "train_words": "word_training",
}
__getattr__, __dir__, __all__ = lazy_names(__name__, _MODULE_OF)
