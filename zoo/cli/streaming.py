"""What a model says of standard input while it comes: a line in, a line out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from zoo.cli import lines
from zoo.errors import ConfigError

if TYPE_CHECKING:
    import numpy as np

_BETWEEN = re.compile(r"[,;\s]+")
_WHERE = "standard input"


def texts() -> Iterator[str]:
    """The lines of standard input, one by one as they come.

    Raises:
        ConfigError: at a line that is too long or no text.
    """
    for line in lines.lines_of(lines.standard_input(), _WHERE):
        if isinstance(line, lines.RefusedLine):
            raise ConfigError(line.why)
        yield line


def steps(
    shape: tuple[int, ...], has_header: bool = False, gaps: bool = False
) -> Iterator[np.ndarray]:
    """Steps of numbers, a line of standard input each, as JSON or separated by commas or spaces.

    Args:
        shape: of a step, such as `(20, 3)`; a line may have its numbers one after the other.
        has_header: whether a first line without numbers is passed over.
        gaps: whether a line with nothing but commas and spaces is a step of NaN.

    Raises:
        ConfigError: at a line that is no such step; the message names it.
    """
    import numpy as np

    for number, line in enumerate(texts(), 1):
        try:
            found = np.asarray(_numbers(line), "float64")
        except (ValueError, TypeError):
            if number == 1 and has_header:
                continue
            found = np.zeros(0)
        if gaps and not _BETWEEN.sub("", line):
            yield np.full(shape, np.nan)
            continue
        if found.size != int(np.prod(shape)) or not np.isfinite(found).all():
            wanted = " x ".join(map(str, shape))
            raise ConfigError(
                f"Line {number} of {_WHERE} is no step of {wanted} numbers: give them as JSON, or "
                "separated by commas."
            )
        yield found.reshape(shape)


def _numbers(line: str) -> Any:
    if line.lstrip().startswith("["):
        return json.loads(line)
    return [float(word) for word in _BETWEEN.split(line.strip()) if word]


def require_alone(items: tuple[str, ...], **others: object) -> None:
    """Requires that nothing but standard input is to be read.

    Args:
        items: the arguments of a command.
        **others: options that do not go with a stream, by their names.

    Raises:
        ConfigError: if there is something else; the message says what.
    """
    given = [f"--{name}" for name, value in others.items() if value]
    if items not in ((), ("-",)):
        given.insert(0, "ITEM")
    if given:
        raise ConfigError(f"--stream reads standard input alone: leave out {', '.join(given)}.")
