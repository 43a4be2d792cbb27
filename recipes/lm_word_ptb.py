"""Trains `lm-word-ptb`: a language model of words, from the Penn Treebank.

    python recipes/lm_word_ptb.py --run runs/lm-word-ptb --out lm-word-ptb.keras

The same command goes on where an interrupted run stopped. Epochs are chosen by the validation
split; the test split is left to `zoo evaluate`.
"""

import math

import numpy as np

import zoo
from zoo.data import read_text
from zoo.experiments import recipe
from zoo.inputs import train_running_words
from zoo.tasks.language_modelling.evaluate import cross_entropy
from zoo.tasks.language_modelling.sampled_bptt import in_streams
from zoo.training.sampled_softmax import log_chances

DATASET = "ptb"


def arguments():
    numbers = dict(epochs=30, learning_rate=2e-3, warmup=200)
    parser = recipe.options(__doc__, run="runs/lm-word-ptb", out="lm-word-ptb.keras", **numbers)
    add = parser.add_argument
    add("--cell", default="lstm")
    add("--units", type=int, default=512)
    add("--layers", type=int, default=2)
    add("--embedding-size", type=int, default=256)
    add("--top-units", type=int, default=256, help="of the top layer; as wide as the embedding")
    add("--residual", action="store_true", help="around layers of one width")
    add("--token-dropout", type=float, default=0.1, help="part of the vocabulary")
    add("--input-dropout", type=float, default=0.3)
    add("--dropout", type=float, default=0.3, help="between layers")
    add("--output-dropout", type=float, default=0.4)
    add("--weight-dropout", type=float, default=0.4, help="of recurrent kernels")
    add("--rows", type=int, default=32, help="streams of text side by side")
    add("--time", type=int, default=64, help="words before gradients stop")
    add("--negatives", type=int, default=0, help="words of a sampled softmax; 0: all of them")
    recipe.add_sampling(parser)
    return recipe.parsed(parser)


MODEL = ("cell", "units", "layers", "embedding_size", "top_units", "token_dropout", "residual")
MODEL += ("input_dropout", "dropout", "output_dropout", "weight_dropout")


def main():
    args = arguments()
    text = read_text(DATASET, "train")
    begun = zoo.load(args.init_from) if args.init_from else None
    tokenizer = begun.tokenizer if begun else train_running_words([text], is_tokenized=True)
    ids = tokenizer.encode(text)  # with the ends of lines
    ids = ids[: round(len(ids) * args.fraction)]
    counts = np.bincount(ids, minlength=tokenizer.vocabulary_size)
    held_out = tokenizer.encode(read_text(DATASET, "validation"))
    settings = {name: getattr(args, name) for name in MODEL}
    settings |= {"tokenizer": tokenizer, "dataset": DATASET}

    def begin(model):
        model.embedding.bias.assign(log_chances(counts / counts.sum()))

    model = recipe.train(
        args,
        lambda dtype: zoo.build("lm", dtype=dtype, **settings),
        recipe.streams_of(args, ids),
        score=lambda model: {DATASET: math.exp(cross_entropy(model, held_out, streams=16))},
        metric="perplexity",
        lower_is_better=True,
        loss=None if args.negatives else "smoothed",
        begin=begun or begin,
        wrap=lambda model: in_streams(model, args.rows, counts, args.negatives),
    )
    recipe.save(args, model, dtype="float16")


if __name__ == "__main__":
    recipe.start(main)
