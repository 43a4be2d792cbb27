"""The options that choose how text is decoded, and which of them go together."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from typing import Any

import click

from zoo import catalogue
from zoo.errors import ConfigError

# An option's name -> the searches that it means something to; other options fit all.
_FITS = {
    "beam": ("beam", "diverse"),
    "n_best": ("beam", "diverse"),
    "groups": ("diverse",),
    "diversity": ("diverse",),
    "temperature": ("sample",),
    "top_k": ("sample",),
    "top_p": ("sample",),
    "samples": ("sample",),
    "seed": ("sample",),
}
_OPTIONS = (
    click.option(
        "--search",
        metavar="NAME",
        help="How to decode: greedy, beam, sample, diverse, or a plugin's search  [beam; with "
        "--stream greedy].",
    ),
    click.option("--beam", type=click.IntRange(min=1), help="Beam size  [5; diverse: 6]."),
    click.option(
        "--n-best",
        type=click.IntRange(min=1),
        help="Outputs of each line; more than one: line number, score and text, tab-separated.",
    ),
    click.option(
        "--alpha",
        type=click.FloatRange(min=0),
        help="Strength of the length normalisation of scores  [1].",
    ),
    click.option(
        "--length-penalty",
        type=click.Choice(["wu", "average"]),
        help="What scores are divided by: that of Wu et al. 2016, or the length  [wu].",
    ),
    click.option("--groups", type=click.IntRange(min=1), help="Groups of a diverse beam  [3]."),
    click.option("--diversity", type=click.FloatRange(min=0), help="How much they differ  [0.5]."),
    click.option(
        "--temperature",
        type=click.FloatRange(min=0, min_open=True),
        help="Of sampling; below 1 sharpens  [1].",
    ),
    click.option("--top-k", type=click.IntRange(min=1), help="Sample from the k best tokens."),
    click.option(
        "--top-p",
        type=click.FloatRange(0, 1, min_open=True),
        help="Sample from the best tokens that hold this probability.",
    ),
    click.option("--samples", type=click.IntRange(min=1), help="Outputs drawn for a line  [1]."),
    click.option("--seed", type=click.IntRange(min=0), help="For the same samples every time."),
    click.option(
        "--no-repeat-ngram",
        metavar="N",
        type=click.IntRange(min=1),
        help="No N tokens in a row twice.",
    ),
    click.option(
        "--rule",
        metavar="NAME[:SETTING=VALUE,...]",
        multiple=True,
        help="A rule that outputs keep, such as coverage:beta=0.2, or a plugin's; may be repeated "
        "(zoo list --kind rule).",
    ),
    click.option("--min-length", type=click.IntRange(min=1), help="Tokens of the shortest output."),
    click.option("--max-length", type=click.IntRange(min=1), help="Tokens of the longest output."),
)


def search_options(command: Callable) -> Callable:
    """Adds the options to a command, which gets them as `search` and by their names."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@dataclasses.dataclass(frozen=True)
class SearchChoice:
    """What the options ask for, checked before anything slow is imported.

    Attributes:
        kind: a registered search: "greedy", "beam", "sample", "diverse" or a plugin's.
        given: the options that were given, by their names.
    """

    kind: str
    given: dict[str, Any]

    @classmethod
    def of(cls, options: dict[str, Any], stream: bool = False) -> SearchChoice:
        """Reads the options.

        Raises:
            ConfigError: when some of them do not go together.
        """
        given = {name: value for name, value in options.items() if value not in (None, ())}
        for text in given.get("rule", ()):
            catalogue.rules.entry(text.partition(":")[0])
        kind = given.pop("search", None) or ("greedy" if stream else "beam")
        catalogue.searches.entry(kind)  # a name that does not exist is said to be none
        for name in given:
            if kind not in _FITS.get(name, (kind,)):
                raise ConfigError(
                    f"{_flag(name)} goes with --search {' or '.join(_FITS[name])}, not with "
                    f"{kind}: leave one of them out."
                )
        choice = cls(kind, given)
        beam = given.get("beam", 6 if kind == "diverse" else 5)
        if given.get("n_best", 1) > beam:
            raise ConfigError(
                f"--n-best {given['n_best']} needs a beam at least as wide: --beam "
                f"{given['n_best']}."
            )
        if kind == "diverse" and beam % given.get("groups", 3):
            raise ConfigError(
                f"--beam {beam} cannot be divided among {given.get('groups', 3)} groups: give "
                "--beam and --groups that fit."
            )
        if given.get("min_length", 1) > given.get("max_length", given.get("min_length", 1)):
            raise ConfigError("--min-length is above --max-length: no output has such a length.")
        if stream and (kind not in ("greedy", "sample") or choice.n > 1):
            raise ConfigError(
                "--stream shows each token as it is decided: it goes with --search greedy, or with "
                "--search sample and one sample."
            )
        return choice

    @property
    def n(self) -> int:
        """Outputs of each line."""
        return self.given.get("n_best", 1) * self.given.get("samples", 1)

    def arguments(self) -> dict[str, Any]:
        """What `translate` is called with; imports Keras where it is not a plain beam."""
        plain = {"beam": "beam_size", "n_best": "n_best"}
        if self.kind == "beam" and set(self.given) <= set(plain):
            return {"beam_size": 5} | {plain[name]: value for name, value in self.given.items()}
        return {"search": self._search()}

    def _search(self) -> Any:
        from zoo import decoding

        settings = dict(self.given)
        rules: list[decoding.Rule] = [_rule(text) for text in settings.pop("rule", ())]
        if "no_repeat_ngram" in settings:
            rules.append(decoding.NoRepeatNGram(settings.pop("no_repeat_ngram")))
        if "min_length" in settings:
            rules.append(decoding.MinimumLength(settings.pop("min_length")))
        if "beam" in settings:
            settings["beam_size"] = settings.pop("beam")
        make = catalogue.searches.get(self.kind)
        try:
            return make(rules=rules, **settings)
        except TypeError as error:
            raise ConfigError(
                f"--search {self.kind} does not take such options: {error}."
            ) from error


def _rule(text: str) -> Any:
    """Makes the rule of `NAME:SETTING=VALUE,...`, or of a name and its settings in JSON."""
    name, _, given = text.partition(":")
    if not given.startswith("{"):
        pairs = (part.partition("=") for part in given.split(",") if part)
        given = "{" + ", ".join(f'"{setting}": {value}' for setting, _, value in pairs) + "}"
    try:
        settings = json.loads(given)
    except ValueError:
        raise ConfigError(
            f"--rule {text!r} is not NAME:SETTING=VALUE, such as coverage:beta=0.2, and no name "
            "with settings in JSON: write it so."
        ) from None
    try:
        return catalogue.rules.get(name)(**settings)
    except TypeError as error:
        raise ConfigError(f"--rule {name} does not take such settings: {error}.") from error


def _flag(name: str) -> str:
    return f"--{name.replace('_', '-')}"
