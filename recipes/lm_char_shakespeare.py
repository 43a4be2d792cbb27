"""Trains `lm-char-shakespeare`: a language model of characters, from tiny Shakespeare.

    python recipes/lm_char_shakespeare.py --run runs/lm-char-shakespeare \
        --out lm-char-shakespeare.keras

The same command goes on where an interrupted run stopped. Whatever chooses an epoch looks at the
end of the training text, which is held out for it; the test split is left to `zoo evaluate`.
"""

from __future__ import annotations

import argparse

import keras

import zoo
from zoo.backend.compiled import jit_compile
from zoo.data import plan_streams, read_text, stream_batches
from zoo.inputs import train_characters
from zoo.tasks.language_modelling.evaluate import cross_entropy
from zoo.tasks.language_modelling.truncated_bptt import TruncatedBPTT
from zoo.training.callbacks import ProgressBar
from zoo.training.epochs import Validation, choose_weights, train_epochs
from zoo.training.losses import SmoothedCrossEntropy
from zoo.training.schedules import WarmupHoldDecay
from zoo.training.training_run import TrainingRun

DATASET = "tiny_shakespeare"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--run", default="runs/lm-char-shakespeare", help="folder of the run")
    parser.add_argument("--out", default="lm-char-shakespeare.keras", help="the finished model")
    parser.add_argument("--fraction", type=float, default=1.0, help="share of the text to train on")
    parser.add_argument("--held-out", type=float, default=0.05, help="share for validation")
    parser.add_argument("--epochs", type=int, default=40)
    parser.add_argument("--cell", default="lstm")
    parser.add_argument("--units", type=int, default=512)
    parser.add_argument("--layers", type=int, default=2)
    parser.add_argument("--embedding-size", type=int, default=64)
    parser.add_argument("--residual", action="store_true", help="around layers of one width")
    parser.add_argument("--input-dropout", type=float, default=0.1)
    parser.add_argument("--dropout", type=float, default=0.5, help="between layers")
    parser.add_argument("--output-dropout", type=float, default=0.5)
    parser.add_argument("--weight-dropout", type=float, default=0.3, help="of recurrent kernels")
    parser.add_argument("--rows", type=int, default=32, help="streams of text side by side")
    parser.add_argument("--time", type=int, default=128, help="characters before gradients stop")
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

    # Text: all of it as ids, its end for validation.
    text = read_text(DATASET, "train")
    start_from = zoo.load(args.init_from) if args.init_from else None
    tokenizer = start_from.tokenizer if start_from else train_characters([text])
    ids = tokenizer.encode(text)
    end = round(len(ids) * (1 - args.held_out))
    ids, held_out = ids[: round(end * args.fraction)], ids[end:]

    settings = dict(
        cell=args.cell,
        units=args.units,
        layers=args.layers,
        embedding_size=args.embedding_size,
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
        f"{language_model.count_params():,} parameters, {tokenizer.vocabulary_size} ids, "
        f"{len(ids):,} characters to train on and {len(held_out):,} held out, "
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
        return {DATASET: cross_entropy(finished, held_out, streams=16)}

    validation = Validation(score, "nats per character", lower_is_better=True, digits=4)
    train_epochs(run, args.epochs, plan.steps, batches, validation, bar)
    chosen = choose_weights(run, validation)
    finished.set_weights(language_model.get_weights())
    zoo.save(finished, args.out, dtype="float16")
    print(f"saved the {chosen} as {args.out}; zoo evaluate {args.out} gives its test score")


if __name__ == "__main__":
    main()
