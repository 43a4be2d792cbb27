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
from zoo.errors import ConfigError
from zoo.experiments import recipe
from zoo.experiments.searching import best_settings
from zoo.tasks.language_modelling.evaluate import cross_entropy
from zoo.tasks.language_modelling.experiment import text_and_held_out

# The first of each is what the others are tried with.
TRIED = {
    "size": (500, 1000, 2000),
    "theta": (0.4, 0.2, 0.6, 0.8),
    "lambda_": (0.1, 0.05, 0.15, 0.2, 0.3),
}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    add = parser.add_argument
    add("model", help="released name or saved file of a language model")
    add("--out", default="cached.keras", help="the model with its cache")
    add("--text", type=Path, help="text file to choose by, in UTF-8")
    add("--tokens", type=int, default=40_000, help="of it that are read")
    for name, values in TRIED.items():
        option = f"--{name.rstrip('_')}"
        add(option, dest=name, type=numbers(name), default=values, help="tried, as 1,2")
    add("--dtype", choices=("float16", "float11"), default="float16", help="of the weights stored")
    return parser.parse_args()


def numbers(name: str):
    """Reads `1,2` as numbers of a setting's kind."""
    kind = type(TRIED[name][0])
    return lambda text: tuple(kind(value) for value in text.split(","))


def main() -> None:
    args = arguments()
    model = zoo.load(args.model)
    if args.text:
        text = args.text.read_text(encoding="utf-8")
    elif model.dataset:
        _, text = text_and_held_out(model.dataset)
    else:
        raise ConfigError(f"{args.model} was trained on no data set: give a text by --text.")
    ids = model.tokenizer.encode(text)[: args.tokens]

    def loss(settings):
        nats = cross_entropy(model.with_cache(**settings), ids)
        what = settings if settings["size"] else "without a cache"
        print(f"{what}: {nats:.4f} nats a token, perplexity {math.exp(nats):.2f}", flush=True)
        return nats

    loss({"size": 0})
    best = best_settings({name: getattr(args, name) for name in TRIED}, loss)
    zoo.save(model.with_cache(**best), args.out, dtype=args.dtype)
    print(f"saved with {best} as {args.out}; zoo evaluate {args.out} gives its test score")


if __name__ == "__main__":
    recipe.start(main)
