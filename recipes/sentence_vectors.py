"""Draws the vectors that a translator's encoder makes of sentences.

    python recipes/sentence_vectors.py nmt-seq2seq-en-fr --out sentence_vectors.png

As in Sutskever et al. 2014 (arXiv:1409.3215, figure 2): the same words in another order are another
sentence, the same sentence in other words nearly the same. A model with attention has a vector for
each step, of which the mean is drawn.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from keras import ops

import zoo
from zoo.diagnostics.points import draw_points

SENTENCES = {
    "a dog": [
        "A dog chases a cat.",
        "A cat is chased by a dog.",
        "In the snow a dog chases a cat.",
    ],
    "a cat": [
        "A cat chases a dog.",
        "A dog is chased by a cat.",
        "In the snow a cat chases a dog.",
    ],
    "a boy": [
        "A boy throws a ball to a girl.",
        "A ball is thrown to a girl by a boy.",
        "On the beach a boy throws a ball to a girl.",
    ],
    "a girl": [
        "A girl throws a ball to a boy.",
        "A ball is thrown to a boy by a girl.",
        "On the beach a girl throws a ball to a boy.",
    ],
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model", help="released name, or path of a .keras file")
    parser.add_argument("--out", type=Path, default=Path("sentence_vectors.png"))
    args = parser.parse_args()
    vectors = vectors_of(
        zoo.load(args.model), [text for texts in SENTENCES.values() for text in texts]
    )
    title = f"What {Path(args.model).stem} makes of sentences; colours: who does it"
    draw_points(args.out, SENTENCES, vectors, title=title)
    print(f"drawn as {args.out}")


def vectors_of(model, texts: list[str]) -> np.ndarray:
    """A vector of each text, `[texts, size]`."""
    found = []
    for item in model.input.prepare(texts):
        memory, _ = model.encoder(*(item[name][None] for name in model.graph_inputs))
        found.append(ops.convert_to_numpy(memory)[0].reshape(-1, memory.shape[-1]).mean(0))
    return np.stack(found)


if __name__ == "__main__":
    main()
