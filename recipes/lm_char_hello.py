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

    model = zoo.build(
        "lm",
        cell="simple",
        units=args.units,
        layers=1,
        embedding_size=args.units,
        tied=False,
        output_dropout=0.0,
        tokenizer=tokenizer,
        dataset="hello",
    )
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
    """Writes with NumPy alone, and prints all that is computed on the way.

    Args:
        model: a language model of one simple recurrent layer.
        text: how it begins.
        length: letters that are added.
    """
    tokenizer, cell = model.tokenizer, model.recurrence.layers[0].cell
    weights = {
        "E, a row for each letter that is read": model.embedding.vectors,
        "W, from a letter to the state": cell.kernel,
        "U, from the state before": cell.recurrent_kernel,
        "b": cell.bias,
        "V, a row for each letter that may follow": model.embedding.output_vectors,
        "c": model.embedding.bias,
    }
    arrays = [keras.ops.convert_to_numpy(weight) for weight in weights.values()]
    letters = ["(begin)", "(unknown)", *tokenizer.characters]
    print("\nThe model is h = tanh(E[letter] W + h U + b) and softmax(V h + c), for the letters")
    print(f"{', '.join(letters)}, in this order, with")
    for name, array in zip(weights, arrays, strict=True):
        print(f"\n{name}:\n{numbers(array)}")
    vectors, kernel, recurrent, bias, output_vectors, output_bias = arrays
    read = [tokenizer.begin_id, *tokenizer.encode(text)]
    hidden = np.zeros(len(recurrent))
    for step in range(len(text) + length):
        token = read[step]
        from_letter, from_state = vectors[token] @ kernel, hidden @ recurrent
        total = from_letter + from_state + bias
        hidden = np.tanh(total)
        logits = output_vectors @ hidden + output_bias
        chances = np.exp(logits - logits.max())
        chances /= chances.sum()
        print(f"\nstep {step + 1} reads {letters[token]!r}")
        print(f"  E[letter]      {numbers(vectors[token])}")
        print(f"  E[letter] W    {numbers(from_letter)}")
        print(f"  h U            {numbers(from_state)}")
        print(f"  their sum + b  {numbers(total)}")
        print(f"  h = tanh(...)  {numbers(hidden)}")
        print(f"  V h + c        {numbers(logits)}")
        probabilities = ", ".join(
            f"{x} {p:.4f}" for x, p in zip(letters, chances, strict=True) if p > 0
        )
        print(f"  softmax        {probabilities}")
        if step + 1 == len(read):
            read.append(2 + int(chances[2:].argmax()))
            print(f"  so it writes   {letters[read[-1]]!r}")
    ours = tokenizer.decode(read[1:])
    theirs = model.generate(text, length, temperature=0)
    print(f"\nNumPy writes {ours!r}, the model writes {theirs!r}")


def numbers(array: np.ndarray) -> str:
    return np.array2string(array, formatter={"float": lambda x: f"{x:7.3f}"})


if __name__ == "__main__":
    main()
