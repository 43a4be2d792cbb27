"""What a language model does with text: it continues, scores and completes it.

A mixin over a model's `read` (many tokens at once), `step` (one token) and tokenizer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Literal, TypedDict, Unpack, overload

import numpy as np
from keras import ops, tree

from zoo import catalogue
from zoo.backend.compiled import compile_step
from zoo.checked import BeamSize, Between, Count, Strength, checked
from zoo.decoding import BeamSearch, GreedySearch, SampleSearch
from zoo.decoding.arguments import IMPOSSIBLE, PAD_ID
from zoo.decoding.cache_key import compiled_for, snapshot
from zoo.decoding.tokenwise_search import TokenwiseSearch
from zoo.errors import ConfigError
from zoo.tasks.batching import length_batches
from zoo.tasks.language_modelling.results import Surprise, TextScore
from zoo.tasks.language_modelling.text_stream import TextStream

Length = Annotated[int, Between(1, 1_000_000)]
_BATCH_TOKENS = 2048  # tokens that are scored together
_LONGEST_ENDING = 24  # tokens that complete a word, its end included
_FEWEST_ENDINGS = 8  # that are searched for together
_BEGUN_WORD = re.compile(r"[\w'’-]*\Z")
_IN_WORD = re.compile(r"[\w'’-]+")


class WritingOptions(TypedDict, total=False):
    """Options of `generate` that do not change what it returns, for type checkers."""

    temperature: float
    top_k: int | None
    top_p: float
    seed: int | None
    search: TokenwiseSearch | str | None


class Writing:
    """Verbs of `zoo.tasks.LanguageModel`."""

    name: str
    verb_name = "generate"
    tokenizer: Any
    listed: Any
    read: Any
    step: Any
    get_initial_state: Any
    _writers: dict

    @overload
    def generate(
        self,
        prompt: str = "",
        length: int = ...,
        *,
        stream: Literal[False] = False,
        **options: Unpack[WritingOptions],
    ) -> str: ...

    @overload
    def generate(
        self,
        prompt: Sequence[str],
        length: int = ...,
        *,
        stream: Literal[False] = False,
        **options: Unpack[WritingOptions],
    ) -> list[str]: ...

    @overload
    def generate(
        self,
        prompt: str = "",
        length: int = ...,
        *,
        stream: Literal[True],
        **options: Unpack[WritingOptions],
    ) -> Iterator[str]: ...

    @checked(but=("prompt", "search"))
    def generate(
        self,
        prompt: str | Sequence[str] = "",
        length: Length = 200,
        *,
        temperature: Strength = 1.0,
        top_k: Count | None = None,
        top_p: float = 1.0,
        seed: int | None = None,
        search: TokenwiseSearch | str | None = None,
        stream: bool = False,
    ) -> str | list[str] | Iterator[str]:
        """Continues a text, or each of a list.

        Tokens are drawn as `zoo.decoding.SampleSearch` draws them. A token costs one step, however
        long the text is already. A list gives what its prompts give one by one with the same seed
        and place.

        Args:
            prompt: how the text begins; a string or a list of strings, any of them empty.
            length: tokens that are added.
            temperature: below 1 sharpens the distribution, above 1 flattens it; 0 takes the most
                probable token every time.
            top_k: how many tokens are drawn from. None: all.
            top_p: how much probability is drawn from, above 0, at most 1.
            seed: a whole number, for the same text every time. None: another one every time.
            search: another search that decides token by token, an object or its registered name, in
                place of the four before it.
            stream: whether to get the text piece by piece, as it is written; of one prompt only.

        Returns:
            The prompt and what follows; a list of them where `prompt` is a list; with `stream` an
            iterator over the pieces of the text, the prompt being the first.

        Raises:
            ConfigError: for a bad argument, or a model without a tokenizer.

        Example: `zoo.load("lm-char-shakespeare").generate("ROMEO:", 300, temperature=0.8)`.
        """
        prompts, is_one = self.listed("generate", prompt)
        search = _search(temperature, top_k, top_p, seed, search)
        if stream:
            if not is_one:
                raise ConfigError("stream=True writes one text: give one prompt, not a list.")
            return self._pieces(prompts[0], length, search, 0)
        texts = ["".join(self._pieces(*job)) for job in _jobs(prompts, length, search)]
        return texts[0] if is_one else texts

    @overload
    def score(self, text: str) -> TextScore: ...

    @overload
    def score(self, text: Sequence[str]) -> list[TextScore]: ...

    @checked(but=("text",))
    def score(self, text: str | Sequence[str]) -> TextScore | list[TextScore]:
        """How probable a text is, or each of a list; a list gives what its texts give one by one.

        The first token is read after that which ends a line, every other after all before it.

        Args:
            text: a string or a list of strings, of any length.

        Returns:
            The log-probability, the perplexity and those of each token; a list of them where `text`
            is a list.

        Raises:
            ConfigError: if `text` is something else, or the model has no tokenizer.

        Example: `model.score("To be, or not to be").perplexity`.
        """
        texts, is_one = self.listed("score", text)
        ids = [self.tokenizer.encode(item) for item in texts]
        found: list[TextScore] = [TextScore.of([], []) for _ in texts]
        wanted = [place for place, row in enumerate(ids) if len(row)]
        for places, rows in length_batches([ids[place] for place in wanted], _BATCH_TOKENS):
            log_probs, _ = self.read(rows)
            for place, values in zip(places, log_probs, strict=True):
                row = ids[wanted[place]]
                tokens = self.tokenizer.pieces(row)
                found[wanted[place]] = TextScore.of(tokens, values[: len(row)].tolist())
        return found[0] if is_one else found

    def stream(self) -> TextStream:
        """A text that goes on as it comes: `.push(text)` gives how probable it is so far.

        Raises:
            ConfigError: if the model has no tokenizer.

        Example:
            >>> stream = zoo.load("lm-char-shakespeare").stream()  # doctest: +SKIP
            >>> stream.push("To be, or not ").perplexity, stream.expected(3)  # doctest: +SKIP
        """
        self.listed("stream", "")
        return TextStream(self)

    @overload
    def surprise(self, text: str) -> Surprise: ...

    @overload
    def surprise(self, text: Sequence[str]) -> list[Surprise]: ...

    @checked(but=("text",))
    def surprise(self, text: str | Sequence[str]) -> Surprise | list[Surprise]:
        """The bits of each token of a text, or of each of a list: `-log2` of its probability.

        Args:
            text: as for `score`.

        Returns:
            `(token, bits)` pairs, which `rich.print` shows as a heat line; a list of them where
            `text` is a list.

        Raises:
            ConfigError: as for `score`.

        Example: `rich.print(model.surprise("To be, or not to bee"))`.
        """
        scores: Any = [self.score(text)] if isinstance(text, str) else self.score(text)
        found = [
            Surprise(
                score.tokens,
                [-value / float(np.log(2)) for value in score.token_log_probs],
                self.tokenizer.separator,
            )
            for score in scores
        ]
        return found[0] if isinstance(text, str) else found

    @checked(but=("text",))
    def complete(self, text: str, n: BeamSize = 5) -> list[tuple[str, float]]:
        """The most probable words that the end of a text may be the beginning of.

        A model of characters or subwords spells them to their end by beam search; a model of words
        has a list of them.

        Args:
            text: such as "Wherefore art th"; all before its last, begun word is what goes before.
            n: how many words at most.

        Returns:
            Words and their probabilities, given the text before and the beginning of the word;
            the most probable first.

        Raises:
            ConfigError: if `text` is no string, `n` is not positive, or the model has no
                tokenizer.

        Example: `zoo.load("lm-char-shakespeare").complete("Wherefore art th")`.
        """
        if not self.listed("complete", text)[1]:
            raise ConfigError("complete wants one string: the text with the word that is begun.")
        begun = text[_BEGUN_WORD.search(text).start() :]  # type: ignore[union-attr]  # it may be ""
        if self.tokenizer.separator:
            return self._words_that_begin(text[: len(text) - len(begun)], begun, n)
        return self._endings(text, begun, n)

    def writing_step(self, tokens, state):
        """`step` with float32 logits, of which those of padding and unknown tokens never win."""
        forbidden = np.zeros(self.tokenizer.vocabulary_size, "float32")
        forbidden[[PAD_ID, self.tokenizer.unknown_id]] = IMPOSSIBLE
        logits, state = self.step(tokens, state)
        return ops.cast(logits, "float32") + forbidden, state

    # How it is done ---------------------------------------------------------------------------

    def _state_after(self, text: str):
        """The last token of a text, int32 `[1]`, and the state before that is read."""
        ids = self.tokenizer.encode(text)
        if not len(ids):
            return np.array([self.tokenizer.begin_id], "int32"), self.get_initial_state(1)
        _, state = self.read(np.asarray(ids)[None])
        return np.asarray(ids[-1:], "int32"), state

    def _pieces(self, prompt: str, length: int, search, place: int) -> Iterator[str]:
        """The pieces of a text as they are written, the prompt first."""
        if prompt:
            yield prompt
        token, state = self._state_after(prompt)
        draws = np.zeros((1, length), "int32")
        if search.is_random:
            draws = search.draws_of(place, length)
        given = search.given_array()
        advance = self._compiled_step(search)
        before = int(token[0])
        for number in range(length):
            token, state = advance(given, token, state, draws[:, number])
            now = int(ops.convert_to_numpy(token)[0])
            # Whether a space goes before a word depends on the word before it alone.
            pair = self.tokenizer.decode([before, now])
            yield pair[len(self.tokenizer.decode([before])) :]
            before = now

    def _compiled_step(self, search):
        """`(given [n], tokens [1], state, draws [1]) -> (next tokens, state)`, compiled once.

        Draws and the search's numbers are handed over: one function serves every seed and
        temperature.
        """
        compiled = compiled_for(self._writers, search)
        if "step" not in compiled:
            search = snapshot(search)

            def advance(given, tokens, state, draws):
                logits, state = self.writing_step(tokens, state)
                decide = search.with_given(given).decide
                chosen = decide(ops.expand_dims(logits, 1), ops.expand_dims(draws, 1))
                return ops.squeeze(chosen, 1), state

            compiled["step"] = compile_step(self, advance)
        return compiled["step"]

    def _words_that_begin(self, before: str, begun: str, n: int) -> list[tuple[str, float]]:
        """The most probable words of the vocabulary that begin so, after a text."""
        token, state = self._state_after(before)
        logits, _ = self.step(ops.convert_to_tensor(token), state)
        logits = ops.convert_to_numpy(ops.cast(logits, "float32"))[0].astype("float64")
        pieces = self.tokenizer.pieces(range(len(logits)))
        places = [i for i, piece in enumerate(pieces) if _IN_WORD.fullmatch(piece)]
        places = [i for i in places if pieces[i].startswith(begun)]
        if not places:
            return []
        probabilities = np.exp(logits[places] - logits[places].max())
        probabilities /= probabilities.sum()
        best = np.argsort(-probabilities, kind="stable")[:n]
        return [(pieces[places[i]], float(probabilities[i])) for i in best]

    def _endings(self, text: str, begun: str, n: int) -> list[tuple[str, float]]:
        """The most probable ways to spell the last word of a text to its end."""
        compiled = compiled_for(self._writers, None)
        width = max(_FEWEST_ENDINGS, 1 << (n - 1).bit_length())  # a function for several numbers
        if width not in compiled:
            pieces = self.tokenizer.pieces(range(self.tokenizer.vocabulary_size))
            goes_on = np.array([bool(_IN_WORD.fullmatch(piece)) for piece in pieces])
            end = self.tokenizer.unknown_id
            goes_on[end] = False

            def spell(token, state):
                return self._spell(token, state, goes_on, end, width)

            compiled[width] = compile_step(self, spell)
        token, state = self._state_after(text)
        ids, log_probs = map(ops.convert_to_numpy, compiled[width](token, state))
        found = []
        for row, log_prob in zip(ids, log_probs, strict=True):
            kept = [i for i in row if i not in (PAD_ID, self.tokenizer.unknown_id)]
            word = begun + self.tokenizer.decode(kept)
            if log_prob > IMPOSSIBLE / 2 and word:
                found.append((word, float(np.exp(log_prob))))
        return found[:n]

    def _spell(self, token, state, goes_on, end, n):
        """Ids `[n, time]` and log-probabilities `[n]` of endings; whatever is no letter ends."""
        vocabulary = len(goes_on)

        def step(tokens, states, constants):
            batch, beam = 1, tokens.shape[1]
            tokens = ops.where(tokens == PAD_ID, token, tokens)  # before the first: the text's last
            flat = [ops.reshape(s, (batch * beam, *s.shape[2:])) for s in states]
            state_now = tree.pack_sequence_as(state, flat)
            logits, state_now = self.step(ops.reshape(tokens, (-1,)), state_now)
            log_probs = ops.log_softmax(ops.cast(logits, "float32"), axis=-1)
            ends = ops.logsumexp(ops.where(goes_on, IMPOSSIBLE, log_probs), axis=-1, keepdims=True)
            log_probs = ops.where(goes_on, log_probs, IMPOSSIBLE)
            log_probs = ops.where(np.arange(vocabulary) == end, ends, log_probs)
            states = [ops.reshape(s, (batch, beam, *s.shape[1:])) for s in tree.flatten(state_now)]
            return ops.reshape(log_probs, (batch, beam, vocabulary)), states, None

        search = BeamSearch(
            n, alpha=0, n_best=n, max_length=_LONGEST_ENDING, bos_id=PAD_ID, eos_id=end
        )
        found = search(step, tree.flatten(state), None, ops.full((1,), _LONGEST_ENDING))
        return found.ids[0], found.log_probs[0]


def _search(temperature, top_k, top_p, seed, search=None) -> TokenwiseSearch:
    """The search that draws so, or takes the best token where the temperature is 0."""
    if search is not None:
        if (temperature, top_k, top_p, seed) != (1.0, None, 1.0, None):
            raise ConfigError(
                "search=... says it all: leave out temperature, top_k, top_p and seed."
            )
        search = catalogue.searches.get(search)() if isinstance(search, str) else search
        if not isinstance(search, TokenwiseSearch) or search.n != 1 or search.rules:
            raise ConfigError(
                "generate decides token by token: search is a GreedySearch, a SampleSearch of one "
                f"sample, or another TokenwiseSearch, without rules, not {search!r}."
            )
        return search
    try:
        if temperature == 0:
            SampleSearch(1.0, top_k, top_p, seed=seed)  # says what is wrong with the others
            return GreedySearch()
        return SampleSearch(temperature, top_k, top_p, seed=seed)
    except ValueError as error:
        raise ConfigError(str(error)) from error


def _jobs(prompts, length, search):
    return [(prompt, length, search, place) for place, prompt in enumerate(prompts)]
