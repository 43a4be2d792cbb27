"""What a transcriber does with items: it writes down what it hears, at once or while it comes in.

A mixin over a model's call, which works on arrays.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
from keras import ops

from zoo import catalogue
from zoo.checked import BeamSize, Count, Strength, checked
from zoo.decoding import CTCBeamSearch, CTCGreedySearch, FrameSearch, LanguageScores, align
from zoo.decoding.arguments import IMPOSSIBLE
from zoo.decoding.cache_key import compiled_for, snapshot
from zoo.errors import ConfigError
from zoo.layers.heads.ctc import frame_counts
from zoo.tasks.long_sound import read_or_blocks
from zoo.tasks.transcription.long_items import transcribe_blocks
from zoo.tasks.transcription.results import Span, Transcription
from zoo.tasks.transcription.streaming import TranscriptionStream

_BEAM, _ALPHA, _BETA = 8, 0.5, 1.0


class Transcribing:
    """Verbs of `zoo.tasks.Transcriber`."""

    name: str
    input: Any
    listed: Any
    batches: Any
    compiled_over_arrays: Any
    target_tokenizer: Any
    time_a_step: float
    graph_inputs: Any
    timed_input: Any
    shortest: int
    _compiled: dict

    @checked(but=("items", "search", "language_model"))
    def transcribe(
        self,
        items: Any,
        *,
        beam_size: BeamSize | None = None,
        n_best: Count = 1,
        search: FrameSearch | str | None = None,
        language_model: Any = None,
        alpha: Strength | None = None,
        beta: float | None = None,
        return_times: bool = False,
        rate: Count | None = None,
    ) -> Any:
        """Writes down what is said in one item, or in each of a list.

        A list gives what its items give one by one, in their order. An item without frames gives an
        empty text. Sound of more than `most_steps` is never in memory at once: it is read as a
        stream where all layers are causal, else, and where times are wanted, in parts of 10 to 30
        seconds that are cut at pauses.

        Args:
            items: what the model reads (`model.input.one`), or a list of it.
            beam_size: outputs that are kept at a time, see `zoo.decoding.CTCBeamSearch`; 1 takes
                the likeliest label at every frame. None: 8.
            n_best: outputs returned, at most `beam_size`.
            search: a search of `zoo.decoding` over frames, or its registered name, in place of
                `beam_size`, `n_best`, `alpha` and `beta`.
            language_model: a model of characters, such as `zoo.load("lm-...")` gives, which tells
                how likely texts are. None: none. Its weights are taken as they are at the first
                call on JAX.
            alpha: strength of the language model. None: 0.5 with one.
            beta: added to the score for each character. None: 1 with a language model, else 0.
            return_times: whether to say when each character was said.
            rate: samples a second of the arrays among the items; files say theirs. None: the
                model's.

        Returns:
            A string for each item; with `n_best` above 1, or a search of more outputs, a list of
            `Transcription`, the best first; with `return_times` a `Transcription`. A list of these
            where `items` is a list.

        Raises:
            ConfigError, MissingFileError: for an item that cannot be read, or a bad argument.
        """
        listed, is_one = self.listed("transcribe", items)
        if rate is not None:
            listed = _at_rate(self.input, listed, rate)
        chosen = self.search_of(search, beam_size, n_best, language_model, alpha, beta)
        language = _language(language_model, self.target_tokenizer)
        found: list[Any] = self._all_transcriptions(listed, chosen, language, return_times)
        if chosen.n == 1:
            found = [best if return_times else best.text for (best,) in found]
        return found[0] if is_one else found

    @checked(but=("search", "language_model"))
    def stream(
        self,
        *,
        beam_size: BeamSize | None = None,
        search: FrameSearch | str | None = None,
        language_model: Any = None,
        alpha: Strength | None = None,
        beta: float | None = None,
        window: Count = 32,
    ) -> TranscriptionStream:
        """Begins to transcribe what comes in piece by piece; all layers must be causal.

        Args:
            beam_size: as for `transcribe`. None: 1, which decides at once, or 8 with a language
                model; most of what a beam holds is decided at the end.
            search, language_model, alpha, beta: as for `transcribe`.
            window: frames that are read at once, rounded up to what the encoder joins.

        Returns:
            A `TranscriptionStream`.

        Raises:
            ConfigError: if the model needs to hear the end before the begin, or for a bad argument.
        """
        if search is None and beam_size is None and language_model is None:
            beam_size = 1
        chosen = self.search_of(search, beam_size, 1, language_model, alpha, beta)
        return TranscriptionStream(
            self, chosen, _language(language_model, self.target_tokenizer), window
        )

    def _all_transcriptions(self, listed, search, language, return_times):
        """What a search finds for each item, the best first, however long it is."""
        found: list = [None] * len(listed)
        places, read = [], []
        for place, one in enumerate(listed):
            item, blocks = read_or_blocks(self, one)
            if blocks is None:
                places.append(place)
                read.append(item)
            else:
                found[place] = [transcribe_blocks(self, blocks, search, language, return_times)]
        short = self.transcriptions(read, search, language, return_times)
        for place, one in zip(places, short, strict=True):
            found[place] = one
        return found

    def search_of(
        self,
        search: Any = None,
        beam_size: int | None = None,
        n_best: int = 1,
        language_model: Any = None,
        alpha: float | None = None,
        beta: float | None = None,
    ) -> Any:
        """The search that arguments of `transcribe` say."""
        return frame_search(search, beam_size, n_best, language_model, alpha, beta)

    def transcriptions(
        self, listed: list, search: FrameSearch, language: Any, return_times: bool
    ) -> list[list[Transcription]]:
        """What a search finds for each item, the best first.

        Args:
            listed: items of at most `most_steps`.
            search, language: see `zoo.decoding.FrameSearch`.
            return_times: whether to say when each character was said.
        """
        found: list = [None] * len(listed)
        for places, arrays in self.batches(self.input.prepare(listed)):
            hypotheses = self._heard(search, language, return_times)(*self._whole_frame(arrays))
            for row, place in enumerate(places):
                found[place] = [
                    self._transcription(n, *(x[row] for x in hypotheses))
                    for n in range(search.n)
                    if n == 0 or hypotheses[2][row, n] > IMPOSSIBLE / 2
                ]
        return found

    def _whole_frame(self, arrays) -> list[np.ndarray]:
        """The arrays of a batch, filled up where none of its items makes a frame."""
        found = dict(arrays)
        values = found[self.timed_input]
        missing = max(self.shortest - values.shape[1], 0)
        filling = [(0, 0), (0, missing), *[(0, 0)] * (values.ndim - 2)]
        found[self.timed_input] = np.pad(values, filling)
        return list(found.values())

    def _transcription(self, n, ids, scores, log_probs, lengths, *spans) -> Transcription:
        ids = ids[n, : lengths[n]].tolist()
        characters = None
        if spans:
            pieces = self.target_tokenizer.pieces(ids)
            times = zip(pieces, *(one[n] for one in spans), strict=False)
            characters = [
                Span(text, *(float(step) * self.time_a_step for step in span))
                for text, *span in times
            ]
        text = self.target_tokenizer.decode(ids)
        return Transcription(text, float(scores[n]), float(log_probs[n]), characters)

    def hypotheses(self, search: FrameSearch, language: Any, return_times: bool, *arrays) -> tuple:
        """Ids, scores, log-probabilities and lengths, and with times begins and ends.

        Args:
            search: over frames.
            language: see `zoo.decoding.FrameSearch`; None: none.
            return_times: whether begins and ends are wanted, steps of the logits `[batch, n,
                time]`.
            *arrays: what the model is called on, in the order of `graph_inputs`.
        """
        inputs = dict(zip(self.graph_inputs, arrays, strict=True))
        logits, found = self.searched(inputs, search, language)
        counts = frame_counts(logits)
        if not return_times:
            return tuple(found[:4])
        batch, time = ops.shape(found.ids)[0], ops.shape(found.ids)[2]
        said = align(
            ops.repeat(logits, search.n, axis=0),
            ops.repeat(counts, search.n, axis=0),
            ops.reshape(found.ids, (batch * search.n, time)),
            ops.reshape(found.lengths, (batch * search.n,)),
        )
        spans = (ops.reshape(one, (batch, search.n, time)) for one in said[:2])
        return (*found[:4], *spans)

    def searched(self, inputs: dict, search: Any, language: Any) -> tuple[Any, Any]:
        """The logits of all frames, and what a search finds in a batch of arrays."""
        logits = self(inputs, training=False)  # type: ignore[operator]
        return logits, search(logits, frame_counts(logits), language=language)

    def _heard(self, search, language, return_times):
        """`hypotheses`, compiled once for a search and a language model."""
        compiled = compiled_for(self._compiled, search)
        key = (language, return_times, *search.given().values())
        if key not in compiled:
            kept = snapshot(search)
            compiled[key] = self.compiled_over_arrays(
                lambda *arrays: self.hypotheses(kept, language, return_times, *arrays)
            )
        return compiled[key]


def _at_rate(source: Any, items: list[Any], rate: int) -> list[Any]:
    """Items of sound, arrays among them with their rate."""
    if not hasattr(source, "rate"):
        raise ConfigError(f"rate=... is of arrays of sound, and the model reads {source.one}.")
    return [(one, rate) if isinstance(one, np.ndarray) else one for one in items]


def language_scores(model: Any, target_tokenizer: Any) -> LanguageScores:
    """A language model of characters, asked by the ids of a transcriber's characters.

    A character that the model does not know is read as its lower or upper case where it knows that,
    else as unknown.

    Args:
        model: with `step` and `get_initial_state`, and a tokenizer with `characters`.
        target_tokenizer: the transcriber's.

    Raises:
        ConfigError: if it is no such model.
    """
    _require_language(model)
    theirs = model.tokenizer
    ids = []
    for piece in target_tokenizer.pieces(range(target_tokenizer.vocabulary_size)):
        cases = (piece, piece.lower(), piece.upper())
        known = [case for case in cases if case in theirs.characters]
        ids.append(int(theirs.encode(known[0])[0]) if known else theirs.unknown_id)
    return LanguageScores(model.step, model.get_initial_state, np.array(ids), theirs.begin_id)


# The same object every time, by which functions are compiled.
_remembered = functools.lru_cache(maxsize=4)(language_scores)


def _require_language(model: Any) -> None:
    parts = [getattr(model, name, None) for name in ("step", "get_initial_state")]
    theirs = getattr(model, "tokenizer", None)
    if not hasattr(theirs, "characters") or not all(map(callable, parts)):
        raise ConfigError(
            "language_model is a language model of characters, such as zoo.load gives for "
            f"'lm-...' models, not a {type(model).__name__}"
            f"{'' if theirs is None else ' of other tokens'}."
        )


def _language(model: Any, target_tokenizer: Any) -> LanguageScores | None:
    if model is None:
        return None
    _require_language(model)
    return _remembered(model, target_tokenizer)


def frame_search(search, beam_size, n_best, language_model, alpha, beta) -> FrameSearch:
    """The search over frames that the arguments of a verb say."""
    if search is not None:
        if (beam_size, n_best, alpha, beta) != (None, 1, None, None):
            raise ConfigError(
                "search=... says it all: leave out beam_size, n_best, alpha and beta."
            )
        found = catalogue.searches.get(search)() if isinstance(search, str) else search
        if not isinstance(found, FrameSearch):
            raise ConfigError(
                "search is a search over frames of zoo.decoding, such as CTCBeamSearch(8), or the "
                f"registered name of one, not {search!r}."
            )
        if isinstance(found, CTCGreedySearch) and language_model is not None:
            raise ConfigError("Greedy search asks no language model: take a CTCBeamSearch.")
        return found
    if beam_size == 1 and n_best == 1 and language_model is None:
        return CTCGreedySearch()
    has_model = language_model is not None
    return CTCBeamSearch(
        (max(_BEAM, n_best) if beam_size is None else beam_size),
        n_best,
        alpha=(_ALPHA if has_model else 0.0) if alpha is None else alpha,
        beta=(_BETA if has_model else 0.0) if beta is None else beta,
    )
