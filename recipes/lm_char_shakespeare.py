"""Trains `lm-char-shakespeare`: a language model of characters, from tiny Shakespeare.

    python recipes/lm_char_shakespeare.py --run runs/lm-char-shakespeare \
        --out lm-char-shakespeare.keras

The same command goes on where an interrupted run stopped. Whatever chooses an epoch looks at the
end of the training text, which is held out for it; the test split is left to `zoo evaluate`.
"""

import zoo
from zoo.data import read_text
from zoo.experiments import recipe
from zoo.inputs import train_characters
from zoo.tasks.language_modelling.evaluate import cross_entropy
from zoo.tasks.language_modelling.truncated_bptt import TruncatedBPTT

DATASET = "tiny_shakespeare"


def arguments():
    numbers = dict(epochs=40, learning_rate=2e-3, warmup=200)
    out = "lm-char-shakespeare.keras"
    parser = recipe.options(__doc__, run="runs/lm-char-shakespeare", out=out, **numbers)
    add = parser.add_argument
    add("--held-out", type=float, default=0.05, help="part of the text for validation")
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
    text = read_text(DATASET, "train")
    tokenizer = zoo.load(args.init_from).tokenizer if args.init_from else train_characters([text])
    ids = tokenizer.encode(text)
    end = round(len(ids) * (1 - args.held_out))
    ids, held_out = ids[: round(end * args.fraction)], ids[end:]
    settings = {name: getattr(args, name) for name in MODEL}
    settings |= {"tokenizer": tokenizer, "dataset": DATASET}
    model = recipe.train(
        args,
        lambda dtype: zoo.build("lm", dtype=dtype, **settings),
        recipe.streams_of(args, ids),
        score=lambda model: {DATASET: cross_entropy(model, held_out, streams=16)},
        metric="nats per character",
        lower_is_better=True,
        digits=4,
        wrap=lambda model: TruncatedBPTT(model, args.rows),
    )
    recipe.save(args, model, dtype="float16")


if __name__ == "__main__":
    recipe.start(main)
