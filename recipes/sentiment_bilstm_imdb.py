"""Trains `sentiment-bilstm-imdb`: whether a film review likes the film.

    python recipes/sentiment_bilstm_imdb.py --run runs/imdb --out sentiment-bilstm-imdb.keras

It has three parts: both directions of the recurrence first learn to predict the words of all
reviews, the unlabelled ones among them, and then what the labelled ones say; beside it, n-grams get
scores of their own. The same command goes on where an interrupted run stopped. `--fraction 0.1`
tries settings on a tenth of the reviews.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

import zoo
from zoo import files
from zoo.backend.compiled import jit_compile
from zoo.data import (
    classification_batches,
    encode_texts,
    generated_batches,
    plan_classification,
    plan_streams,
    read_labelled,
    stream_batches,
)
from zoo.inputs import WordTokenizer, train_words
from zoo.layers.pooling import KINDS
from zoo.tasks.classification.adversarial import Adversarial
from zoo.tasks.classification.evaluate import validation_accuracy
from zoo.tasks.classification.ngrams import with_ngram_scores
from zoo.tasks.classification.word_prediction import WordPrediction
from zoo.training.callbacks import ProgressBar
from zoo.training.epochs import Validation, choose_weights, train_epochs
from zoo.training.losses import SmoothedCrossEntropy
from zoo.training.schedules import WarmupHoldDecay
from zoo.training.training_run import TrainingRun, check_settings

DATASET = "imdb"
BOUNDARIES = (64, 96, 128, 160, 192, 256, 320, 400)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--run", default="runs/imdb", help="folder of the run")
    parser.add_argument("--out", default="sentiment-bilstm-imdb.keras", help="the finished model")
    parser.add_argument("--fraction", type=float, default=1.0, help="share of the reviews")
    parser.add_argument("--cell", default="lstm")
    parser.add_argument("--units", type=int, default=512, help="of both directions together")
    parser.add_argument("--embedding-size", type=int, default=128)
    parser.add_argument("--max-words", type=int, default=28_000, help="words that are known")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--precision", default="float32", help="mixed_bfloat16 where the processor has it"
    )

    words = parser.add_argument_group("words of all reviews")
    words.add_argument("--word-epochs", type=int, default=2)
    words.add_argument("--word-rate", type=float, default=2e-3, help="learning rate")
    words.add_argument("--negatives", type=int, default=1024, help="words of a sampled softmax")
    words.add_argument("--rows", type=int, default=32, help="streams of text side by side")
    words.add_argument("--time", type=int, default=100, help="words before gradients stop")

    labels = parser.add_argument_group("labels")
    labels.add_argument("--epochs", type=int, default=4)
    labels.add_argument("--learning-rate", type=float, default=1e-3)
    labels.add_argument("--pooling", choices=KINDS, default="max")
    labels.add_argument("--dropout", type=float, default=0.5)
    labels.add_argument("--word-dropout", type=float, default=0.1)
    labels.add_argument("--adversarial", type=float, default=0.0, help="norm of the perturbation")
    labels.add_argument("--warmup", type=int, default=200, help="steps")
    labels.add_argument("--decay", type=float, default=0.9, help="share of the run that cools down")
    labels.add_argument("--batch-tokens", type=int, default=4096)
    labels.add_argument("--longest", type=int, default=400, help="words kept of a training review")
    labels.add_argument("--average", type=int, default=3, help="last epochs kept for averaging")

    ngrams = parser.add_argument_group("n-grams")
    ngrams.add_argument("--ngrams", type=int, default=3, help="words of the longest; 0: none")
    ngrams.add_argument("--min-reviews", type=int, default=5, help="that an n-gram stands in")
    ngrams.add_argument("--strength", type=float, default=0.05, help="of reviews against zeros")
    return parser.parse_args()


def main() -> None:
    args = arguments()
    keras.utils.set_random_seed(args.seed)
    if not 0 < args.fraction <= 1:
        raise SystemExit(f"--fraction is above 0 and at most 1, not {args.fraction}")
    every = round(1 / args.fraction)
    check_settings(f"{args.run}/labels", settings_of(args, "labels"))
    reviews = read_labelled(DATASET, "train")[::every]
    texts = [review.text for review in reviews]
    unlabelled = [review.text for review in read_labelled(DATASET, "unlabelled")[::every]]
    tokenizer, ids = words_of(texts + unlabelled, Path(args.run) / "words.npz", args.max_words)
    settings = dict(
        cell=args.cell,
        units=args.units,
        embedding_size=args.embedding_size,
        pooling=args.pooling,
        dropout=args.dropout,
        word_dropout=args.word_dropout,
        tokenizer=tokenizer,
        dataset=DATASET,
    )
    model = zoo.build("sentiment", dtype=args.precision, **settings)
    finished = zoo.build("sentiment", dtype="float32", **settings)  # what is validated and saved
    print(
        f"{model.count_params():,} parameters, {tokenizer.vocabulary_size:,} words known, "
        f"{len(reviews):,} labelled reviews, {len(ids):,} words in all",
        flush=True,
    )
    if args.word_epochs:
        predict_words(model, ids, args)
    labels = [review.label for review in reviews]
    fine_tune(model, finished, texts, labels, args)
    if args.ngrams:
        finished = with_ngrams(finished, texts, labels, args)
    zoo.save(finished, args.out, dtype="float11")
    print(f"saved as {args.out}; zoo evaluate {args.out} gives its test score")


def words_of(texts: list[str], kept: Path, max_words: int) -> tuple[WordTokenizer, np.ndarray]:
    """The vocabulary, and the ids of all texts in a row; kept, since that takes minutes."""
    if not kept.exists():
        made = train_words(WordTokenizer().cut(texts), min_count=3, max_words=max_words)
        ids = np.concatenate(made.word_ids(texts))
        kept.parent.mkdir(parents=True, exist_ok=True)
        with files.replacing(kept) as part, open(part, "wb") as file:
            np.savez(file, ids=ids, words=made.words, characters=made.characters)
    with np.load(kept) as found:
        words, characters = found["words"].tolist(), found["characters"].tolist()
        return WordTokenizer(words, characters), found["ids"]


def predict_words(model: keras.Model, ids: np.ndarray, args: argparse.Namespace) -> None:
    """The first part: both directions learn to predict words, the last 2 % of them held out."""
    end = len(ids) * 98 // 100
    held_out, ids = ids[end:], ids[:end]
    counts = np.bincount(ids, minlength=model.tokenizer.vocabulary_size)
    predictor = WordPrediction(model, counts)
    plan = plan_streams(ids, rows=args.rows, time=args.time)
    schedule = WarmupHoldDecay(args.word_rate, plan.steps * args.word_epochs, 500, 0.7)
    compile_model(predictor, schedule)

    def batches(ids, epoch, start):
        generator = np.random.default_rng([args.seed, epoch, start])
        streams = stream_batches(
            ids, rows=args.rows, time=args.time, seed=args.seed, epoch=epoch, start=start
        )

        def with_negatives():
            for inputs, _ in streams.as_numpy_iterator():
                drawn = predictor.draw(generator, args.negatives)
                yield ({"words": inputs["tokens"], "negatives": drawn},)

        words = tf.TensorSpec([args.rows, args.time], tf.int32)
        drawn = tf.TensorSpec([args.negatives], tf.int32)
        return generated_batches(
            with_negatives, ({"words": words, "negatives": drawn},), len(streams)
        )

    def score():
        steps = plan_streams(held_out, rows=args.rows, time=args.time).steps
        nats = predictor.evaluate(batches(held_out, 0, 0), steps=steps, verbose=0)
        return {"held-out words": nats}

    run = TrainingRun(f"{args.run}/words", predictor, keep=1, settings=settings_of(args, "words"))
    bar = ProgressBar(args.word_epochs, plan.steps, plan.tokens, epoch=run.epoch, step=run.step)
    validation = Validation(score, "nats of a sampled softmax", lower_is_better=True, digits=3)
    train_epochs(
        run,
        args.word_epochs,
        plan.steps,
        lambda epoch, start: batches(ids, epoch, start),
        validation,
        bar,
    )
    run.load_average(1)


def fine_tune(
    model: keras.Model,
    finished: keras.Model,
    texts: list[str],
    labels: list[str],
    args: argparse.Namespace,
) -> None:
    """The second part: the labels. The best weights are those of `finished`."""
    encoded = encode_texts(texts, labels, model.tokenizer, model.labels, longest=args.longest)
    batching = dict(batch_tokens=args.batch_tokens, boundaries=BOUNDARIES)
    plan = plan_classification(encoded, **batching)
    schedule = WarmupHoldDecay(
        args.learning_rate, plan.steps * args.epochs, args.warmup, args.decay
    )
    trained = Adversarial(model, args.adversarial) if args.adversarial else model
    compile_model(trained, schedule, SmoothedCrossEntropy())

    def batches(epoch, start):
        return classification_batches(encoded, seed=args.seed, epoch=epoch, start=start, **batching)

    settings = settings_of(args, "labels")
    run = TrainingRun(f"{args.run}/labels", trained, keep=args.average, settings=settings)
    bar = ProgressBar(args.epochs, plan.steps, plan.tokens, plan.filling, run.epoch, run.step)

    def score():
        finished.set_weights(model.get_weights())
        return validation_accuracy(finished, [DATASET])

    validation = Validation(score, "accuracy")
    train_epochs(run, args.epochs, plan.steps, batches, validation, bar)
    print(f"the {choose_weights(run, validation)} is kept", flush=True)
    finished.set_weights(model.get_weights())


def with_ngrams(
    model: keras.Model, texts: list[str], labels: list[str], args: argparse.Namespace
) -> keras.Model:
    """The third part: scores of n-grams, weighed against the recurrence by the validation split."""
    encoded = encode_texts(texts, labels, model.tokenizer, model.labels)
    kept = read_labelled(DATASET, "validation")
    texts, labels = [review.text for review in kept], [review.label for review in kept]
    held_out = encode_texts(texts, labels, model.tokenizer, model.labels)
    settings = dict(longest=args.ngrams, min_texts=args.min_reviews, strength=args.strength)
    model, line = with_ngram_scores(model, encoded, held_out, **settings)
    validation = Validation(lambda: validation_accuracy(model, [DATASET]), "accuracy")
    validation.report(line, validation.score())
    return model


def compile_model(model: keras.Model, schedule, loss=None) -> None:
    model.compile(
        optimizer=keras.optimizers.Adam(schedule, beta_2=0.99, global_clipnorm=1.0),
        loss=loss,
        jit_compile=jit_compile(),
    )


def settings_of(args: argparse.Namespace, part: str) -> dict:
    """What makes a part of a run what it is; none depends on how a later one is trained.

    How many epochs the first has may grow: a run that is done goes on with more of them.
    """
    words = ("fraction", "cell", "units", "embedding_size", "max_words", "seed")
    words += ("word_rate", "negatives", "rows", "time")
    later = ("run", "out", "average", "ngrams", "min_reviews", "strength")
    kept = words if part == "words" else vars(args).keys() - set(later)
    return {name: value for name, value in vars(args).items() if name in kept}


if __name__ == "__main__":
    main()
