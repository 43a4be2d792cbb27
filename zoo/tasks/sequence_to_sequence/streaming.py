"""Text that is shown while it is decided."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from keras import ops

from zoo.backend.compiled import compile_step
from zoo.decoding.cache_key import compiled_for, snapshot
from zoo.tasks.batching import bucket_of, padded, stacked
from zoo.tasks.sequence_to_sequence.output_limits import (
    limit_of,
    width_of,
    with_limit,
)


class Streaming:
    """How a model that decodes gives its output token by token; a part of `DecodingModel`."""

    start: Any
    step: Any
    input: Any
    target_tokenizer: Any
    graph_inputs: Any
    require_steps: Any
    _compiled_searches: dict[Any, dict]
    longest_outputs: Any
    _steps_of: Any
    _padded_steps: Any

    def _stream(self, item, search, begin, place: int = 0) -> Iterator[str]:
        """Yields the text as it grows; the whole is what the search finds at once.

        Args:
            item: what is read.
            search: one that decides token by token.
            begin: ids that the output begins with.
            place: of the item in a list, by which random searches draw.
        """
        (source,) = self.input.prepare([item])
        self.require_steps([source])
        steps = self._steps_of(source)
        if steps <= self.input.blank_steps:
            return
        width = width_of([begin])
        limit = limit_of(search, self.longest_outputs(steps) + len(begin))
        arrays = stacked([source], self.graph_inputs, bucket_of(steps))
        given = search.given_array()
        start, advance = self._stepwise(arrays, search, width)
        prefix = [padded([begin], width)] if width else []
        limits = np.array([limit], "int32")
        states, constants = start(given, tuple(arrays.values()), limits, *prefix)
        draws = search.draws_of(place, limit) if search.is_random else np.zeros((1, limit), "int32")
        tokens: list[int] = []
        last, shown = search.bos_id, ""
        while last not in (search.eos_id, self.target_tokenizer.pad_id):  # either ends an output
            at_limit = np.array([[len(tokens) + 1 >= limit]])
            draw = draws[:, len(tokens) : len(tokens) + 1]
            now, states = advance(
                given, np.array([[last]], "int32"), at_limit, draw, states, constants
            )
            last = int(ops.convert_to_numpy(now)[0, 0])
            tokens.append(last)
            (grown,) = self.target_tokenizer.decode([tokens])
            if len(grown) > len(shown):
                yield grown[len(shown) :]
                shown = grown

    def _stepwise(self, arrays, search, width):
        """The compiled beginning of a search, and its compiled step."""
        time = limit_of(search, self.longest_outputs(self._padded_steps(arrays)) + width)
        shapes = tuple(values.shape[1:] for values in arrays.values())
        compiled = compiled_for(self._compiled_searches, search)
        key = (shapes, width, "stream")
        if key not in compiled:
            search = snapshot(search)

            def start(given, source, max_lengths, *prefix):
                own = search.with_given(given)
                decode = with_limit(own, time, prefix[0] if width else None)
                states, constants = self.start(*source)
                states = [ops.expand_dims(state, 1) for state in states]
                tokens = ops.full((1, 1), search.bos_id, dtype="int32")
                _, states, _ = decode.begin(
                    self.step, tokens, states, constants, max_lengths, time, False
                )
                return states, constants

            def advance(given, tokens, last, noise, states, constants):
                decode = with_limit(search.with_given(given), time, () if width else None)
                step = decode.ruled(self.step)
                tokens, _, states, _ = decode.next_token(
                    step, tokens, states, constants, last, noise
                )
                return tokens, states

            compiled[key] = compile_step(self, start), compile_step(self, advance)
        return compiled[key]
