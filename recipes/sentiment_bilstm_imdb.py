"""Trains `sentiment-bilstm-imdb`: whether a film review likes the film.

    python recipes/sentiment_bilstm_imdb.py --run runs/imdb --out sentiment-bilstm-imdb.keras

It has three parts: both directions of the recurrence first learn to predict the words of all
reviews, the unlabelled ones among them, and then what the labelled ones say; beside it, n-grams get
scores of their own. The same command goes on where an interrupted run stopped. `--fraction 0.1`
tries settings on a tenth of the reviews.
"""

import argparse
from pathlib import Path

import zoo
from zoo.data import (
    classification_batches,
    encode_texts,
    plan_classification,
    read_labelled,
)
from zoo.experiments import recipe
from zoo.experiments.vocabulary import words_of
from zoo.experiments.word_prediction import predict_words
from zoo.layers.pooling import KINDS
from zoo.tasks.classification.adversarial import Adversarial
from zoo.tasks.classification.evaluate import validation_accuracy
from zoo.tasks.classification.ngrams import with_ngram_scores
from zoo.training.training_run import check_settings

DATASET = "imdb"
BOUNDARIES = (64, 96, 128, 160, 192, 256, 320, 400)


def arguments():
    numbers = dict(epochs=4, batch_tokens=4096, warmup=200, decay=0.9, average=3)
    out = "sentiment-bilstm-imdb.keras"
    parser = recipe.options(__doc__, run="runs/imdb", out=out, **numbers)
    parser.add_argument("--cell", default="lstm")
    parser.add_argument("--units", type=int, default=512, help="of both directions together")
    parser.add_argument("--embedding-size", type=int, default=128)
    parser.add_argument("--max-words", type=int, default=28_000, help="words that are known")

    words = parser.add_argument_group("words of all reviews")
    words.add_argument("--word-epochs", type=int, default=2)
    words.add_argument("--word-rate", type=float, default=2e-3, help="learning rate")
    words.add_argument("--negatives", type=int, default=1024, help="words of a sampled softmax")
    words.add_argument("--rows", type=int, default=32, help="streams of text side by side")
    words.add_argument("--time", type=int, default=100, help="words before gradients stop")

    labels = parser.add_argument_group("labels")
    labels.add_argument("--pooling", choices=KINDS, default="max")
    labels.add_argument("--dropout", type=float, default=0.5)
    labels.add_argument("--word-dropout", type=float, default=0.1)
    labels.add_argument("--adversarial", type=float, default=0.0, help="norm of the perturbation")
    labels.add_argument("--longest", type=int, default=400, help="words kept of a training review")

    ngrams = parser.add_argument_group("n-grams")
    ngrams.add_argument("--ngrams", type=int, default=3, help="words of the longest; 0: none")
    ngrams.add_argument("--min-reviews", type=int, default=5, help="that an n-gram stands in")
    ngrams.add_argument("--strength", type=float, default=0.05, help="of reviews against zeros")
    return recipe.parsed(parser)


MODEL = ("cell", "units", "embedding_size", "pooling", "dropout", "word_dropout")


def main():
    args = arguments()
    check_settings(f"{args.run}/labels", settings_of(args, "labels"), recipe.MAY_CHANGE)
    reviews = recipe.every_nth(read_labelled(DATASET, "train"), args.fraction)
    texts, labels = [review.text for review in reviews], [review.label for review in reviews]
    unlabelled = recipe.every_nth(read_labelled(DATASET, "unlabelled"), args.fraction)
    everything = texts + [review.text for review in unlabelled]
    tokenizer, ids = words_of(everything, Path(args.run) / "words.npz", args.max_words)

    def build(dtype):
        settings = {name: getattr(args, name) for name in MODEL}
        settings |= {"tokenizer": tokenizer, "dataset": DATASET}
        return zoo.build("sentiment", dtype=dtype, **settings)

    first = dict(epochs=args.word_epochs, learning_rate=args.word_rate, average=1, warmup=500)
    words = part_of(args, "words", decay=0.7, **first)
    kept = settings_of(args, "words")
    read = predict_words(words, build, ids, kept) if args.word_epochs else None
    encoded = encode_texts(texts, labels, tokenizer, build("float32").labels, longest=args.longest)
    model = recipe.train(
        part_of(args, "labels"),
        build,
        recipe.epochs_of(
            args, encoded, plan_classification, classification_batches, boundaries=BOUNDARIES
        ),
        score=lambda model: validation_accuracy(model, [DATASET]),
        metric="accuracy",
        begin=(lambda model: model.set_weights(read.get_weights())) if read else None,
        wrap=(lambda model: Adversarial(model, args.adversarial)) if args.adversarial else None,
        settings=settings_of(args, "labels"),
    )
    if args.ngrams:
        model = with_ngrams(args, model, texts, labels)
    recipe.save(args, model)


def with_ngrams(args, model, texts, labels):
    """The third part: scores of n-grams, weighed against the recurrence by the validation split."""
    encoded = encode_texts(texts, labels, model.tokenizer, model.labels)
    kept = read_labelled(DATASET, "validation")
    texts, labels = [review.text for review in kept], [review.label for review in kept]
    held_out = encode_texts(texts, labels, model.tokenizer, model.labels)
    settings = dict(longest=args.ngrams, min_texts=args.min_reviews, strength=args.strength)
    model, line = with_ngram_scores(model, encoded, held_out, **settings)
    print(f"{line}: validation accuracy {validation_accuracy(model, [DATASET])}", flush=True)
    return model


def part_of(args, part, **changed):
    """The options of a part of the run, in a folder of its own."""
    return argparse.Namespace(**{**vars(args), "run": f"{args.run}/{part}", **changed})


def settings_of(args, part):
    """What makes a part of a run what it is; none depends on how a later one is trained."""
    words = ("fraction", "cell", "units", "embedding_size", "max_words", "seed")
    words += ("word_rate", "negatives", "rows", "time")
    later = ("ngrams", "min_reviews", "strength")
    kept = words if part == "words" else vars(args).keys() - set(later)
    return {name: value for name, value in vars(args).items() if name in kept}


if __name__ == "__main__":
    recipe.start(main)
