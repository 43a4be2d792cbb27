"""Draws the vectors that a translator's encoder makes of sentences.

    python recipes/sentence_vectors.py nmt-seq2seq-en-fr --out sentence_vectors.png

As in Sutskever et al. 2014 (arXiv:1409.3215, figure 2): the same words in another order are another
sentence, the same sentence in other words nearly the same. A model with attention has a vector for
each step, of which the mean is drawn.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import zoo
from zoo.diagnostics.points import draw_points
from zoo.diagnostics.sentence_vectors import vectors_of

ANIMALS = (
    "A {} chases a {}.",
    "The {} is chasing the {}.",
    "A {} runs after a {}.",
    "A {} is looking at a {}.",
    "The {} barks at the {}.",
)
CHILDREN = (
    "A {} throws a ball to a {}.",
    "The {} is pushing the {}.",
    "A {} looks at a {}.",
    "A {} is helping a {}.",
    "The {} follows the {}.",
)
# Who does it -> sentences; those of the other of the two say the same words in another order.
SENTENCES = {
    f"the {one}": [form.format(one, other) for form in forms]
    for forms, pair in ((ANIMALS, ("dog", "cat")), (CHILDREN, ("boy", "girl")))
    for one, other in (pair, pair[::-1])
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model", help="released name, or path of a .keras file")
    parser.add_argument("--out", type=Path, default=Path("sentence_vectors.png"))
    parser.add_argument("--components", default="3,4", help="the two that are drawn, by a comma")
    args = parser.parse_args()
    first, second = map(int, args.components.split(","))
    vectors = vectors_of(
        zoo.load(args.model), [text for texts in SENTENCES.values() for text in texts]
    )
    title = f"What {Path(args.model).stem} makes of sentences; colours: who does it"
    draw_points(args.out, SENTENCES, vectors, title=title, components=(first, second))
    print(f"drawn as {args.out}")


if __name__ == "__main__":
    main()
