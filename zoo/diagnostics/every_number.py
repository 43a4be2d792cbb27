"""All numbers of a recurrent network that writes letters, as a textbook has them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

NAMES = (
    "E, a row for each letter that is read",
    "W, from a letter to the state",
    "U, from the state before",
    "b",
    "V, a row for each letter that may follow",
    "c",
)


def every_number(
    arrays: Iterable[np.ndarray], letters: Sequence[str], ids: Sequence[int], length: int
) -> tuple[list[str], str]:
    """Writes with NumPy alone, the likeliest letter every time, and tells all that it computes.

    The network is that of Elman 1990: `h = tanh(E[letter] W + h U + b)`, `softmax(V h + c)`.

    Args:
        arrays: E `[letters, d]`, W `[d, n]`, U `[n, n]`, b `[n]`, V `[letters, n]`, c `[letters]`.
        letters: their names; the first two are none and are never written.
        ids: the numbers of the letters that are read first.
        length: letters that are written.

    Returns:
        Lines of text, and the letters that were written.
    """
    arrays = list(arrays)
    lines = [
        "",
        "The model is h = tanh(E[letter] W + h U + b) and softmax(V h + c), for the letters",
    ]
    lines.append(f"{', '.join(letters)}, in this order, with")
    for name, array in zip(NAMES, arrays, strict=True):
        lines += ["", f"{name}:", _numbers(array)]
    vectors, kernel, recurrent, bias, output_vectors, output_bias = arrays
    read, written = list(ids), ""
    hidden = np.zeros(len(recurrent))
    for step in range(len(ids) - 1 + length):
        token = read[step]
        from_letter, from_state = vectors[token] @ kernel, hidden @ recurrent
        total = from_letter + from_state + bias
        hidden = np.tanh(total)
        logits = output_vectors @ hidden + output_bias
        chances = np.exp(logits - logits.max())
        chances /= chances.sum()
        pairs = zip(letters, chances, strict=True)
        lines += [
            "",
            f"step {step + 1} reads {letters[token]!r}",
            f"  E[letter]      {_numbers(vectors[token])}",
            f"  E[letter] W    {_numbers(from_letter)}",
            f"  h U            {_numbers(from_state)}",
            f"  their sum + b  {_numbers(total)}",
            f"  h = tanh(...)  {_numbers(hidden)}",
            f"  V h + c        {_numbers(logits)}",
            f"  softmax        {', '.join(f'{x} {p:.4f}' for x, p in pairs if p > 0)}",
        ]
        if step + 1 == len(read):
            read.append(2 + int(chances[2:].argmax()))
            written += letters[read[-1]]
            lines.append(f"  so it writes   {letters[read[-1]]!r}")
    return lines, written


def _numbers(array: np.ndarray) -> str:
    return np.array2string(array, formatter={"float": lambda x: f"{x:7.3f}"})
