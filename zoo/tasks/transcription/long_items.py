"""Transcribing what is too long to be read at once: as a stream, or in parts cut at pauses.

An hour then takes the memory of a window, or of half a minute.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from zoo.decoding import FrameSearch
from zoo.errors import ConfigError
from zoo.tasks.long_sound import parts_of
from zoo.tasks.transcription.results import Span, Transcription
from zoo.tasks.transcription.streaming import TranscriptionStream, why_not_in_pieces

_WINDOW = 512  # frames that a stream reads at once


def transcribe_blocks(
    model: Any, blocks: Iterable[np.ndarray], search: FrameSearch, language: Any, return_times: bool
) -> Transcription:
    """Transcribes what comes in blocks.

    A model that can read a stream does, except where times are wanted; the text is then that of the
    whole. Otherwise parts are cut at pauses (`Sound.cut`), read one by one, and their texts joined
    by a space where the tokenizer knows one; scores are added.

    Args:
        model: a `Transcriber`, with an input that has `cut`.
        blocks: float32 `[samples]` each.
        search, language: as for `TranscriptionStream`.
        return_times: whether to say when each character was said.

    Raises:
        ConfigError: for a search of more than one output.
    """
    if search.n > 1:
        raise ConfigError(
            f"What has more than {model.most_steps:,} steps is read in parts, and gets one text: "
            "leave out n_best, or set model.most_steps higher."
        )
    if not return_times and why_not_in_pieces(model, search) is None:
        stream = TranscriptionStream(model, search, language, _WINDOW)
        for block in blocks:
            stream.push(block)
        return Transcription(stream.end(), stream.score, stream.log_prob)
    step = model.time_a_step / (model.steps_a_frame * model.encoder.reduction)
    samples, found = 0, []
    for part in parts_of(model, blocks):
        ((one,),) = model.transcriptions([part], search, language, return_times)
        found.append(_later(one, samples * step))
        samples += len(part)
    return _joined(found, " " if _knows_space(model.target_tokenizer) else "")


def _later(one: Transcription, seconds: float) -> Transcription:
    if one.characters is None:
        return one
    spans = [Span(x.text, x.begin + seconds, x.end + seconds) for x in one.characters]
    return Transcription(one.text, one.score, one.log_prob, spans)


def _joined(found: list[Transcription], between: str) -> Transcription:
    said = [one for one in found if one.text]
    characters: list[Span] | None = None
    if said and said[0].characters is not None:
        characters = []
        for one in said:
            if characters and between:
                characters.append(Span(between, characters[-1].end, one.characters[0].begin))  # type: ignore[index]
            characters += one.characters or []
    elif found and found[0].characters is not None:
        characters = []
    scores = (sum(one.score for one in found), sum(one.log_prob for one in found))
    return Transcription(between.join(one.text for one in said), *scores, characters)


def _knows_space(tokenizer: Any) -> bool:
    return bool((np.asarray(tokenizer.encode(" ")) != tokenizer.unknown_id).all())
