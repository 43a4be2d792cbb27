"""From damaged words to whole ones."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from zoo.decoding.arguments import positive
from zoo.errors import ConfigError
from zoo.tasks.sequence_to_sequence import SequenceToSequence

_WORD = re.compile(r"[^\W\d_]+")
_BEAM = 5


@keras.saving.register_keras_serializable(package="zoo")
class Speller(SequenceToSequence):
    """Reads the letters of a damaged word, and spells the word that it was.

    A `SequenceToSequence` from letters to letters, with what else that can do; its tokenizer has a
    piece for each letter. For its arguments see there.
    """

    def repair(self, text: str | Sequence[str]) -> str | list[str]:
        """Repairs every word of a text, or of each of a list.

        Words are repaired one by one, whatever stands around them; what is no word stays as it is.
        The case of a word is that of its first letters: `Hellx` gives `Hello`, `HELLX` `HELLO`.

        Args:
            text: a string or a list of strings, any of them empty.

        Returns:
            The text with every word repaired; a list of them where `text` is a list.

        Raises:
            ConfigError: if `text` is something else, or the model has no tokenizer.

        Example: `zoo.load("spell-char-en").repair("hellx")`.
        """
        texts = [text] if isinstance(text, str) else text
        self._check_texts("repair", texts)
        damaged = sorted({word.lower() for item in texts for word in _WORD.findall(item)})
        spelt: Any = self.translate(damaged, beam_size=_BEAM) if damaged else []
        # A word without a letter that the model knows gives nothing, and stays.
        whole = {old: new or old for old, new in zip(damaged, spelt, strict=True)}

        def repaired(match: re.Match) -> str:
            return _cased_like(match[0], whole[match[0].lower()])

        found = [_WORD.sub(repaired, item) for item in texts]
        return found[0] if isinstance(text, str) else found

    def repairs(self, word: str, n: int = 5) -> list[tuple[str, float]]:
        """What a damaged word may have been.

        Args:
            word: one word.
            n: how many words at most.

        Returns:
            Words in lower case and their probabilities, the most probable first.

        Raises:
            ConfigError: if `word` is no single word, `n` is not positive, or the model has no
                tokenizer.

        Example: `zoo.load("spell-char-en").repairs("xat", 3)`.
        """
        if not isinstance(word, str) or not _WORD.fullmatch(word):
            raise ConfigError(f"repairs wants one word, in letters alone, not {word!r}.")
        try:
            positive("n", n)
        except ValueError as error:
            raise ConfigError(str(error)) from error
        self._check_texts("repairs", [word])
        found: Any = self.translate(word.lower(), beam_size=max(_BEAM, n), n_best=max(n, 2))
        return [(one.text, float(np.exp(one.log_prob))) for one in found if one.text][:n]


def _cased_like(pattern: str, word: str) -> str:
    if pattern.isupper() and len(pattern) > 1:
        return word.upper()
    return word.capitalize() if pattern[:1].isupper() else word
