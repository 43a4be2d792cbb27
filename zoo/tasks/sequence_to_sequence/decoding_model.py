"""From items to text, token by token: what every model with an encoder and a step can do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, overload

import numpy as np
from keras import ops

from zoo import catalogue
from zoo.backend.compiled import Compiled, has_free_axes
from zoo.checked import Strength, checked
from zoo.decoding import BeamSearch, GreedySearch, Search
from zoo.decoding.arguments import IMPOSSIBLE
from zoo.decoding.cache_key import compiled_for, snapshot
from zoo.decoding.tokenwise_search import TokenwiseSearch
from zoo.errors import ConfigError
from zoo.inputs.ids_alone import IdsAlone
from zoo.inputs.input import Input
from zoo.tasks.batching import padded, pair_batches
from zoo.tasks.item_model import ItemModel
from zoo.tasks.sequence_to_sequence.output_limits import (
    limit_of,
    longest_output,
    width_of,
    with_limit,
)
from zoo.tasks.sequence_to_sequence.results import TargetScore, Translation
from zoo.tasks.sequence_to_sequence.streaming import Streaming


class DecodingModel(Streaming, ItemModel):
    """Base of models that decode.

    A subclass has `start(*arrays)` and `step(tokens, states, constants)`, a call on its arrays and
    `target` that gives logits, `source_tokenizer` (its `Input`), `target_tokenizer`, and
    `_compiled_searches`, an empty dict to begin with; and a verb, which calls `_decoded`.

    Attributes:
        longest: tokens of the longest output. None: twice the steps of the item, and ten.
        has_attention: whether `step` gives weights over the item.
        by_sentence: whether a text is read sentence by sentence, see `BySentence`.
        targets: codes of the languages to choose from, see `SeveralTargets`; mostly none.
    """

    export_signatures = "zoo.tasks.sequence_to_sequence.signatures:DecodingSignatures"
    batch_steps = 1024
    most_steps = 2048
    is_graph = False
    bare_shapes = {"source": (None,)}

    name: str
    longest: int | None = None
    has_attention: bool = True
    by_sentence: bool = False
    targets: tuple[str, ...] = ()
    source_tokenizer: Any = None
    target_tokenizer: Any = None
    _compiled_searches: dict[Any, dict]

    @property
    def input(self) -> Input:
        """What the model reads."""
        if self.source_tokenizer is None:
            return IdsAlone(self.bare_shapes, name=self.name)
        return self.source_tokenizer

    def _decoded(
        self,
        verb: str,
        items: Any,
        *,
        beam_size: int | None,
        n_best: int,
        return_attention: bool,
        alpha: float,
        length_penalty: str,
        search: Search | str | None,
        prefix: str | Sequence[str],
        stream: bool,
        shortlist: bool = False,
    ) -> Any:
        """What a verb gives for one item or a list of them; see `Translating.translate`."""
        listed, is_one = self.listed(verb, items)
        search = _search(search, beam_size, n_best, alpha, length_penalty, stream)
        begins = self._begins(prefix, len(listed))
        if shortlist:
            self._check_shortlist(search, begins, stream)
        if stream:
            if not is_one or return_attention:
                raise ConfigError(
                    f"stream=True takes {self.input.one}, not a list, and gives text alone."
                )
            return self._stream(listed[0], search, begins[0])
        looks = return_attention and self.has_attention
        found: list = self._hypotheses(listed, search, looks, begins, shortlist)
        if search.n == 1:
            found = [best if return_attention else best.text for (best,) in found]
        return found[0] if is_one else found

    def _hypotheses(self, listed, search, looks, begins, shortlist) -> list[list[Translation]]:
        """What a search finds for each item, the best first."""
        prepared = self.input.prepare(listed)
        steps = [self._steps_of(item) for item in prepared]
        # The others hold nothing that could be put into words.
        kept = [i for i, count in enumerate(steps) if count > self.input.blank_steps]
        nothing = np.zeros((0, 0), "float32") if looks else None
        found = [[Translation("", 0.0, 0.0, [], [], nothing)] for _ in listed]
        for places, arrays in self.batches([prepared[i] for i in kept]):
            places = [kept[place] for place in places]
            counts = np.array([steps[place] for place in places])
            hypotheses = self._search(arrays, counts, search, looks, places, begins, shortlist)
            outputs = self._translations(hypotheses, [prepared[place] for place in places])
            for place, translations in zip(places, outputs, strict=True):
                found[place] = translations
        return found

    @overload
    def score(
        self,
        sources: Any,
        targets: str | Translation,
        *,
        alpha: float = ...,
        length_penalty: str = ...,
    ) -> TargetScore: ...

    @overload
    def score(
        self,
        sources: Any,
        targets: Sequence[str | Translation],
        *,
        alpha: float = ...,
        length_penalty: str = ...,
    ) -> list[TargetScore]: ...

    @checked(but=("sources", "targets"))
    def score(
        self,
        sources: Any,
        targets: str | Translation | Sequence[str | Translation],
        *,
        alpha: Strength = 1.0,
        length_penalty: str = "wu",
    ) -> TargetScore | list[TargetScore]:
        """Says how probable given outputs are.

        Args:
            sources: an item (`model.input.one`) or a list of items.
            targets: an output for each: strings, which are cut into subwords as the training text
                was, or what the model's verb returned, whose subwords are taken as they are.
            alpha: strength of the length normalisation of `score`, see `zoo.decoding.Search`.
            length_penalty: "wu" or "average", see there.

        Returns:
            A `TargetScore`, or a list of them where `sources` is a list.

        Raises:
            ConfigError: if there are not as many targets as sources, one of them is of another
                kind, or the model has no input.

        Example: `model.score("Where is the station?", "Où est la gare ?").perplexity`.
        """
        listed, is_one = self.listed("score", sources)
        outputs = [targets] if isinstance(targets, (str, Translation)) else targets
        alike = isinstance(outputs, Sequence) and len(outputs) == len(listed)
        if not alike or (outputs is targets) == is_one:
            raise ConfigError("score wants one target for each source: two lists of one length.")
        search = _search(None, 1, 1, alpha, length_penalty, False)
        found = self._scores(listed, list(outputs), search)
        return found[0] if is_one else found

    def _scores(self, listed, outputs, search) -> list[TargetScore]:
        """How probable an output of each item is."""
        prepared, rows = self.input.prepare(listed), self._target_ids(outputs)
        self.require_steps(prepared)
        for number, ids in enumerate(rows, 1):
            self.require_length(len(ids), f"target {number} of {len(rows)}")
        found: list = [None] * len(listed)
        for places, source, labels in pair_batches(
            prepared, rows, self.graph_inputs, self.batch_steps // self.input.weight
        ):
            log_probs = self._teacher_forced(source, labels)
            for row, place in enumerate(places):
                ids = rows[place]
                gains = log_probs[row, : len(ids)]
                total = float(gains.sum(dtype="float64"))
                found[place] = TargetScore(
                    log_prob=total,
                    score=float(search.normalise(total, len(ids))),
                    perplexity=float(np.exp(-total / len(ids))),
                    tokens=self.target_tokenizer.pieces(ids),
                    token_log_probs=gains.tolist(),
                )
        return found

    # Outputs and ids ------------------------------------------------------------------------------

    def _check_shortlist(self, search, begins, stream):
        if getattr(self, "shortlist", None) is None:
            raise ConfigError(
                f"The model {self.name!r} has no shortlist: give it one by "
                "model.with_shortlist(zoo.decoding.Shortlist(...)), or leave out shortlist=True."
            )
        if search.rules or any(begins) or stream:
            raise ConfigError("shortlist=True goes with neither rules nor prefix nor stream=True.")

    def _steps_of(self, item: Mapping[str, np.ndarray]) -> int:
        """How many steps a prepared item has; of one without time, one more than nothing has."""
        for name, array in self.graph_inputs.items():
            if array.shape[:1] == (None,):
                return len(item[name])
        return self.input.blank_steps + 1

    def longest_outputs(self, steps):
        """Tokens that outputs may have, given steps of their items; any array of numbers."""
        return longest_output(steps) if self.longest is None else steps * 0 + self.longest

    def _begins(self, prefix, count: int) -> list[list[int]]:
        """The ids that each output must begin with."""
        prefixes = [prefix] * count if isinstance(prefix, str) else prefix
        alike = isinstance(prefixes, Sequence) and len(prefixes) == count
        if not alike or not all(isinstance(item, str) for item in prefixes):
            raise ConfigError("prefix is a string, or a list with one string for each item.")
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

    def _search(self, arrays, steps, search, return_attention, places, begins, shortlist=False):
        """Decodes a batch of arrays; one compiled function for a search, and for the length of its
        histories where a backend wants that.
        """
        begins = [begins[place] for place in places]
        width = width_of(begins)
        limit = limit_of(search, self.longest_outputs(self._padded_steps(arrays)) + width)
        tokens = self.shortlist.tokens_for(arrays["source"]) if shortlist else ()
        compiled = compiled_for(self._compiled_searches, search)
        # Where shapes are free, histories are as long as the longest output of a call may be.
        fixed_limit = None if has_free_axes() else limit
        key = (fixed_limit, width, return_attention, len(tokens))
        noisy = isinstance(search, TokenwiseSearch) and search.is_random
        given = search.given_array()
        if key not in compiled:
            count, searching = len(arrays), snapshot(search)

            def run(*inputs):
                source, max_lengths, rest = inputs[:count], inputs[count], inputs[count + 1 :]
                own = searching.with_given(rest[-1 - noisy][0]) if len(given) else searching
                decode = with_limit(own, fixed_limit, rest[0] if width else None)
                noise = {"noise": rest[-1]} if noisy else {}
                states, constants = self.start(*source)
                step = self.shortlisted(rest[0][0]) if shortlist else self.step
                found = decode(step, states, constants, max_lengths, return_attention, **noise)
                if shortlist:
                    found = found._replace(ids=ops.take(rest[0][0], found.ids))
                return tuple(found)

            specs = [*self._input_specs(), ()]
            specs += [(width,)] * bool(width) + [(len(tokens),)] * shortlist
            specs += [(given.shape, "float32")] * bool(len(given))
            specs += [(search.n, None)] * noisy
            compiled[key] = Compiled(self, run, specs)
        max_lengths = self.longest_outputs(steps) + [len(begin) for begin in begins]
        arguments = [*arrays.values(), np.minimum(max_lengths, limit)]
        if width:
            arguments.append(padded(begins, width))
        if shortlist:  # the same for every row
            arguments.append(np.tile(tokens, (len(steps), 1)))
        if len(given):
            arguments.append(np.tile(given, (len(steps), 1)))
        if noisy:
            arguments.append(np.stack([search.draws_of(place, limit) for place in places]))
        found = compiled[key](*arguments)
        return [None if part is None else part[:, : search.n] for part in found]

    def _padded_steps(self, arrays) -> int:
        """Steps of a batch, padding included."""
        return self._steps_of({name: values[0] for name, values in arrays.items()})

    def _translations(self, hypotheses, sources):
        """What was found for each source, the best first; all are detokenised at once."""
        ids, scores, log_probs, lengths, attention = hypotheses
        kept = [
            [n for n in range(ids.shape[1]) if n == 0 or log_probs[row, n] > IMPOSSIBLE / 2]
            for row in range(len(sources))  # of the others there is none
        ]
        rows = [
            ids[row, n, : lengths[row, n]].tolist()
            for row, places in enumerate(kept)
            for n in places
        ]
        names = [self.input.names_of(source) for source in sources]
        texts, tokens = self.target_tokenizer.decode(rows), self._pieces(rows)
        outputs, at = [], 0
        for row, places in enumerate(kept):
            outputs.append([])
            for n in places:
                looked = None
                if attention is not None:
                    looked = attention[row, n, : len(tokens[at]), : len(names[row]) or None]
                outputs[-1].append(
                    Translation(
                        text=texts[at],
                        score=float(scores[row, n]),
                        log_prob=float(log_probs[row, n]),
                        tokens=tokens[at],
                        source_tokens=names[row],
                        attention=looked,
                    )
                )
                at += 1
        return outputs

    def _pieces(self, rows: Sequence[Sequence[int]]) -> list[list[str]]:
        """The pieces of several lists of ids."""
        pieces = iter(self.target_tokenizer.pieces([i for row in rows for i in row]))
        return [[next(pieces) for _ in row] for row in rows]

    def _teacher_forced(self, source, labels):
        """Log-probabilities `[batch, target time]` of the labels, 0 is padding."""
        compiled = compiled_for(self._compiled_searches, None)
        if "log_probs" not in compiled:
            names = tuple(source)

            def run(*inputs):
                *source, target, labels = inputs
                inputs = {**dict(zip(names, source, strict=True)), "target": target}
                logits = ops.cast(self(inputs), "float32")
                chosen = ops.take_along_axis(logits, ops.expand_dims(labels, -1), axis=-1)
                return (ops.squeeze(chosen, -1) - ops.logsumexp(logits, axis=-1),)

            specs = [*self._input_specs(), (None,), (None,)]
            compiled["log_probs"] = Compiled(self, run, specs)
        begin = np.full_like(labels[:, :1], self.target_tokenizer.bos_id)
        target = np.concatenate([begin, labels[:, :-1]], axis=1)
        (log_probs,) = compiled["log_probs"](*source.values(), target, labels)
        return log_probs


def _search(search, beam_size, n_best, alpha, length_penalty, stream) -> Search:
    """The search that the arguments of a verb ask for."""
    if search is not None and (beam_size, n_best, alpha, length_penalty) != (None, 1, 1.0, "wu"):
        raise ConfigError(
            "search=... says it all: leave out beam_size, n_best, alpha and length_penalty."
        )
    if search is None:
        beam_size = (1 if stream else 5) if beam_size is None else beam_size
        try:
            search = BeamSearch(beam_size, alpha, n_best, length_penalty=length_penalty)
        except ValueError as error:
            raise ConfigError(str(error)) from None
        if beam_size == 1:
            search = GreedySearch(alpha=alpha, length_penalty=length_penalty)
    elif isinstance(search, str):
        search = catalogue.searches.get(search)()
    if not isinstance(search, Search):
        raise ConfigError(
            "search is a registered name, or a search of zoo.decoding such as SampleSearch(), not "
            f"{search!r}."
        )
    if stream and not (isinstance(search, TokenwiseSearch) and search.n == 1):
        raise ConfigError(
            "stream=True shows each token as it is decided, and a beam or several samples decide "
            "nothing before their end: use beam_size=1, or a SampleSearch of one sample."
        )
    return search
