"""Trains `lm-char-hello`: the textbook's language model, over the letters h, e, l and o.

    python recipes/lm_char_hello.py --out lm-char-hello.keras

It learns to write `hello` from `h` in seconds: after the first `l` comes another, after the second
an `o`, which only its state can tell it. Then every number of every step is printed, computed here
in NumPy from the equations, and compared with what the model says.
"""

from __future__ import annotations

import argparse

import keras
import numpy as np

import zoo
from zoo.backend.compiled import jit_compile
from zoo.data import read_text
from zoo.diagnostics.every_number import every_number
from zoo.inputs import train_characters
from zoo.training.losses import SmoothedCrossEntropy


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", default="lm-char-hello.keras", help="the finished model")
    parser.add_argument("--steps", type=int, default=500)
    parser.add_argument("--units", type=int, default=4, help="numbers in the state")
    parser.add_argument("--learning-rate", type=float, default=0.03)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def main() -> None:
    args = arguments()
    keras.utils.set_random_seed(args.seed)

    # Each letter is read after the one before it, the first after padding.
    text = read_text("hello", "train")
    tokenizer = train_characters([text])
    labels = tokenizer.encode(text)[None]
    tokens = np.concatenate([[[tokenizer.begin_id]], labels[:, :-1]], axis=1).astype("int32")

    sizes = dict(units=args.units, layers=1, embedding_size=args.units)
    settings = dict(cell="simple", tied=False, output_dropout=0.0, dataset="hello", **sizes)
    model = zoo.build("lm", tokenizer=tokenizer, **settings)
    model.compile(
        optimizer=keras.optimizers.Adam(args.learning_rate),
        loss=SmoothedCrossEntropy(),
        jit_compile=jit_compile(),
    )
    print(f"{model.count_params()} parameters; the letters are {' '.join(tokenizer.characters)}")
    for begin in range(0, args.steps, 50):
        steps = min(50, args.steps - begin)
        loss = model.fit({"tokens": tokens}, labels, epochs=steps, verbose=0).history["loss"][-1]
        written = model.generate("h", 4, temperature=0)
        print(f"step {begin + steps}: loss {loss:.4f}, it writes {written!r}", flush=True)
    zoo.save(model, args.out)

    show_every_number(zoo.load(args.out), "h", 4)
    print(f"saved as {args.out}")


def show_every_number(model, text: str, length: int) -> None:
    """What `every_number` computes with the model's arrays, and what the model writes itself."""
    tokenizer, cell = model.tokenizer, model.recurrence.layers[0].cell
    weights = (model.embedding.vectors, cell.kernel, cell.recurrent_kernel, cell.bias)
    weights += (model.embedding.output_vectors, model.embedding.bias)
    ids = [tokenizer.begin_id, *tokenizer.encode(text)]
    letters = ["(begin)", "(unknown)", *tokenizer.characters]
    lines, written = every_number(map(keras.ops.convert_to_numpy, weights), letters, ids, length)
    print("\n".join(lines))
    theirs = model.generate(text, length, temperature=0)
    print(f"\nNumPy writes {text + written!r}, the model writes {theirs!r}")


if __name__ == "__main__":
    main()
