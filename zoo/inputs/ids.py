"""The ids that mean the same everywhere, and how many ids there are."""

from __future__ import annotations

from typing import Any

from zoo.errors import ConfigError

PAD_ID, UNKNOWN_ID, BOS_ID, EOS_ID = 0, 1, 2, 3


def vocabulary_size_of(
    task: str, tokenizer: Any, size: int | None, setting: str = "tokenizer"
) -> int:
    """The number of ids: that of the tokenizer, or the one given where there is none.

    Raises:
        ConfigError: when there is neither, or they disagree.
    """
    if tokenizer is None:
        if size is None:
            raise ConfigError(f"Task {task!r} needs {setting}=... or vocabulary_size=...")
        return size
    if size not in (None, tokenizer.vocabulary_size):
        raise ConfigError(
            f"vocabulary_size is {size}, but the tokenizer has {tokenizer.vocabulary_size} ids: "
            "leave vocabulary_size out."
        )
    return int(tokenizer.vocabulary_size)
