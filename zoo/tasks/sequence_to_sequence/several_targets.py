"""One model that writes several languages: a piece before the text says which."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self, overload

from zoo.checked import Strength, checked
from zoo.errors import ConfigError
from zoo.tasks.sequence_to_sequence.by_sentence import BySentence
from zoo.tasks.sequence_to_sequence.results import TargetScore, Translation


class SeveralTargets(BySentence):
    """A `BySentence` model that may have several languages to translate into.

    Such a model reads the piece of the language asked for, `<2fr>` for French, before each
    sentence (Johnson et al. 2017, arXiv:1611.04558, section 3). It is a control piece of the
    vocabulary: text that says "<2fr>" is cut into other pieces. Language codes are those that the
    model was trained with; the language of the text is not said.

    Attributes:
        targets: codes of the languages. Empty: the model writes one, and reads no such piece.
    """

    def toward(self, target: str | None) -> Self:
        """The model that translates into one language, which shares weights and compiled functions.

        It reads the piece before every sentence, and has no `targets`: it is called, saved and
        exported as a translator of that language.

        Args:
            target: code of the language, one of `targets`; None where the model has none.

        Raises:
            ConfigError: if the model does not write this language, or is not told which.

        Example: `zoo.load("nmt-multi").toward("fr").translate("Waar is het station?")`.
        """
        if not self.targets:
            if target is None:
                return self
            raise ConfigError(
                f"The model {self.name!r} translates into one language alone: leave out "
                f"target={target!r}."
            )
        if target not in self.targets:
            asked = "is not told which" if target is None else f"{target!r} is none of them"
            raise ConfigError(
                f"The model {self.name!r} translates into {', '.join(self.targets)}, and {asked}: "
                f"give it target={self.targets[0]!r} or another of them."
            )
        found = self._toward(target)
        for name in ("batch_steps", "most_steps"):
            setattr(found, name, getattr(self, name))
        # Keras would keep a copy of the dict, and each call would compile anew.
        vars(found)["_compiled_searches"] = self._compiled_searches
        return found

    def _toward(self, target: str) -> Self:
        """A model of the same parts that has this one language."""
        raise NotImplementedError

    @overload
    def score(
        self,
        sources: Any,
        targets: str | Translation,
        *,
        alpha: float = ...,
        length_penalty: str = ...,
        target: str | None = ...,
    ) -> TargetScore: ...

    @overload
    def score(
        self,
        sources: Any,
        targets: Sequence[str | Translation],
        *,
        alpha: float = ...,
        length_penalty: str = ...,
        target: str | None = ...,
    ) -> list[TargetScore]: ...

    @checked(but=("sources", "targets"))
    def score(
        self,
        sources: Any,
        targets: str | Translation | Sequence[str | Translation],
        *,
        alpha: Strength = 1.0,
        length_penalty: str = "wu",
        target: str | None = None,
    ) -> TargetScore | list[TargetScore]:
        """Says how probable given outputs are, see `DecodingModel.score`.

        Args:
            sources, targets, alpha, length_penalty: as there.
            target: the language of the outputs, as for `toward`.

        Returns:
            As there.

        Raises:
            ConfigError: as there, and as `toward` does.
        """
        one_way: Any = super(SeveralTargets, self.toward(target))
        return one_way.score(sources, targets, alpha=alpha, length_penalty=length_penalty)


def require_targets(targets: Sequence[str], input: Any) -> tuple[str, ...]:
    """The codes of a model's languages.

    Raises:
        ConfigError: if a code stands there twice or is empty, or what the model reads cannot have
            a piece before it.
    """
    if len(set(targets)) != len(targets) or not all(targets):
        raise ConfigError(f"targets are different language codes, not {tuple(targets)}.")
    if targets and input is not None and not hasattr(input, "beginning_with"):
        raise ConfigError(
            "targets need a SentencePieceTokenizer with the control pieces of the languages, not "
            f"a {type(input).__name__}."
        )
    return tuple(targets)
