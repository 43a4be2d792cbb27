"""From damaged words to whole ones."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, overload

import keras
import numpy as np

from zoo.checked import BeamSize, checked
from zoo.decoding import BeamSearch, Rule
from zoo.errors import ConfigError
from zoo.tasks.sequence_to_sequence.common_words import common_first
from zoo.tasks.sequence_to_sequence.lexicon import Lexicon
from zoo.tasks.sequence_to_sequence.sequence_to_sequence import SequenceToSequence

_LETTERS = re.compile(r"[^\W\d_]+")
# Not what a digit or an apostrophe joins to more: isn't, dog's, h2o.
_WORD = re.compile(r"(?<!\w)(?<!\w['’])[^\W\d_]{2,}(?!\w)(?!['’]\w)")
FITS = 0.5  # where nobody chose another
COMMONNESS = 0.2  # likewise
BEAM = 16  # a wide one: its first letters are chosen before it sees what they can end in


@keras.saving.register_keras_serializable(package="zoo")
class Speller(SequenceToSequence):
    """Reads the letters of a damaged word, and spells the word that it was.

    A `SequenceToSequence` from letters to letters, with what else that can do; its tokenizer has a
    piece for each letter. For its other arguments see there.

    Args:
        lexicon: a `Lexicon`, the words that a repair is chosen among. None: it spells freely.
        names: a `Lexicon` of names, which stay as they are. With it, other capitalised words stay
            too where they fit no word of the lexicon. None: it is not asked what a name is.
        fits: the probability that the likeliest words of the lexicon have together, at least, where
            a capitalised word is one of them. A recipe chooses it by names and words that it has
            not trained on.
        commonness: how much a common word is preferred, of a lexicon that has counts: among words
            that are as many letters away from what was given as the likeliest is, that whose score
            and `commonness` times the natural logarithm of its count are the highest together (see
            `common_words`). 0: not at all. A recipe chooses it by words that it has not trained on.
    """

    most_steps = 128  # a longer word is none that somebody damaged
    export_signatures = "zoo.tasks.sequence_to_sequence.speller_signatures:SpellerSignatures"

    def __init__(
        self,
        *args,
        lexicon: Lexicon | None = None,
        names: Lexicon | None = None,
        fits: float = FITS,
        commonness: float = COMMONNESS,
        **kwargs,
    ):
        # Before all else: the base builds itself, and what is built gets no further parts.
        self.lexicon = lexicon
        self.names = names
        self.fits = fits
        self.commonness = commonness
        super().__init__(*args, **kwargs)

    @overload
    def repair(self, text: str, *, free: bool = ..., beam_size: int = ...) -> str: ...

    @overload
    def repair(
        self, text: Sequence[str], *, free: bool = ..., beam_size: int = ...
    ) -> list[str]: ...

    @checked(but=("text",))
    def repair(
        self, text: str | Sequence[str], *, free: bool = False, beam_size: BeamSize = BEAM
    ) -> str | list[str]:
        """Repairs every word of a text, or of each of a list.

        Words are repaired one by one, whatever stands around them. What is no word stays as it is:
        numbers, single letters, letters joined by an apostrophe, letters as many as
        `model.most_steps`; so does what stands on the model's lists of words and of names. Where
        it has a list of names, a capitalised word that fits none of its words stays too: `Kieran`.
        The case of a word is that of its first letters: `Hellx` gives `Hello`, `HELLX` `HELLO`.

        Args:
            text: a string or a list of strings, any of them empty.
            free: whether any letters may come, where the model has a list of words; then none is
                left as it is.
            beam_size: spellings that are followed side by side.

        Returns:
            The text with every word repaired; a list of them where `text` is a list.

        Raises:
            ConfigError: if `text` is something else, `beam_size` is not positive, or the model has
                no tokenizer.

        Example: `zoo.load("spell-char-en").repair("mornixx")`.
        """
        texts, is_one = self.listed("repair", text)
        found = {word.lower() for item in texts for word in _WORD.findall(item)}
        short = [word for word in found if self.most_steps is None or len(word) < self.most_steps]
        damaged = sorted(word for word in short if free or not self.is_right(word))
        # A word without a letter that the model knows gives nothing, and stays.
        capital = {m.lower() for item in texts for m in _WORD.findall(item) if m[:1].isupper()}
        is_asked = not free and self.lexicon is not None and self.names is not None
        shared = [word for word in damaged if is_asked and word in capital]
        spelt = self._spelt([word for word in damaged if word not in shared], beam_size, free)
        spelt |= self._shared(shared, beam_size)
        whole = {old: new for old, new in spelt.items() if new[0]}

        def repaired(match: re.Match) -> str:
            new, share = whole.get(match[0].lower(), ("", 0.0))
            is_name = match[0][:1].isupper() and share < self.fits
            return match[0] if is_name or not new else _cased_like(match[0], new)

        answers = [_WORD.sub(repaired, item) for item in texts]
        return answers[0] if is_one else answers

    @checked(but=("word",))
    def repairs(self, word: str, n: BeamSize = 5, *, free: bool = False) -> list[tuple[str, float]]:
        """What a damaged word may have been.

        Args:
            word: one word.
            n: how many words at most.
            free: as in `repair`.

        Returns:
            Words in lower case and their probabilities, the best first. They are fractions of all
            that the letters could spell, whether or not a list of words leaves it out. The most
            probable comes first, but for a commoner one as near, where the list has counts.

        Raises:
            ConfigError: if `word` is no single word, `n` is not positive, or the model has no
                tokenizer.

        Example: `zoo.load("spell-char-en").repairs("xat", 3)`.
        """
        if not isinstance(word, str) or not _LETTERS.fullmatch(word):
            raise ConfigError(f"repairs wants one word, in letters alone, not {word!r}.")
        self.listed("repairs", word)
        (found,) = self._candidates([word.lower()], max(BEAM, n), max(n, 2), free)
        return [(one.text, float(np.exp(one.log_prob))) for one in found if one.text][:n]

    @checked()
    def with_lexicon(self, words: Sequence[str] | Mapping[str, int] | None) -> Speller:
        """The same model, its weights shared, with a list of words; None for none.

        Args:
            words: strings, or a mapping from them to how often each is seen in texts: then the
                commoner of words as near is preferred.

        Raises:
            ConfigError: if the list is empty, one of them is no word, or was seen less than once.
        """
        names = None if self.names is None else self.names.words
        return self.made_of(self, words, self.task, names, self.fits, self.commonness)

    @checked()
    def with_names(self, names: Sequence[str] | None) -> Speller:
        """The same model, its weights shared, with a list of names; None for none.

        Raises:
            ConfigError: if the list is empty, or one of them is no word.
        """
        words = None if self.lexicon is None else self.lexicon.counts or self.lexicon.words
        return self.made_of(self, words, self.task, names, self.fits, self.commonness)

    @classmethod
    def made_of(
        cls,
        model: SequenceToSequence,
        words: Sequence[str] | Mapping[str, int] | None,
        task: str | None,
        names: Sequence[str] | None = None,
        fits: float = FITS,
        commonness: float = COMMONNESS,
    ) -> Speller:
        """A speller of another model's parts and name, its weights shared; see `with_lexicon`."""
        return cls(
            model.encoder,
            model.decoder,
            model.source_tokenizer,
            model.target_tokenizer,
            lexicon=None if words is None else Lexicon(words),
            names=None if names is None else Lexicon(names),
            fits=fits,
            commonness=commonness,
            task=task,
            name=model.name,
        )

    def is_right(self, word: str) -> bool:
        """Whether a word, in lower case, stands on the list of words or of names."""
        return any(words is not None and word in words for words in (self.lexicon, self.names))

    def shares(self, words: Sequence[str]) -> list[float]:
        """How much of the probability the likeliest listed words have together, of each word.

        Of a model with a list of words, for words in lower case.
        """
        found = self._shared(list(words), BEAM)
        return [found[word][1] for word in words]

    def _spelt(self, words, beam_size, free) -> dict[str, tuple[str, float]]:
        """Repairs of words; what part of the probability they have is not asked for, and 1."""
        if not words:
            return {}
        if beam_size > 1 and self.counts_of(free):
            ranked = self._candidates(words, beam_size, beam_size, free)
            return {word: (many[0].text, 1.0) for word, many in zip(words, ranked, strict=True)}
        found: Any = self.translate(words, search=self._search_of(beam_size, 1, free))
        return {word: (new, 1.0) for word, new in zip(words, found, strict=True)}

    def _shared(self, words, beam_size) -> dict[str, tuple[str, float]]:
        """Repairs of words, and what part of the probability all that were found have together."""
        if not words:
            return {}
        beam_size = max(beam_size, 2)  # one alone comes without its probability
        found = self._candidates(words, beam_size, beam_size, False)
        return {
            word: (many[0].text, float(sum(np.exp(one.log_prob) for one in many if one.text)))
            for word, many in zip(words, found, strict=True)
        }

    def _candidates(self, words, beam_size: int, n_best: int, free: bool) -> list[list[Any]]:
        """What each word may have been, two or more of each, the best first.

        Counts choose among all that the beam holds, and so many come then.
        """
        counts = self.counts_of(free)
        search = self._search_of(beam_size, beam_size if counts else n_best, free)
        found: Any = self.translate(words, search=search)
        return common_first(words, found, counts, self.commonness) if counts else found

    def counts_of(self, free: bool = False) -> dict[str, int]:
        """The counts by which a repair prefers a common word; empty where it does not."""
        if free or self.lexicon is None or not self.commonness:
            return {}
        return self.lexicon.counts

    def _search_of(self, beam_size: int, n_best: int, free: bool) -> BeamSearch:
        return BeamSearch(beam_size, n_best=n_best, rules=[] if free else self.rules)

    @property
    def rules(self) -> list[Rule]:
        """What repairs keep to: the list of words, where there is one."""
        return [] if self.lexicon is None else [self.lexicon.rule(self.target_tokenizer)]

    def get_config(self):
        lists = {"lexicon": self.lexicon, "names": self.names}
        if self.names is None:  # a file without names is as it was before there were any
            del lists["names"]
        saved = {name: keras.saving.serialize_keras_object(part) for name, part in lists.items()}
        if self.names is not None:
            saved["fits"] = self.fits
        if self.lexicon is not None and self.lexicon.counts:
            saved["commonness"] = self.commonness
        return super().get_config() | saved

    @classmethod
    def from_config(cls, config, custom_objects=None):
        lists = {
            name: keras.saving.deserialize_keras_object(config.get(name))
            for name in ("lexicon", "names")
        }
        return super().from_config(config | lists, custom_objects)


def _cased_like(pattern: str, word: str) -> str:
    if pattern.isupper() and len(pattern) > 1:
        return word.upper()
    return word.capitalize() if pattern[:1].isupper() else word
