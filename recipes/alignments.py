"""Scores a translator's attention against alignments by IBM model 1, on its own translations.

    python recipes/alignments.py nmt-attn-en-fr --data multi30k/en-fr

Model 1 learns on the training split, in both directions and in the translator's pieces. Links that
both directions find are sure, those of one are possible (Och and Ney 2003). Beside the attention
stands the diagonal, which is what an alignment is worth that has not looked.
"""

from __future__ import annotations

import argparse
import json

import numpy as np

import zoo
from zoo.data import encode_pairs, load_pairs, read_pairs
from zoo.data.lexical_translation import align
from zoo.data.pairs import encode_pair_lists
from zoo.metrics.alignment import alignment_error_rate, links_of


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model", help="released name, or path of a .keras file")
    parser.add_argument("--data", default="multi30k/en-fr")
    parser.add_argument("--split", default="validation")
    parser.add_argument("--sentences", type=int, default=500, help="the first so many")
    return parser.parse_args()


def main() -> None:
    args = arguments()
    model = zoo.load(args.model)
    texts = [source for source, _ in read_pairs(args.data, args.split)][: args.sentences]
    found = model.translate(texts, beam_size=5, return_attention=True)
    cutters = (model.source_tokenizer, model.target_tokenizer)
    pairs = encode_pair_lists(texts, [one.text for one in found], *cutters)
    train = load_pairs(args.data, "train")
    there = align(pairs, encode_pairs(train, *cutters))
    turned = train.map(lambda source, target: (target, source))
    outputs = [one.text for one in found]
    back = align(
        encode_pair_lists(outputs, texts, *cutters[::-1]), encode_pairs(turned, *cutters[::-1])
    )

    sure, possible, looked, diagonal = [], [], [], []
    for one, forward, backward in zip(found, there, back, strict=True):
        if one.attention.shape != (len(forward), len(backward)):
            continue  # the search wrote a text in other pieces than the tokenizer does
        both = links_of(forward), {(target, source) for source, target in links_of(backward)}
        sure.append(both[0] & both[1])
        possible.append(both[0] | both[1])
        looked.append(links_of(one.attention.argmax(1)))
        steps = np.linspace(0, len(backward) - 1, len(forward)).round().astype(int)
        diagonal.append(links_of(steps))
    scores = {
        "sentences": len(sure),
        "attention": round(alignment_error_rate(looked, sure, possible), 4),
        "diagonal": round(alignment_error_rate(diagonal, sure, possible), 4),
    }
    print(json.dumps({"model": args.model, "data": args.data, "split": args.split, **scores}))


if __name__ == "__main__":
    main()
