"""The topologies as `keras.Model`. Importing this makes every zoo class known to Keras."""

import zoo.cells  # noqa: F401
import zoo.data.tokenizers  # noqa: F401
import zoo.layers  # noqa: F401
import zoo.training.losses  # noqa: F401
from zoo.tasks.sequence_to_sequence import SequenceToSequence
from zoo.tasks.translation import Translation

__all__ = ["SequenceToSequence", "Translation"]
