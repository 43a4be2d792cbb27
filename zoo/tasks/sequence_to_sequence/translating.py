"""Translating: the verb of models from text to text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal, Unpack, overload

from zoo.checked import BeamSize, Count, Strength, checked
from zoo.decoding import Search
from zoo.tasks.sequence_to_sequence.options import TranslationOptions
from zoo.tasks.sequence_to_sequence.results import Translation
from zoo.tasks.sequence_to_sequence.several_targets import SeveralTargets


class Translating(SeveralTargets):
    """A `DecodingModel` that reads text and writes text."""

    verb_name = "translate"

    @overload
    def translate(
        self,
        text: str,
        *,
        n_best: Literal[1] = 1,
        return_attention: Literal[False] = False,
        search: str | None = None,
        stream: Literal[False] = False,
        **options: Unpack[TranslationOptions],
    ) -> str: ...

    @overload
    def translate(
        self,
        text: Sequence[str],
        *,
        n_best: Literal[1] = 1,
        return_attention: Literal[False] = False,
        search: str | None = None,
        stream: Literal[False] = False,
        **options: Unpack[TranslationOptions],
    ) -> list[str]: ...

    @overload
    def translate(
        self,
        text: str,
        *,
        n_best: Literal[1] = 1,
        return_attention: Literal[True],
        search: str | None = None,
        stream: Literal[False] = False,
        **options: Unpack[TranslationOptions],
    ) -> Translation: ...

    @overload
    def translate(
        self,
        text: Sequence[str],
        *,
        n_best: Literal[1] = 1,
        return_attention: Literal[True],
        search: str | None = None,
        stream: Literal[False] = False,
        **options: Unpack[TranslationOptions],
    ) -> list[Translation]: ...

    @overload
    def translate(
        self,
        text: str,
        *,
        n_best: int,
        return_attention: bool = False,
        search: str | None = None,
        stream: Literal[False] = False,
        **options: Unpack[TranslationOptions],
    ) -> list[Translation]: ...

    @overload
    def translate(
        self,
        text: Sequence[str],
        *,
        n_best: int,
        return_attention: bool = False,
        search: str | None = None,
        stream: Literal[False] = False,
        **options: Unpack[TranslationOptions],
    ) -> list[list[Translation]]: ...

    @overload
    def translate(
        self,
        text: str,
        *,
        search: Search | str | None = None,
        stream: Literal[True],
        **options: Unpack[TranslationOptions],
    ) -> Iterator[str]: ...

    @overload
    def translate(
        self,
        text: str | Sequence[str],
        *,
        search: Search,
        return_attention: bool = False,
        stream: Literal[False] = False,
        **options: Unpack[TranslationOptions],
    ) -> Any: ...

    @checked(but=("text", "search", "prefix"))
    def translate(
        self,
        text: str | Sequence[str],
        *,
        beam_size: BeamSize | None = None,
        n_best: Count = 1,
        return_attention: bool = False,
        alpha: Strength = 1.0,
        length_penalty: str = "wu",
        search: Search | str | None = None,
        prefix: str | Sequence[str] = "",
        stream: bool = False,
        shortlist: bool = False,
        target: str | None = None,
    ) -> (
        str | list[str] | Translation | list[Translation] | list[list[Translation]] | Iterator[str]
    ):
        """Translates one sentence or a list of them.

        A list gives what its sentences give one by one, in their order. Characters that the
        vocabulary lacks, such as emoji, are passed over, and a sentence without any text gives an
        empty one. A model with `by_sentence` cuts a text into its sentences and joins what it
        makes of them; another reads it in one piece: give such a model one sentence at a time.

        Args:
            text: a string or a list of strings, of at most `model.most_steps` subwords each, or in
                each of its sentences where it is cut into them.
            beam_size: width of the beam; 1 is greedy search. None: 5, or 1 where it is streamed.
            n_best: translations returned for each sentence, at most `beam_size`.
            return_attention: whether to return the alignment of each translation.
            alpha: strength of the length normalisation, see `zoo.decoding.Search`.
            length_penalty: "wu" or "average", see there.
            search: any other search, by its registered name or as an object, such as
                `zoo.decoding.SampleSearch(temperature=0.8, seed=1)` or `zoo.decoding.BeamSearch(8,
                rules=[zoo.decoding.NoRepeatNGram(3)])`, in place of `beam_size`, `n_best`, `alpha`
                and `length_penalty`.
            prefix: what the translation must begin with: a string for all sentences, or one for
                each.
            stream: whether to give one sentence's translation piece by piece, as it is decided: by
                greedy search, or by a `search` that draws one sample.
            shortlist: whether only tokens that the source may become are considered, which is
                faster and rarely another translation; see `zoo.decoding.Shortlist`.
            target: code of the language to translate into, one of `model.targets`, such as "fr".
                None where the model writes one language alone.

        Returns:
            A string, or a list of them where `text` is a list. With `return_attention`, a
            `Translation` in place of each string; with more than one translation of each sentence,
            a list of `Translation`, the best first, or as they were drawn. With `stream`, an
            iterator over strings that together are the translation.

        Raises:
            ConfigError: if `text` is no string and no list of strings, an argument is out of its
                range, the model has no tokenizers, or does not write the language.

        Example: `zoo.load("nmt-attn-en-fr").translate("A man is riding a bicycle.")`.
        """
        return self.toward(target)._decoded(
            "translate",
            text,
            beam_size=beam_size,
            n_best=n_best,
            return_attention=return_attention,
            alpha=alpha,
            length_penalty=length_penalty,
            search=search,
            prefix=prefix,
            stream=stream,
            shortlist=shortlist,
        )
