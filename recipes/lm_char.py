"""Trains a language model of characters, such as `lm-char-shakespeare`.

    python recipes/lm_char.py --data tiny_shakespeare --run runs/lm-char --out lm-char.keras

The same command goes on where an interrupted run stopped. Whatever chooses an epoch looks at the
data set's validation split, or, where it has none, at the end of the training text, which is held
out for it; the test split is left to `zoo evaluate`.
"""

import zoo
from zoo.experiments import recipe
from zoo.inputs import train_characters
from zoo.tasks.language_modelling.evaluate import cross_entropy
from zoo.tasks.language_modelling.experiment import text_and_held_out
from zoo.tasks.language_modelling.truncated_bptt import TruncatedBPTT


def arguments():
    numbers = dict(epochs=40, learning_rate=2e-3, warmup=200)
    parser = recipe.options(__doc__, run="runs/lm-char", out="lm-char.keras", **numbers)
    add = parser.add_argument
    add("--data", default="tiny_shakespeare", help="data set of running text")
    add("--held-out", type=float, default=0.05, help="part of a text without validation split")
    add("--cell", default="lstm")
    add("--units", type=int, default=512)
    add("--layers", type=int, default=2)
    add("--embedding-size", type=int, default=64)
    add("--residual", action="store_true", help="around layers of one width")
    add("--input-dropout", type=float, default=0.1)
    add("--dropout", type=float, default=0.5, help="between layers")
    add("--output-dropout", type=float, default=0.5)
    add("--weight-dropout", type=float, default=0.3, help="of recurrent kernels")
    add("--rows", type=int, default=32, help="streams of text side by side")
    add("--time", type=int, default=128, help="characters before gradients stop")
    recipe.add_sampling(parser)
    return recipe.parsed(parser)


MODEL = ("cell", "units", "layers", "embedding_size", "residual", "input_dropout", "dropout")
MODEL += ("output_dropout", "weight_dropout")


def main():
    args = arguments()
    text, held_out = text_and_held_out(args.data, args.held_out)
    tokenizer = zoo.load(args.init_from).tokenizer if args.init_from else train_characters([text])
    ids, held_out = tokenizer.encode(text), tokenizer.encode(held_out)
    settings = {name: getattr(args, name) for name in MODEL}
    settings |= {"tokenizer": tokenizer, "dataset": args.data}
    model = recipe.train(
        args,
        lambda dtype: zoo.build("lm", dtype=dtype, **settings),
        recipe.streams_of(args, ids[: round(len(ids) * args.fraction)]),
        score=lambda model: {args.data: cross_entropy(model, held_out, streams=16)},
        metric="nats per character",
        lower_is_better=True,
        digits=4,
        wrap=lambda model: TruncatedBPTT(model, args.rows),
    )
    recipe.save(args, model, dtype="float16")


if __name__ == "__main__":
    recipe.start(main)
