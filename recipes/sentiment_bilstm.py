"""Trains `sentiment-bilstm-sst2` and `rating-bilstm-sst5`: what film reviews think of a film.

    python recipes/sentiment_bilstm.py --task rating --run runs/rating --out rating.keras

The same command goes on where an interrupted run stopped. The phrases of the treebank are what is
trained on, whole sentences are what is scored; `--fraction 0.1` tries settings on a tenth of the
data. `--init-from sentiment-bilstm-imdb --units 512 --embedding-size 128` begins with what a model
of longer reviews has learnt: the vectors of its words, and its recurrence.
"""

from __future__ import annotations

import argparse

import keras

import zoo
from zoo.backend.compiled import jit_compile
from zoo.data import classification_batches, encode_texts, plan_classification, read_labelled
from zoo.inputs import WordTokenizer, train_words
from zoo.layers.pooling import KINDS
from zoo.tasks.classification.carry_over import carry_over
from zoo.tasks.classification.evaluate import validation_accuracy
from zoo.tasks.classification.ngrams import with_ngram_scores
from zoo.training.callbacks import ProgressBar
from zoo.training.epochs import Validation, choose_weights, train_epochs
from zoo.training.losses import SmoothedCrossEntropy
from zoo.training.schedules import WarmupHoldDecay
from zoo.training.training_run import TrainingRun

DATASETS = {"sentiment": "sst/binary", "rating": "sst/fine"}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--task", choices=sorted(DATASETS), default="sentiment")
    parser.add_argument("--run", default="runs/sentiment-bilstm-sst2", help="folder of the run")
    parser.add_argument("--out", default="sentiment-bilstm-sst2.keras", help="the finished model")
    parser.add_argument("--fraction", type=float, default=1.0, help="share of the data to train on")
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--cell", default="lstm")
    parser.add_argument("--units", type=int, default=300, help="of both directions together")
    parser.add_argument("--layers", type=int, default=1)
    parser.add_argument("--embedding-size", type=int, default=96)
    parser.add_argument("--pooling", choices=KINDS, default="max")
    parser.add_argument("--min-count", type=int, default=2, help="of the words that are known")
    parser.add_argument("--more-words", type=int, default=4000, help="known to --init-from alone")
    parser.add_argument("--dropout", type=float, default=0.5)
    parser.add_argument("--word-dropout", type=float, default=0.1)
    parser.add_argument("--learning-rate", type=float, default=1e-3)
    parser.add_argument("--warmup", type=int, default=300, help="steps")
    parser.add_argument("--decay", type=float, default=0.7, help="share of the run that cools down")
    parser.add_argument("--smoothing", type=float, default=0.0, help="label smoothing")
    parser.add_argument("--batch-tokens", type=int, default=2048)
    parser.add_argument("--average", type=int, default=3, help="last epochs kept for averaging")
    parser.add_argument("--ngrams", type=int, default=0, help="words of the longest that score")
    parser.add_argument("--min-phrases", type=int, default=2, help="that an n-gram stands in")
    parser.add_argument("--strength", type=float, default=0.2, help="of phrases against no scores")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--init-from", help="released name or saved file to start from")
    return parser.parse_args()


def with_words_of(other: WordTokenizer, own: WordTokenizer, more: int) -> WordTokenizer:
    """A tokenizer that knows the most frequent words of another one too."""
    known = set(own.words)
    others = [word for word in other.words if word not in known]
    return WordTokenizer([*own.words, *others[:more]], own.characters)


def main() -> None:
    args = arguments()
    keras.utils.set_random_seed(args.seed)
    dataset = DATASETS[args.task]

    # Text: every phrase once, and a vocabulary of the words that are seen often enough.
    if not 0 < args.fraction <= 1:
        raise SystemExit(f"--fraction is above 0 and at most 1, not {args.fraction}")
    phrases = read_labelled(dataset, "train")[:: round(1 / args.fraction)]
    tokens = [phrase.text for phrase in phrases]
    start_from = zoo.load(args.init_from) if args.init_from else None
    tokenizer = train_words(tokens, args.min_count)
    if start_from:
        tokenizer = with_words_of(start_from.tokenizer, tokenizer, args.more_words)
    model = zoo.build(
        args.task,
        cell=args.cell,
        units=args.units,
        layers=args.layers,
        embedding_size=args.embedding_size,
        pooling=args.pooling,
        dropout=args.dropout,
        word_dropout=args.word_dropout,
        tokenizer=tokenizer,
        dataset=dataset,
    )
    labels = [phrase.label for phrase in phrases]
    encoded = encode_texts(tokens, labels, tokenizer, model.labels)
    plan = plan_classification(encoded, batch_tokens=args.batch_tokens)
    schedule = WarmupHoldDecay(
        args.learning_rate, plan.steps * args.epochs, args.warmup, args.decay
    )
    model.compile(
        optimizer=keras.optimizers.Adam(schedule, beta_2=0.99, global_clipnorm=1.0),
        loss=SmoothedCrossEntropy(args.smoothing),
        jit_compile=jit_compile(),
    )
    if start_from:
        known = carry_over(start_from, model)
        print(f"{known:,} words begin with what {args.init_from} knows of them", flush=True)

    others = ("run", "out", "average", "ngrams", "min_phrases", "strength")
    settings = {k: v for k, v in vars(args).items() if k not in others}
    run = TrainingRun(args.run, model, keep=args.average, settings=settings)
    print(
        f"{model.count_params():,} parameters, {tokenizer.vocabulary_size:,} words known, "
        f"{plan.texts:,} phrases, {plan.tokens:,} words and {plan.steps:,} steps an epoch; "
        f"{run.epoch} epochs and {run.step} steps are done",
        flush=True,
    )
    bar = ProgressBar(args.epochs, plan.steps, plan.tokens, plan.filling, run.epoch, run.step)

    def batches(epoch, start):
        return classification_batches(
            encoded, batch_tokens=args.batch_tokens, seed=args.seed, epoch=epoch, start=start
        )

    validation = Validation(lambda: validation_accuracy(model, [dataset]), "accuracy")
    train_epochs(run, args.epochs, plan.steps, batches, validation, bar)
    chosen = choose_weights(run, validation)
    finished = model
    if args.ngrams:
        kept = read_labelled(dataset, "validation")
        tokens, labels = [one.text for one in kept], [one.label for one in kept]
        held_out = encode_texts(tokens, labels, tokenizer, model.labels)
        scoring = dict(longest=args.ngrams, min_texts=args.min_phrases, strength=args.strength)
        finished, line = with_ngram_scores(model, encoded, held_out, **scoring)
        validation.report(line, validation_accuracy(finished, [dataset]))
    zoo.save(finished, args.out, dtype="float11")
    print(f"saved the {chosen} as {args.out}; zoo evaluate {args.out} gives its test scores")


if __name__ == "__main__":
    main()
