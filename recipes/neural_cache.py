"""Gives a language model a cache over what it reads, with settings found by the validation text.

    python recipes/neural_cache.py ptb.keras --out lm-word-ptb.keras

Nothing is trained: a setting is read once through the validation text of the model's data set, or
the text of `--text`. Sizes are tried first, then theta, then lambda (Grave et al. 2017),
each with the best of those before.
"""

from __future__ import annotations

import argparse
import math
from pathlib import Path

import zoo
from zoo.data import read_text
from zoo.tasks.language_modelling.evaluate import cross_entropy

# The first of each is what the others are tried with.
TRIED = {
    "size": (500, 1000, 2000),
    "theta": (0.4, 0.2, 0.6, 0.8),
    "lambda_": (0.1, 0.05, 0.15, 0.2, 0.3),
}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model", help="released name or saved file of a language model")
    parser.add_argument("--out", default="cached.keras", help="the model with its cache")
    parser.add_argument("--text", type=Path, help="text file to choose by, in UTF-8")
    parser.add_argument("--tokens", type=int, default=40_000, help="of it that are read")
    for name, values in TRIED.items():
        parser.add_argument(
            f"--{name.rstrip('_')}",
            dest=name,
            type=numbers(name),
            default=values,
            help="tried, as 1,2",
        )
    parser.add_argument(
        "--dtype", choices=("float16", "float11"), default="float16", help="of the weights stored"
    )
    return parser.parse_args()


def numbers(name: str):
    """Reads `1,2` as numbers of a setting's kind."""
    kind = type(TRIED[name][0])
    return lambda text: tuple(kind(value) for value in text.split(","))


def main() -> None:
    args = arguments()
    model = zoo.load(args.model)
    ids = model.tokenizer.encode(held_out(model, args.text))[: args.tokens]

    print(f"without a cache: {figures(cross_entropy(model.with_cache(0), ids))}", flush=True)
    best, least = {name: getattr(args, name)[0] for name in TRIED}, math.inf
    for name in TRIED:
        for value in getattr(args, name):
            settings = {**best, name: value}
            if settings == best and least < math.inf:
                continue  # as the best so far
            found = cross_entropy(model.with_cache(**settings), ids)
            print(f"{settings}: {figures(found)}", flush=True)
            if found < least:
                best, least = settings, found
    zoo.save(model.with_cache(**best), args.out, dtype=args.dtype)
    print(f"saved with {best} as {args.out}; zoo evaluate {args.out} gives its test score")


def held_out(model, path: Path | None) -> str:
    """The text that settings are chosen by."""
    if path is not None:
        return path.read_text(encoding="utf-8")
    if model.dataset == "tiny_shakespeare":  # the end of what its recipe does not train on
        text = read_text(model.dataset, "train")
        return text[round(len(text) * 0.95) :]
    return read_text(model.dataset, "validation")


def figures(nats: float) -> str:
    return f"{nats:.4f} nats a token, perplexity {math.exp(nats):.2f}"


if __name__ == "__main__":
    main()
