"""Names of parts, and where the code of each stands: one registry for each kind of part.

A registry knows strings and plain data; it imports the code behind a name on first use, and never
before. What is in it comes from `zoo.plugins`, and the registries of this
process stand in `zoo.catalogue`.
"""

from __future__ import annotations

import dataclasses
import difflib
import fnmatch
import importlib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from zoo.errors import ConfigError, DuplicateNameError, PluginError, UnknownNameError

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_TARGET = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*")

_SHA256 = re.compile(r"[0-9a-f]{64}")

# What a released model must say: key -> (test, what it must be).
_MODEL_KEYS = {
    "revision": (lambda v: type(v) is int and v > 0, "a positive integer"),
    "task": (lambda v: isinstance(v, str) and bool(v), "the name of its task"),
    "file": (
        lambda v: isinstance(v, str) and _NAME.fullmatch(v.replace("@", "-")),
        "a plain file name",
    ),
    "sha256": (lambda v: isinstance(v, str) and _SHA256.fullmatch(v), "64 lower-case hex digits"),
}


@dataclasses.dataclass(frozen=True)
class Owner:
    """The distribution that registered something: its name and version."""

    name: str
    version: str

    def __str__(self) -> str:
        return f"{self.name} {self.version}".strip()


@dataclasses.dataclass(frozen=True)
class Entry:
    """One registered name.

    Args:
        kind: what it names: `"cell"`, `"attention"`, `"dataset"`, `"task"`, `"model"`,
            `"exporter"` or `"picture"`.
        name: the name.
        target: `"package.module:Name"`, the factory; `None` for a released model, which is a file.
        owner: the distribution that registered it.
        about: whatever else was said of it, as plain data.
    """

    kind: str
    name: str
    target: str | None
    owner: Owner
    about: dict[str, Any] = dataclasses.field(default_factory=dict)

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not _NAME.fullmatch(self.name):
            raise ConfigError(
                f"{self.name!r} cannot be the name of a {self.kind}: a name is letters, digits, "
                "'-', '_' and '.', and starts with a letter or a digit."
            )
        try:
            json.dumps(self.about)
        except (TypeError, ValueError) as error:
            raise ConfigError(
                f"What is said of {self.kind} {self.name!r} is not plain data: {error}."
            ) from error
        if self.kind == "model":
            self._check_model()
        elif not isinstance(self.target, str) or not _TARGET.fullmatch(self.target):
            raise ConfigError(
                f"The factory of {self.kind} {self.name!r} must be a string like "
                f"'package.module:Name', not {self.target!r}."
            )

    def _check_model(self) -> None:
        for key, (valid, what) in _MODEL_KEYS.items():
            if not valid(self.about.get(key)):
                raise ConfigError(
                    f"Model {self.name!r} must say {key}={what}, not {self.about.get(key)!r}."
                )

    @property
    def module(self) -> str | None:
        """The module of the factory."""
        return self.target.partition(":")[0] if self.target else None

    @property
    def attribute(self) -> str | None:
        """The name of the factory in its module."""
        return self.target.partition(":")[2] if self.target else None

    @property
    def modules(self) -> list[str]:
        """The modules of the factory and of the class that it makes, where that is said."""
        targets = [self.target, self.about.get("class")]
        named = [t for t in targets if isinstance(t, str) and _TARGET.fullmatch(t)]
        return sorted({target.partition(":")[0] for target in named})

    def load(self) -> Any:
        """Imports the factory and return it.

        Raises:
            PluginError: if importing it fails, whatever the reason.
        """
        if self.module is None or self.attribute is None:
            raise ConfigError(f"{self.kind} {self.name!r} is a file and has no factory.")
        try:
            return getattr(importlib.import_module(self.module), self.attribute)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # also SystemExit: a module that ends the process is broken
            raise PluginError(
                f"{self.kind.capitalize()} {self.name!r} of {self.owner} cannot be imported from "
                f"{self.target!r}: {type(error).__name__}: {error}"
            ) from error

    def describe(self) -> dict[str, Any]:
        """Returns what is known of this name as plain data."""
        plain = {"kind": self.kind, "name": self.name, **self.about}
        if self.target is not None:
            plain["factory"] = self.target
        return {**plain, "owner": str(self.owner)}


class Registry:
    """The names of one kind of part.

    A name that two distributions registered stays listed, and using it is an error that names both;
    every other name goes on working.

    Args:
        kind: what the names name, in the singular, as messages say it.
        fill: called before each look-up; it fills the registry the first time.
    """

    def __init__(self, kind: str, fill=lambda: None) -> None:
        self.kind = kind
        self._fill = fill
        self._entries: dict[str, list[Entry]] = {}

    def add(self, entry: Entry) -> None:
        """Adds one entry, whoever else has its name."""
        self._entries.setdefault(entry.name, []).append(entry)

    def names(self, pattern: str | None = None) -> list[str]:
        """Returns the names, sorted; with `pattern`, those that match the glob."""
        self._fill()
        names = sorted(self._entries)
        return names if pattern is None else fnmatch.filter(names, pattern)

    def entries(self) -> list[Entry]:
        """Returns every entry, sorted by name, duplicates included."""
        return [entry for name in self.names() for entry in self._entries[name]]

    def owners(self, name: str) -> list[str]:
        """Returns the owners of a name, each as "distribution version"."""
        self._fill()
        return list(dict.fromkeys(str(entry.owner) for entry in self._entries.get(name, [])))

    def conflicts(self) -> dict[str, list[str]]:
        """Returns the names that more than one distribution registered, with their owners."""
        return {name: self.owners(name) for name in self.names() if len(self.owners(name)) > 1}

    def __contains__(self, name: str) -> bool:
        self._fill()
        return name in self._entries

    def entry(self, name: str) -> Entry:
        """Returns the entry of a name.

        Raises:
            UnknownNameError: if nobody registered it; the message has the closest names.
            DuplicateNameError: if two distributions registered it; the message names both.
        """
        return self._candidates(name)[0]

    def get(self, name: str) -> Any:
        """Imports what a name stands for, and return it.

        Raises:
            UnknownNameError, DuplicateNameError: as in `entry`.
            PluginError: if its code cannot be imported.
        """
        return self.entry(name).load()

    def _candidates(self, name: str) -> list[Entry]:
        if name not in self:
            raise unknown_name(self.kind, name, self._entries)
        owners = self.owners(name)
        if len(owners) > 1:
            raise DuplicateNameError(
                f"The {self.kind} name {name!r} is registered by {' and by '.join(owners)}: "
                "uninstall one of them, or name one in ZOO_BLOCK_PLUGINS."
            )
        return self._entries[name]


class ModelRegistry(Registry):
    """Released models: a name has revisions, and `"name"` means the newest of them.

    Args:
        kind, fill: as for `Registry`.
        elsewhere: names that a distribution of the zoo has which may not be installed, and that
            distribution.
    """

    def __init__(
        self,
        kind: str,
        fill: Callable[[], None] = lambda: None,
        elsewhere: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(kind, fill)
        self._elsewhere = dict(elsewhere or {})

    def missing(self, pattern: str | None = None) -> dict[str, str]:
        """Returns the names that are not here, and the distribution that has each."""
        names = [name for name in sorted(self._elsewhere) if name not in self]
        chosen = names if pattern is None else fnmatch.filter(names, pattern)
        return {name: self._elsewhere[name] for name in chosen}

    def _candidates(self, name: str) -> list[Entry]:
        distribution = self._elsewhere.get(name)
        if name not in self and distribution is not None:
            raise PluginError(
                f"Model {name!r} is in {distribution}, which is not installed: run `pip install "
                f"{distribution}`, or in a checkout `pip install ./plugins/{distribution}`."
            )
        return super()._candidates(name)

    def entry(self, name: str) -> Entry:
        """Returns the entry of `"name"` or `"name@revision"`."""
        base, at, revision = name.partition("@")
        candidates = self._candidates(base)
        if not at:
            return max(candidates, key=lambda entry: entry.about["revision"])
        for entry in candidates:
            if str(entry.about["revision"]) == revision:
                return entry
        known = ", ".join(str(entry.about["revision"]) for entry in candidates)
        raise UnknownNameError(f"Model {base!r} has no revision {revision!r}; it has {known}.")


def unknown_name(kind: str, name: object, known: Iterable[str]) -> UnknownNameError:
    """Returns the error for a name that does not exist, with the closest names that do."""
    return UnknownNameError(f"There is no {kind} {name!r}{suggestion(str(name), known)}")


def suggestion(name: str, known: Iterable[str]) -> str:
    """Returns the end of a sentence that offers what the user may have meant.

    >>> suggestion("gruu", ["gru", "lstm"])
    "; did you mean 'gru'?"
    >>> suggestion("x", ["gru", "lstm"])
    '; there are: gru, lstm.'
    """
    known = sorted(known)
    lowered = {candidate.lower(): candidate for candidate in known}
    close = difflib.get_close_matches(name.lower(), lowered, n=3, cutoff=0.6)
    if not close and name:
        close = [low for low in lowered if low.startswith(name.lower())][:3]
    if close:
        return f"; did you mean {' or '.join(repr(lowered[low]) for low in close)}?"
    if not known:
        return "; there is none yet."
    shown = ", ".join(known[:8])
    return f"; there are: {shown}{', ...' if len(known) > 8 else '.'}"
