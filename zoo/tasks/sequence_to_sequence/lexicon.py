"""The words that a model may write: a list kept in its file."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import keras

from zoo.decoding import OneOf
from zoo.errors import ConfigError
from zoo.keras_file import inflate

_FILE = "words.txt.zlib"
_COUNTS_FILE = "counts.txt.zlib"


@keras.saving.register_keras_serializable(package="zoo")
class Lexicon(keras.layers.Layer):
    """A list of words.

    A layer only to be saved with a model: the words are an asset of the `.keras` file.

    Args:
        words: strings without spaces, or a mapping from them to how often each was seen in some
            texts. None: filled when a saved model is loaded.

    Attributes:
        words: sorted.
        counts: how often each was seen; empty where that is not known.

    Raises:
        ConfigError: if `words` is empty, one of them is no word, or was seen less than once.
    """

    def __init__(self, words: Sequence[str] | Mapping[str, int] | None = None, **kwargs):
        super().__init__(**kwargs)
        self.words = [] if words is None else sorted(set(words))
        self.counts = {w: words[w] for w in self.words} if isinstance(words, Mapping) else {}
        odd = [word for word in self.words if word.split() != [word]]
        if odd or (words is not None and not self.words):
            what = f"{odd[0]!r} is none" if odd else "the list is empty"
            raise ConfigError(f"A lexicon is of words, one or more, without spaces: {what}.")
        rare = [word for word, count in self.counts.items() if count < 1]
        if rare:
            seen = self.counts[rare[0]]
            raise ConfigError(f"A counted word was seen once at least: {rare[0]!r} {seen} times.")
        self._known = frozenset(self.words)
        self._rule: OneOf | None = None
        self.built = True

    def __contains__(self, word: str) -> bool:
        return word in self._known

    def rule(self, tokenizer) -> OneOf:
        """The rule of a search that only these words may come.

        Args:
            tokenizer: cuts words into ids. Words with a piece that it lacks are left out.
        """
        if self._rule is None:
            rows = tokenizer.encode(self.words)
            whole = [ids for ids in rows if tokenizer.unknown_id not in ids]
            self._rule = OneOf([[*ids, tokenizer.eos_id] for ids in whole])
        return self._rule

    def get_config(self):
        return {"name": self.name}

    def save_assets(self, dir_path: str) -> None:
        """Writes the words into the folder of a `.keras` file being saved."""
        _write(Path(dir_path, _FILE), self.words)
        if self.counts:
            _write(Path(dir_path, _COUNTS_FILE), [str(self.counts[word]) for word in self.words])

    def load_assets(self, dir_path: str) -> None:
        """Reads the words at once: Keras removes the folder after loading."""
        self.words = _read(Path(dir_path, _FILE))
        self._known = frozenset(self.words)
        self._rule = None
        counted = Path(dir_path, _COUNTS_FILE)
        if counted.exists():
            self.counts = dict(zip(self.words, map(int, _read(counted)), strict=True))


def _write(path: Path, lines: Sequence[str]) -> None:
    path.write_bytes(zlib.compress("\n".join(lines).encode("utf-8"), 9))


def _read(path: Path) -> list[str]:
    return inflate(path, path.read_bytes()).decode("utf-8").split("\n")
