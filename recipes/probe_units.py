"""Finds units of a language model of C that follow quotes, comments, brackets or indentation.

    python recipes/probe_units.py lm-char-c --out probe_units.png

All units of all layers are probed (Karpathy et al. 2015, arXiv:1506.02078): the one whose cell,
after tanh, correlates most with a property of the code on the validation split is kept, and its
correlation is told on the test split. The picture shows each on a piece of the test split.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np

import zoo
from zoo.data import read_text
from zoo.diagnostics import coloured_text
from zoo.diagnostics.loops import loops_of, steps_of
from zoo.experiments import recipe
from zoo.metrics.c_code import correlations, structure_of

DATASET = "c_source"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    add = parser.add_argument
    add("model", help="released name, or path of a .keras file")
    add("--properties", default="quotes,comment,round,indentation,column", help="by commas")
    add("--pieces", type=int, default=12, help="of each split")
    add("--length", type=int, default=1000, help="letters of a piece")
    add("--piece", type=int, default=0, help="of the test split that is shown")
    add("--shown", type=int, default=420, help="letters of the picture")
    add("--out", type=Path, default=Path("probe_units.png"))
    return parser.parse_args()


def states_of(model, text):
    """After each letter, tanh of the cells of all layers side by side `[letters, units]`."""
    found = [steps_of(loop).states["c"][1:] for loop in loops_of(model, text)[0]]
    return np.tanh(np.concatenate(found, axis=1))  # the first step reads what a text begins after


def read(model, split, args):
    """Pieces that begin after a function, the states after their letters, and their structure."""
    text = read_text(DATASET, split)
    places = [number * len(text) // args.pieces for number in range(args.pieces)]
    begins = [text.index("\n}\n", place) + 3 for place in places]
    pieces = [text[begin : begin + args.length] for begin in begins]
    found = [structure_of(piece) for piece in pieces]
    names = args.properties.split(",")
    properties = {name: np.concatenate([one[name] for one in found]) for name in names}
    return pieces, np.stack([states_of(model, piece) for piece in pieces]), properties


def main() -> None:
    args = arguments()
    model = zoo.load(args.model)
    _, states, properties = read(model, "validation", args)
    pieces, test_states, test_properties = read(model, "test", args)
    drawn = []
    for name, values in properties.items():
        all_units = correlations(np.concatenate(states), values)
        unit = int(np.abs(all_units).argmax())
        found = all_units[unit]
        test = correlations(np.concatenate(test_states), test_properties[name])[unit]
        print(json.dumps({"property": name, "unit": unit, "validation": found, "test": test}))
        shown = test_states[args.piece][: args.shown, unit] * np.sign(found)
        title = f"{name}: unit {unit}, correlation {abs(test):.2f} on the test split"
        text = pieces[args.piece][: args.shown]
        drawn.append(coloured_text.Coloured(title, text, shown - shown.mean()))
    coloured_text.draw(drawn, args.out, "tanh of the cell beside its mean, by the largest")
    print(f"drawn as {args.out}")


if __name__ == "__main__":
    recipe.start(main)
