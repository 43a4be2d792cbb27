"""Trains `lm-word-ptb`: a language model of words, from the Penn Treebank.

    python recipes/lm_word_ptb.py --run runs/lm-word-ptb --out lm-word-ptb.keras

The same command goes on where an interrupted run stopped. Epochs are chosen by the validation
split; the test split is left to `zoo evaluate`.
"""

from __future__ import annotations

import argparse
import math

import keras

import zoo
from zoo.backend.compiled import jit_compile
from zoo.data import plan_streams, read_text, stream_batches
from zoo.inputs import train_running_words
from zoo.tasks.language_modelling.evaluate import cross_entropy
from zoo.tasks.language_modelling.truncated_bptt import TruncatedBPTT
from zoo.training.callbacks import ProgressBar
from zoo.training.epochs import Validation, choose_weights, train_epochs
from zoo.training.losses import SmoothedCrossEntropy
from zoo.training.schedules import WarmupHoldDecay
from zoo.training.training_run import TrainingRun

DATASET = "ptb"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--run", default="runs/lm-word-ptb", help="folder of the run")
    parser.add_argument("--out", default="lm-word-ptb.keras", help="the finished model")
    parser.add_argument("--fraction", type=float, default=1.0, help="share of the text to train on")
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--cell", default="lstm")
    parser.add_argument("--units", type=int, default=512)
    parser.add_argument("--layers", type=int, default=2)
    parser.add_argument("--embedding-size", type=int, default=256)
    parser.add_argument(
        "--top-units", type=int, default=256, help="of the top layer; as wide as the embedding"
    )
    parser.add_argument("--residual", action="store_true", help="around layers of one width")
    parser.add_argument("--token-dropout", type=float, default=0.1, help="share of the vocabulary")
    parser.add_argument("--input-dropout", type=float, default=0.3)
    parser.add_argument("--dropout", type=float, default=0.3, help="between layers")
    parser.add_argument("--output-dropout", type=float, default=0.4)
    parser.add_argument("--weight-dropout", type=float, default=0.4, help="of recurrent kernels")
    parser.add_argument("--rows", type=int, default=32, help="streams of text side by side")
    parser.add_argument("--time", type=int, default=64, help="words before gradients stop")
    parser.add_argument("--learning-rate", type=float, default=2e-3)
    parser.add_argument("--warmup", type=int, default=200, help="steps")
    parser.add_argument("--decay", type=float, default=0.7, help="share of the run that cools down")
    parser.add_argument("--clip", type=float, default=1.0, help="norm of all gradients together")
    parser.add_argument("--weight-decay", type=float, default=0.0)
    parser.add_argument("--average", type=int, default=5, help="last epochs kept for averaging")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--precision", default="float32", help="mixed_bfloat16 where the processor has it"
    )
    parser.add_argument("--init-from", help="released name or saved file to start from")
    return parser.parse_args()


def main() -> None:
    args = arguments()
    keras.utils.set_random_seed(args.seed)

    # Text: all of it as ids, the ends of lines among them.
    text = read_text(DATASET, "train")
    start_from = zoo.load(args.init_from) if args.init_from else None
    tokenizer = (
        start_from.tokenizer if start_from else train_running_words([text], is_tokenized=True)
    )
    ids = tokenizer.encode(text)
    ids = ids[: round(len(ids) * args.fraction)]
    held_out = tokenizer.encode(read_text(DATASET, "validation"))

    settings = dict(
        cell=args.cell,
        units=args.units,
        layers=args.layers,
        embedding_size=args.embedding_size,
        top_units=args.top_units,
        token_dropout=args.token_dropout,
        residual=args.residual,
        input_dropout=args.input_dropout,
        dropout=args.dropout,
        output_dropout=args.output_dropout,
        weight_dropout=args.weight_dropout,
        tokenizer=tokenizer,
        dataset=DATASET,
    )
    language_model = zoo.build("lm", dtype=args.precision, **settings)
    finished = zoo.build("lm", dtype="float32", **settings)  # what is validated and saved
    if start_from:
        language_model.set_weights(start_from.get_weights())
    plan = plan_streams(ids, rows=args.rows, time=args.time)
    schedule = WarmupHoldDecay(
        args.learning_rate, plan.steps * args.epochs, args.warmup, args.decay
    )
    model = TruncatedBPTT(language_model, args.rows)
    model.compile(
        optimizer=keras.optimizers.AdamW(
            schedule, weight_decay=args.weight_decay, beta_2=0.99, global_clipnorm=args.clip
        ),
        loss=SmoothedCrossEntropy(),
        jit_compile=jit_compile(),
    )

    asked = {k: v for k, v in vars(args).items() if k not in ("run", "out", "average")}
    run = TrainingRun(args.run, model, keep=args.average, settings=asked)
    print(
        f"{language_model.count_params():,} parameters, {tokenizer.vocabulary_size:,} ids, "
        f"{len(ids):,} words to train on, {len(held_out):,} to choose by, "
        f"{plan.steps:,} steps an epoch; {run.epoch} epochs and {run.step} steps are done",
        flush=True,
    )
    bar = ProgressBar(args.epochs, plan.steps, plan.tokens, 0.0, run.epoch, run.step)

    def batches(epoch, start):
        return stream_batches(
            ids, rows=args.rows, time=args.time, seed=args.seed, epoch=epoch, start=start
        )

    def score():
        finished.set_weights(language_model.get_weights())
        return {DATASET: math.exp(cross_entropy(finished, held_out, streams=16))}

    validation = Validation(score, "perplexity", lower_is_better=True)
    train_epochs(run, args.epochs, plan.steps, batches, validation, bar)
    chosen = choose_weights(run, validation)
    finished.set_weights(language_model.get_weights())
    zoo.save(finished, args.out, dtype="float16")
    print(f"saved the {chosen} as {args.out}; zoo evaluate {args.out} gives its test score")


if __name__ == "__main__":
    main()
