"""`zoo released`: zoo/released.py, what is known of released models without their files."""

from __future__ import annotations

from pathlib import Path

import click

from zoo import builtins, cards, catalogue
from zoo.cli import output

_FILE = '''\
"""What is known of released models by their names alone.

Made by `zoo released` from the indexes of the zoo's distributions; a test fails when they differ.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeVar, overload

# Released models that are not in the core: the name, and the distribution that has its file.
ELSEWHERE = {{
{elsewhere}
}}

# What type checkers know of `zoo.load`: the class of a model by its literal name.
if TYPE_CHECKING:
    import os

    import keras

{imports}

    _Model = TypeVar("_Model")

{overloads}
    @overload
    def load(ref: str | os.PathLike, *, max_bytes: int | None = None) -> keras.Model: ...

    @overload
    def load(
        ref: str | os.PathLike, kind: type[_Model], *, max_bytes: int | None = None
    ) -> _Model: ...

    def load(ref: Any, kind: Any = None, *, max_bytes: int | None = None) -> Any:
        """See `zoo.saving.load`."""
'''
_OVERLOAD = """\
    @overload
    def load(
        ref: {literal},
        *,
        max_bytes: int | None = None,
    ) -> {name}: ...
"""


@click.command("released")
@click.argument("file", default="zoo/released.py", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--check", is_flag=True, help="Only say whether FILE is what the indexes say.")
def command(file: Path, check: bool) -> None:
    """Write what is known of the zoo's released models by name to FILE (zoo/released.py).

    It is the class of each, for type checkers, and where those are that the core does not have.
    """
    output.page(file, render(), check, f"what the indexes say: run `zoo released {file}`")


def render() -> str:
    """The file, as Python that `ruff format` leaves as it is."""
    elsewhere: dict[str, str] = {}
    names: dict[str, set[str]] = {}
    for folder in cards.folders():
        for model in folder.read()["models"]:
            names.setdefault(catalogue.about_of(model["task"])["class"], set()).add(model["name"])
            if folder is not builtins.MODELS:
                elsewhere[model["name"]] = folder.path.parents[1].name
    classes = sorted((target.partition(":")[::2] for target in names), key=lambda found: found[1])
    return _FILE.format(
        elsewhere="\n".join(f'    "{name}": "{elsewhere[name]}",' for name in sorted(elsewhere)),
        imports="\n".join(f"    from {module} import {name}" for module, name in sorted(classes)),
        overloads="\n".join(
            _OVERLOAD.format(literal=_literal(names[f"{module}:{name}"]), name=name)
            for module, name in classes
        ),
    )


def _literal(names: set[str]) -> str:
    """The type of some names, a line for each."""
    if len(names) == 1:
        return f'Literal["{min(names)}"]'
    lines = "".join(f'            "{name}",\n' for name in sorted(names))
    return f"Literal[\n{lines}        ]"
