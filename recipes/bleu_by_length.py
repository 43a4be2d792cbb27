"""BLEU over the length of the sentence, for one translator or several beside each other.

    python recipes/bleu_by_length.py nmt-attn-en-fr nmt-seq2seq-en-fr --out bleu_by_length.png

The figure of Bahdanau et al. 2015 (arXiv:1409.0473, figure 2): without attention one vector must
hold the whole sentence, and long ones suffer.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np

import zoo
from zoo.data import references
from zoo.diagnostics.lines import draw_lines
from zoo.metrics.bleu import sacrebleu_13a


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("models", nargs="+", help="released names, or paths of .keras files")
    parser.add_argument("--data", default="multi30k/en-fr")
    parser.add_argument("--split", default="validation")
    parser.add_argument("--beam", type=int, default=5)
    parser.add_argument("--edges", default="0,8,10,12,14,17,21,100", help="words, by commas")
    parser.add_argument("--out", type=Path, default=Path("bleu_by_length.png"))
    return parser.parse_args()


def main() -> None:
    args = arguments()
    edges = np.array([int(edge) for edge in args.edges.split(",")])
    texts, translations = references(args.data, args.split)
    lengths = np.array([len(text.split()) for text in texts])
    places = [
        np.flatnonzero((low < lengths) & (lengths <= high))
        for low, high in zip(edges[:-1], edges[1:], strict=True)
    ]
    places = [rows for rows in places if len(rows)]
    means = [float(lengths[rows].mean()) for rows in places]
    lines = {}
    for name in args.models:
        answers = zoo.load(name).translate(texts, beam_size=args.beam)
        lines[name] = [
            sacrebleu_13a([answers[i] for i in rows], [translations[i] for i in rows]).value
            for rows in places
        ]
        scores = {"model": name, "sentences": [len(rows) for rows in places]}
        print(json.dumps({**scores, "words": means, "bleu": lines[name]}), flush=True)
    draw_lines(
        args.out,
        means,
        lines,
        title=f"BLEU by length, {args.data} {args.split}",
        across="words of the source sentence",
        up="BLEU (13a)",
    )
    print(f"drawn as {args.out}")


if __name__ == "__main__":
    main()
