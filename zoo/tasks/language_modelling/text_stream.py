"""Reading a text while it comes."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
from keras import ops, tree

from zoo.backend.compiled import compile_step
from zoo.decoding.arguments import PAD_ID
from zoo.errors import ConfigError
from zoo.tasks.item_stream import ItemStream


@dataclasses.dataclass(frozen=True)
class ReadSoFar:
    """How probable a model finds what it has read of a text.

    Attributes:
        log_prob: natural logarithm of the probability of all tokens.
        count: tokens that were read.
    """

    log_prob: float = 0.0
    count: int = 0

    @property
    def perplexity(self) -> float:
        """`exp(-log_prob / count)`; 1 of nothing."""
        return math.exp(-self.log_prob / max(self.count, 1))

    @property
    def bits_per_token(self) -> float:
        """`-log2 P / count`; of a model of characters, bits per character."""
        return -self.log_prob / max(self.count, 1) / math.log(2)


class TextStream(ItemStream[ReadSoFar]):
    """A text that goes on as pieces of it come in; `LanguageModel.stream` gives one.

    It is pushed strings; where the model reads words, pieces end where words do. What is known is
    how probable the text is so far, in the end as `LanguageModel.score` says; and `expected` says
    what may come next.

    Args:
        model: a `LanguageModel` with a tokenizer.
    """

    def __init__(self, model: Any):
        super().__init__(ReadSoFar())
        self._model = model
        self._state: Any = None  # before the last token, which has not been read
        self._last = np.array([model.tokenizer.begin_id], "int32")

    def _read(self, piece: Any) -> ReadSoFar:
        if not isinstance(piece, str):
            raise ConfigError(f"A piece of a text is a string, not a {type(piece).__name__}.")
        ids = np.asarray(self._model.tokenizer.encode(piece), "int32")
        if not len(ids):
            return self._known
        found, self._state = self._model.read(ids[None], self._state, before=self._last)
        self._last = ids[-1:]
        total = self._known.log_prob + math.fsum(found[0].tolist())
        return ReadSoFar(total, self._known.count + len(ids))

    def expected(self, n: int = 5) -> list[tuple[str, float]]:
        """The most probable next tokens, and how probable each is, the first the most.

        Padding and what is unknown are left out.

        Args:
            n: how many at most.
        """
        model = self._model
        if model.stream_step is None:

            def step(tokens, state):
                logits, _ = model.step(tokens, state)
                return ops.softmax(ops.cast(logits, "float32"), axis=-1)

            model.stream_step = compile_step(model, step)
        state = model.get_initial_state(1) if self._state is None else self._state
        state = tree.map_structure(ops.convert_to_tensor, state)
        row = ops.convert_to_numpy(model.stream_step(ops.convert_to_tensor(self._last), state))[0]
        silent = (PAD_ID, model.tokenizer.unknown_id)
        best = [i for i in np.argsort(-row, kind="stable") if i not in silent][:n]
        return list(zip(model.tokenizer.pieces(best), row[best].tolist(), strict=True))
