"""The topologies as `keras.Model`. Importing this makes every zoo class known to Keras."""

import zoo.cells  # noqa: F401
import zoo.data.characters  # noqa: F401
import zoo.data.running_subwords  # noqa: F401
import zoo.data.running_words  # noqa: F401
import zoo.data.tokenizers  # noqa: F401
import zoo.data.words  # noqa: F401
import zoo.layers  # noqa: F401
import zoo.training.losses  # noqa: F401
import zoo.training.schedules  # noqa: F401
from zoo.tasks.classification import Classification
from zoo.tasks.ensemble import Ensemble
from zoo.tasks.language_model import LanguageModel
from zoo.tasks.sequence_classifier import SequenceClassifier
from zoo.tasks.sequence_tagger import SequenceTagger
from zoo.tasks.sequence_to_sequence import SequenceToSequence
from zoo.tasks.speller import Speller
from zoo.tasks.tagged_token import TaggedToken
from zoo.tasks.translation import TargetScore, Translation

__all__ = [
    "Classification",
    "Ensemble",
    "LanguageModel",
    "SequenceClassifier",
    "SequenceTagger",
    "SequenceToSequence",
    "Speller",
    "TaggedToken",
    "TargetScore",
    "Translation",
]
