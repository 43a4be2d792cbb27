"""Trains `pos-bilstm-ewt`: the parts of speech of English, from a Universal Dependencies treebank.

    python recipes/pos_bilstm.py --treebank ewt --run runs/pos-bilstm-ewt --out pos-bilstm-ewt.keras

The same command goes on where an interrupted run stopped. `--treebank sequoia` trains French,
`--treebank ewt,sequoia,sequoia` one model for both, which reads the smaller one twice an epoch;
`--fraction 0.1` tries settings on a tenth of the data.
"""

from __future__ import annotations

import argparse

import keras

import zoo
from zoo import catalogue
from zoo.backend.compiled import jit_compile
from zoo.data import encode_sentences, plan_tagging, read_tagged, tagging_batches
from zoo.inputs import train_words
from zoo.tasks.tagging.evaluate import validation_accuracy
from zoo.training.callbacks import ProgressBar
from zoo.training.epochs import Validation, choose_weights, train_epochs
from zoo.training.losses import SmoothedCrossEntropy
from zoo.training.schedules import WarmupHoldDecay
from zoo.training.training_run import TrainingRun


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--run", default="runs/pos-bilstm-ewt", help="folder of the run")
    parser.add_argument("--out", default="pos-bilstm-ewt.keras", help="the finished model")
    parser.add_argument("--treebank", default="ewt", help="treebanks, by commas")
    parser.add_argument("--fraction", type=float, default=1.0, help="share of the data to train on")
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--cell", default="lstm", help="a plugin's may want --recurrent-dropout 0")
    parser.add_argument("--units", type=int, default=300, help="of both directions together")
    parser.add_argument("--layers", type=int, default=2)
    parser.add_argument("--embedding-size", type=int, default=100)
    parser.add_argument("--filters", type=int, default=50, help="of each width over characters")
    parser.add_argument("--min-count", type=int, default=2, help="of the words that are known")
    parser.add_argument("--crf", action="store_true", help="choose the labels together")
    parser.add_argument("--dropout", type=float, default=0.4)
    parser.add_argument("--recurrent-dropout", type=float, default=0.2)
    parser.add_argument("--word-dropout", type=float, default=0.1)
    parser.add_argument("--learning-rate", type=float, default=2e-3)
    parser.add_argument("--warmup", type=int, default=200, help="steps")
    parser.add_argument("--decay", type=float, default=0.7, help="share of the run that cools down")
    parser.add_argument("--smoothing", type=float, default=0.1, help="label smoothing")
    parser.add_argument("--batch-tokens", type=int, default=512)
    parser.add_argument("--average", type=int, default=5, help="last epochs kept for averaging")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--init-from", help="released name or saved file to start from")
    return parser.parse_args()


def main() -> None:
    args = arguments()
    keras.utils.set_random_seed(args.seed)
    treebanks = [f"ud/{name}" for name in args.treebank.split(",")]

    # Text: a vocabulary of the words that are seen often enough, and every word once in memory.
    sentences = every_nth(
        [sentence for name in treebanks for sentence in read_tagged(name, "train")], args.fraction
    )
    start_from = zoo.load(args.init_from) if args.init_from else None
    tokens = [sentence.tokens for sentence in sentences]
    tokenizer = start_from.tokenizer if start_from else train_words(tokens, args.min_count)

    model = zoo.build(
        "pos",
        cell=args.cell,
        units=args.units,
        layers=args.layers,
        embedding_size=args.embedding_size,
        character_filters=args.filters,
        dropout=args.dropout,
        recurrent_dropout=args.recurrent_dropout,
        word_dropout=args.word_dropout,
        crf=args.crf,
        tokenizer=tokenizer,
        languages=languages_of(treebanks),
    )
    tags = [sentence.tags for sentence in sentences]
    encoded = encode_sentences(tokens, tags, tokenizer, model.labels)
    plan = plan_tagging(encoded, batch_tokens=args.batch_tokens)
    schedule = WarmupHoldDecay(
        args.learning_rate, plan.steps * args.epochs, args.warmup, args.decay
    )
    model.compile(
        optimizer=keras.optimizers.Adam(schedule, beta_2=0.99, global_clipnorm=1.0),
        loss=None if args.crf else SmoothedCrossEntropy(args.smoothing),
        jit_compile=jit_compile(),
    )
    if start_from:
        model.set_weights(start_from.get_weights())

    settings = {k: v for k, v in vars(args).items() if k not in ("run", "out", "average")}
    run = TrainingRun(args.run, model, keep=args.average, settings=settings)
    print(
        f"{model.count_params():,} parameters, {tokenizer.vocabulary_size:,} words known, "
        f"{plan.sentences:,} sentences, {plan.tokens:,} words and {plan.steps:,} steps an epoch, "
        f"{plan.padding:.0%} padding; {run.epoch} epochs and {run.step} steps are done",
        flush=True,
    )
    bar = ProgressBar(args.epochs, plan.steps, plan.tokens, plan.padding, run.epoch, run.step)

    def batches(epoch, start):
        return tagging_batches(
            encoded, batch_tokens=args.batch_tokens, seed=args.seed, epoch=epoch, start=start
        )

    each = list(dict.fromkeys(treebanks))
    validation = Validation(lambda: validation_accuracy(model, each), "accuracy")
    train_epochs(run, args.epochs, plan.steps, batches, validation, bar)
    chosen = choose_weights(run, validation)
    zoo.save(model, args.out, dtype="float11")
    print(f"saved the {chosen} as {args.out}; zoo evaluate {args.out} gives its test scores")


def languages_of(treebanks: list[str]) -> list[str]:
    configs = catalogue.datasets.get("ud").builder_configs
    return list(dict.fromkeys(configs[name.partition("/")[2]].language for name in treebanks))


def every_nth(sentences: list, fraction: float) -> list:
    """An evenly spaced share of the sentences."""
    if not 0 < fraction <= 1:
        raise SystemExit(f"--fraction is above 0 and at most 1, not {fraction}")
    return sentences[:: round(1 / fraction)]


if __name__ == "__main__":
    main()
