"""What a letter of C code stands in: found by reading it once, for probes of what a model knows."""

from __future__ import annotations

import re

import numpy as np

_PART = re.compile(
    r"(?P<comment>/\*.*?(?:\*/|\Z)|//[^\n]*)|(?P<quotes>\"(?:\\.|[^\"\\\n])*\"?|'(?:\\.|[^'\\\n])*'?)",
    re.DOTALL,
)


def structure_of(code: str) -> dict[str, np.ndarray]:
    """The structure of code, a number for each letter: what holds once the letter has been read.

    Args:
        code: C, from a place outside of strings and comments on.

    Returns:
        Float arrays `[letters]`: `comment` and `quotes`, 1 inside of one, 0 outside; `round` and
        `curly`, how many such brackets are open, those of comments and quotes left out;
        `indentation`, blanks at the beginning of the line, a tab being four, or 0 where nothing
        else was read yet; `column`, letters since the line began.
    """
    found = {name: np.zeros(len(code), "float32") for name in ("comment", "quotes")}
    bare = list(code)
    for part in _PART.finditer(code):
        kind, begin, end = str(part.lastgroup), part.start(), part.end()
        closes = end - begin > 1 and code[end - 1] in "/\"'"  # the last letter ends it
        found[kind][begin : end - closes] = 1
        bare[begin:end] = " " * (end - begin)
    for name, (opening, closing) in {"round": ("(", ")"), "curly": ("{", "}")}.items():
        step = [(letter == opening) - (letter == closing) for letter in bare]
        found[name] = np.maximum(np.cumsum(step), 0).astype("float32")
    found["indentation"], found["column"] = _places_in_lines(code)
    return found


def _places_in_lines(code: str) -> tuple[np.ndarray, np.ndarray]:
    indentation, columns = np.zeros(len(code), "float32"), np.zeros(len(code), "float32")
    begun = blanks = column = 0
    for place, letter in enumerate(code):
        if letter == "\n":
            begun = blanks = column = 0
            continue
        column += 1
        if not begun and letter in " \t":
            blanks += 4 if letter == "\t" else 1
        else:
            begun = 1
        indentation[place], columns[place] = blanks * begun, column
    return indentation, columns


def correlations(states: np.ndarray, property: np.ndarray) -> np.ndarray:
    """Pearson's correlation of each unit with a property.

    Args:
        states: float `[time, units]`.
        property: float `[time]`.

    Returns:
        Float `[units]`, from -1 to 1; 0 where a unit or the property is constant.
    """
    states = states - states.mean(axis=0)
    property = property - property.mean()
    norms = np.linalg.norm(states, axis=0) * np.linalg.norm(property)
    return np.divide(property @ states, norms, out=np.zeros(states.shape[1]), where=norms > 0)
