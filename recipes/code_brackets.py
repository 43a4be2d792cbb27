"""Whether a language model of code closes the brackets that it reads and writes, over distance.

    python recipes/code_brackets.py lm-char-c --out code_brackets.png

On the test split, at every closing bracket whose fellow stands in the same window: how often the
right one of `)`, `]` and `}` is the most probable of the three, and how probable it is among them.
Then the model writes, and the brackets of what it wrote are counted.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np

import zoo
from zoo.data import read_text
from zoo.diagnostics.lines import draw_lines
from zoo.errors import ConfigError
from zoo.experiments import recipe
from zoo.metrics.brackets import PAIRS, matched


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    add = parser.add_argument
    add("models", nargs="+", help="released names, or paths of .keras files")
    add("--data", default="c_source")
    add("--split", default="test")
    add("--window", type=int, default=2048, help="characters that are read from the beginning")
    add("--edges", default="0,4,16,64,256,1024", help="characters between brackets, by commas")
    add("--write", type=int, default=20_000, help="characters, in 20 texts")
    add("--out", type=Path, default=Path("code_brackets.png"))
    return parser.parse_args()


def closings(model, text, window):
    """Distance to its fellow, and the probability among three, of each closing bracket."""
    windows = [text[at : at + window] for at in range(0, len(text) - window + 1, window)]
    ids = np.stack([model.tokenizer.encode(one) for one in windows])
    kinds = {bracket: int(model.tokenizer.encode(bracket)[0]) for bracket in PAIRS}
    if len(set(kinds.values())) < len(PAIRS):
        raise ConfigError(f"{model.name} does not know all of {' '.join(PAIRS)}: take another.")
    logits = model.predict({"tokens": ids}, batch_size=16, verbose=0)[..., list(kinds.values())]
    shares = np.exp(logits - logits.max(-1, keepdims=True))
    for one, row in zip(windows, shares / shares.sum(-1, keepdims=True), strict=True):
        for opened, closed in matched(one)[0]:
            share = row[closed - 1]  # said before the bracket is read
            right = list(kinds).index(one[closed])
            yield closed - opened, share[right], share.argmax() == right


def main() -> None:
    args = arguments()
    text = read_text(args.data, args.split)
    edges = np.array([int(edge) for edge in args.edges.split(",")])
    lines = {}
    for name in args.models:
        model = zoo.load(name)
        found = np.array(list(closings(model, text, args.window)))
        bins = zip(edges[:-1], edges[1:], strict=True)
        places = [(low < found[:, 0]) & (found[:, 0] <= high) for low, high in bins]
        lines[name] = [100 * float(found[rows, 2].mean()) for rows in places]
        written = model.generate([""] * 20, args.write // 20, seed=1, temperature=0.7)
        pairs, alone = zip(*(matched(one) for one in written), strict=True)
        closed = 2 * sum(map(len, pairs)) / max(1, 2 * sum(map(len, pairs)) + sum(alone))
        row = {"model": name, "distance": edges[1:].tolist(), "right": lines[name]}
        row["brackets"] = [int(rows.sum()) for rows in places]
        row["probability"] = [float(found[rows, 1].mean()) for rows in places]
        print(json.dumps({**row, "written_with_a_fellow": closed}), flush=True)
    axes = dict(across="characters since it was opened, at most", up="right kind of three, %")
    draw_lines(args.out, edges[1:].tolist(), lines, title="Closing brackets", **axes)
    print(f"drawn as {args.out}")


if __name__ == "__main__":
    recipe.start(main)
