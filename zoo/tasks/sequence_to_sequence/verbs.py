"""From text to text: what every model with an encoder, a step and tokenizers can do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from keras import ops

from zoo.backend.compiled import Compiled
from zoo.decoding import BeamSearch, GreedySearch, Search
from zoo.decoding.arguments import IMPOSSIBLE
from zoo.decoding.tokenwise_search import TokenwiseSearch
from zoo.errors import ConfigError
from zoo.tasks.batching import length_batches, padded, pair_batches
from zoo.tasks.exporting import Exporting
from zoo.tasks.sequence_to_sequence.output_limits import (
    limit_of,
    longest_output,
    width_of,
    with_limit,
)
from zoo.tasks.sequence_to_sequence.results import TargetScore, Translation
from zoo.tasks.sequence_to_sequence.streaming import Streaming

_BATCH_TOKENS = 1024  # positions, of the source or of the target, that are computed together


class Translating(Streaming, Exporting):
    """The verbs of a model that turns text into text.

    The model has `start(source)`, `step(tokens, states, constants)`, a call on
    `{"source", "target"}` that gives logits, `source_tokenizer`, `target_tokenizer`, and
    `_compiled_searches`, an empty dict to begin with.
    """

    export_signatures = "zoo.tasks.sequence_to_sequence.signatures:TranslationSignatures"

    name: str
    source_tokenizer: Any
    target_tokenizer: Any
    _compiled_searches: dict[tuple, Any]

    def translate(
        self,
        text: str | Sequence[str],
        *,
        beam_size: int | None = None,
        n_best: int = 1,
        return_attention: bool = False,
        alpha: float = 1.0,
        length_penalty: str = "wu",
        search: Search | None = None,
        prefix: str | Sequence[str] = "",
        stream: bool = False,
        shortlist: bool = False,
    ) -> (
        str | list[str] | Translation | list[Translation] | list[list[Translation]] | Iterator[str]
    ):
        """Translates one sentence or a list of them.

        A list gives what its sentences give one by one, in their order. Characters that the
        vocabulary lacks, such as emoji, are passed over, and a sentence without any text gives an
        empty one. Text is cut into subwords, never into sentences: give one at a time.

        Args:
            text: a string or a list of strings, of any length.
            beam_size: width of the beam; 1 is greedy search. None: 5, or 1 where it is streamed.
            n_best: translations returned for each sentence, at most `beam_size`.
            return_attention: whether to return the alignment of each translation.
            alpha: strength of the length normalisation, see `zoo.decoding.Search`.
            length_penalty: "wu" or "average", see there.
            search: any other search, such as `zoo.decoding.SampleSearch(temperature=0.8, seed=1)`
                or `zoo.decoding.BeamSearch(8, rules=[zoo.decoding.NoRepeatNGram(3)])`, in place of
                `beam_size`, `n_best`, `alpha` and `length_penalty`.
            prefix: what the translation must begin with: a string for all sentences, or one for
                each.
            stream: whether to give one sentence's translation piece by piece, as it is decided: by
                greedy search, or by a `search` that draws one sample.
            shortlist: whether only tokens that the source may become are considered, which is
                faster and rarely another translation; see `zoo.decoding.Shortlist`.

        Returns:
            A string, or a list of them where `text` is a list. With `return_attention`, a
            `Translation` in place of each string; with more than one translation of each sentence,
            a list of `Translation`, the best first, or as they were drawn. With `stream`, an
            iterator over strings that together are the translation.

        Raises:
            ConfigError: if `text` is no string and no list of strings, an argument is out of its
                range, or the model has no tokenizers.

        Example: `zoo.load("nmt-attn-en-fr").translate("A man is riding a bicycle.")`.
        """
        texts = [text] if isinstance(text, str) else text
        self._check_texts("translate", texts)
        search = _search(search, beam_size, n_best, alpha, length_penalty, stream)
        begins = self._begins(prefix, len(texts))
        if shortlist:
            self._check_shortlist(search, begins, stream)
        if stream:
            if not isinstance(text, str) or return_attention:
                raise ConfigError("stream=True takes one string, and gives nothing but its text.")
            return self._stream(text, search, begins[0])
        encoded = self._encoded(texts)
        wanted = [i for i, ids in enumerate(encoded) if len(ids) > 1]  # the others hold no text
        encoded = [encoded[i] for i in wanted]
        nowhere = np.zeros((0, 0), "float32") if return_attention else None
        found: list = [[Translation("", 0.0, 0.0, [], [], nowhere)] for _ in texts]
        for places, ids in length_batches(encoded, _BATCH_TOKENS):
            whose = [wanted[place] for place in places]
            hypotheses = self._search(ids, search, return_attention, whose, begins, shortlist)
            outputs = self._translations(hypotheses, [encoded[place] for place in places])
            for place, translations in zip(whose, outputs, strict=True):
                found[place] = translations
        if search.n == 1:
            found = [best if return_attention else best.text for (best,) in found]
        return found[0] if isinstance(text, str) else found

    def score(
        self,
        sources: str | Sequence[str],
        targets: str | Translation | Sequence[str | Translation],
        *,
        alpha: float = 1.0,
        length_penalty: str = "wu",
    ) -> TargetScore | list[TargetScore]:
        """Says how probable given translations are.

        Args:
            sources: a string or a list of strings.
            targets: a translation of each: strings, which are cut into subwords as the training
                text was, or what `translate` returned, whose subwords are taken as they are.
            alpha: strength of the length normalisation of `score`, see `zoo.decoding.Search`.
            length_penalty: "wu" or "average", see there.

        Returns:
            A `TargetScore`, or a list of them where `sources` is a list.

        Raises:
            ConfigError: if there are not as many targets as sources, one of them is of another
                kind, or the model has no tokenizers.

        Example: `model.score("Where is the station?", "Où est la gare ?").perplexity`.
        """
        is_one = isinstance(sources, str)
        texts = [sources] if is_one else sources
        outputs = [targets] if isinstance(targets, (str, Translation)) else targets
        self._check_texts("score", texts)
        alike = isinstance(outputs, Sequence) and len(outputs) == len(texts)
        if not alike or (outputs is targets) == is_one:
            raise ConfigError("score wants one target for each source: two lists of one length.")
        search = _search(None, 1, 1, alpha, length_penalty, False)
        pairs = list(zip(self._encoded(texts), self._target_ids(outputs), strict=True))
        found: list = [None] * len(pairs)
        for places, source, labels in pair_batches(pairs, _BATCH_TOKENS):
            log_probs = self._teacher_forced(source, labels)
            for row, place in enumerate(places):
                ids = pairs[place][1]
                gains = log_probs[row, : len(ids)]
                total = float(gains.sum(dtype="float64"))
                found[place] = TargetScore(
                    log_prob=total,
                    score=float(search.normalise(total, len(ids))),
                    perplexity=float(np.exp(-total / len(ids))),
                    tokens=self.target_tokenizer.pieces(ids),
                    token_log_probs=gains.tolist(),
                )
        return found[0] if is_one else found

    # Text and ids ---------------------------------------------------------------------------------

    def _check_texts(self, verb, texts):
        is_list = isinstance(texts, Sequence) and not isinstance(texts, (bytes, bytearray))
        if not is_list or not all(isinstance(item, str) for item in texts):
            raise ConfigError(
                f"{verb} wants a string or a list of strings, "
                f"not {_kind(texts)}: decode bytes and turn arrays into lists first."
            )
        if self.source_tokenizer is None:
            raise ConfigError(
                f"The model {self.name!r} has no tokenizers, so it translates no text: build it "
                "with source_tokenizer=..., or call it on ids."
            )

    def _check_shortlist(self, search, begins, stream):
        if getattr(self, "shortlist", None) is None:
            raise ConfigError(
                f"The model {self.name!r} has no shortlist: give it one by "
                "model.with_shortlist(zoo.decoding.Shortlist(...)), or leave out shortlist=True."
            )
        if search.rules or any(begins) or stream:
            raise ConfigError("shortlist=True goes with neither rules nor prefix nor stream=True.")

    def _encoded(self, texts) -> list[list[int]]:
        """Source ids with the end of sequence; a character without a piece is no part of a text."""
        rows = self.source_tokenizer.encode(texts, drop_unknown=True)
        return [[*ids, self.source_tokenizer.eos_id] for ids in rows]

    def _begins(self, prefix, count: int) -> list[list[int]]:
        """The ids that each output must begin with."""
        prefixes = [prefix] * count if isinstance(prefix, str) else prefix
        alike = isinstance(prefixes, Sequence) and len(prefixes) == count
        if not alike or not all(isinstance(item, str) for item in prefixes):
            raise ConfigError("prefix is a string, or a list with one string for each sentence.")
        return self.target_tokenizer.encode(prefixes) if any(prefixes) else [[]] * count

    def _target_ids(self, targets) -> list[list[int]]:
        """Ids of strings and of translations, with the end of sequence."""
        strings = [target for target in targets if isinstance(target, str)]
        if not all(isinstance(target, (str, Translation)) for target in targets):
            raise ConfigError("A target is a string, or a Translation that translate returned.")
        encoded = iter(self.target_tokenizer.encode(strings))
        end = self.target_tokenizer.eos_id
        return [
            [*next(encoded), end]
            if isinstance(target, str)
            else self.target_tokenizer.ids(target.tokens) or [end]
            for target in targets
        ]

    # Searching ------------------------------------------------------------------------------------

    def _search(self, ids, search, return_attention, places, begins, shortlist=False):
        """Decodes source ids `[batch, length]`; one compiled function a length and a search."""
        length = ids.shape[1]
        begins = [begins[place] for place in places]
        width = width_of(begins)
        limit = limit_of(search, longest_output(length) + width)
        tokens = self.shortlist.tokens_for(ids) if shortlist else ()
        key = (length, width, repr(search), return_attention, len(tokens))
        noisy = isinstance(search, TokenwiseSearch) and search.is_random
        if key not in self._compiled_searches:

            def run(source, max_lengths, *rest):
                decode = with_limit(search, limit, rest[0] if width else None)
                noise = {"noise": rest[-1]} if noisy else {}
                states, constants = self.start(source)
                step = self.shortlisted(rest[0][0]) if shortlist else self.step
                found = decode(step, states, constants, max_lengths, return_attention, **noise)
                if shortlist:
                    found = found._replace(ids=ops.take(rest[0][0], found.ids))
                return tuple(found)

            shapes = [(length,), ()] + [(width,)] * bool(width) + [(len(tokens),)] * shortlist
            shapes += [(search.n, limit)] * noisy
            self._compiled_searches[key] = Compiled(self, run, shapes)
        max_lengths = longest_output((ids != 0).sum(axis=1)) + [len(begin) for begin in begins]
        arguments = [ids, max_lengths]
        if width:
            arguments.append(padded(begins, width))
        if shortlist:  # the same for every row
            arguments.append(np.tile(tokens, (len(ids), 1)))
        if noisy:
            arguments.append(np.stack([search.draws_of(place, limit) for place in places]))
        return self._compiled_searches[key](*arguments)

    def _translations(self, hypotheses, sources):
        ids, scores, log_probs, lengths, attention = hypotheses
        outputs = []
        for row, source in enumerate(sources):
            source_tokens = self.source_tokenizer.pieces(source)
            outputs.append([])
            for n, length in enumerate(lengths[row]):
                if n > 0 and log_probs[row, n] <= IMPOSSIBLE / 2:
                    continue  # there is no further one
                tokens = ids[row, n, :length].tolist()
                outputs[-1].append(
                    Translation(
                        text=self.target_tokenizer.decode([tokens])[0],
                        score=float(scores[row, n]),
                        log_prob=float(log_probs[row, n]),
                        tokens=self.target_tokenizer.pieces(tokens),
                        source_tokens=source_tokens,
                        attention=None
                        if attention is None
                        else attention[row, n, :length, : len(source)],
                    )
                )
        return outputs

    def _teacher_forced(self, source, labels):
        """Log-probabilities `[batch, target time]` of the labels, 0 is padding."""
        key = (source.shape[1], labels.shape[1])
        if key not in self._compiled_searches:

            def run(source, target, labels):
                logits = ops.cast(self({"source": source, "target": target}), "float32")
                chosen = ops.take_along_axis(logits, ops.expand_dims(labels, -1), axis=-1)
                return (ops.squeeze(chosen, -1) - ops.logsumexp(logits, axis=-1),)

            self._compiled_searches[key] = Compiled(self, run, [key[:1], key[1:], key[1:]])
        begin = np.full_like(labels[:, :1], self.target_tokenizer.bos_id)
        target = np.concatenate([begin, labels[:, :-1]], axis=1)
        (log_probs,) = self._compiled_searches[key](source, target, labels)
        return log_probs


def _search(search, beam_size, n_best, alpha, length_penalty, stream) -> Search:
    """The search that the arguments of `translate` ask for."""
    if search is None:
        beam_size = (1 if stream else 5) if beam_size is None else beam_size
        try:
            search = BeamSearch(beam_size, alpha, n_best, length_penalty=length_penalty)
        except ValueError as error:
            raise ConfigError(str(error)) from None
        if beam_size == 1:
            search = GreedySearch(alpha=alpha, length_penalty=length_penalty)
    elif not isinstance(search, Search):
        raise ConfigError(
            f"search is a search of zoo.decoding, such as SampleSearch(), not {search!r}."
        )
    elif (beam_size, n_best, alpha, length_penalty) != (None, 1, 1.0, "wu"):
        raise ConfigError(
            "search=... says it all: leave out beam_size, n_best, alpha and length_penalty."
        )
    if stream and not (isinstance(search, TokenwiseSearch) and search.n == 1):
        raise ConfigError(
            "stream=True shows each token as it is decided, and a beam or several samples decide "
            "nothing before their end: use beam_size=1, or a SampleSearch of one sample."
        )
    return search


def _kind(value) -> str:
    if isinstance(value, Sequence) and not isinstance(value, (bytes, bytearray)):
        odd = next(item for item in value if not isinstance(item, str))
        return f"a {type(value).__name__} with a {type(odd).__name__} in it"
    return f"a {type(value).__name__}"
