"""Trains `nmt-attn-en-fr`: English to French, image descriptions and everyday sentences.

    python recipes/nmt_attn_en_fr.py --run runs/nmt-attn-en-fr --out nmt-attn-en-fr.keras

The same command goes on where an interrupted run stopped. `--data multi30k` trains the row of the
card that the literature compares; `--fraction 0.1` tries settings on a tenth of the data.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import keras

import zoo
from zoo.backend.compiled import jit_compile
from zoo.data import encode_pairs, load_pairs, plan_batches, translation_batches
from zoo.files import replacing
from zoo.inputs import SentencePieceTokenizer, train_sentencepiece
from zoo.tasks.sequence_to_sequence.evaluate_translation import validation_bleu
from zoo.training.callbacks import ProgressBar
from zoo.training.epochs import Validation, choose_weights, train_epochs
from zoo.training.losses import SmoothedCrossEntropy
from zoo.training.schedules import WarmupHoldDecay
from zoo.training.strategies import distribution_scope, replica_count
from zoo.training.training_run import TrainingRun

# Lengths of the buckets: close together where most sentences are, so that little is padding.
BOUNDARIES = (6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 28, 32, 40, 48, 64)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--run", default="runs/nmt-attn-en-fr", help="folder of the run")
    parser.add_argument("--out", default="nmt-attn-en-fr.keras", help="the finished model")
    parser.add_argument("--data", default="multi30k,multi30k,tatoeba", help="data sets, by commas")
    parser.add_argument("--fraction", type=float, default=1.0, help="share of the data to train on")
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--cell", default="gru")
    parser.add_argument("--attention", default="additive")
    parser.add_argument("--units", type=int, default=384)
    parser.add_argument("--embedding-size", type=int, default=256)
    parser.add_argument("--dropout", type=float, default=0.3)
    parser.add_argument("--vocabulary-size", type=int, default=8000)
    parser.add_argument("--learning-rate", type=float, default=1e-3)
    parser.add_argument("--warmup", type=int, default=1000, help="steps")
    parser.add_argument("--decay", type=float, default=0.5, help="share of the run that cools down")
    parser.add_argument("--smoothing", type=float, default=0.1, help="label smoothing")
    parser.add_argument("--batch-tokens", type=int, default=1024)
    parser.add_argument("--average", type=int, default=5, help="last epochs kept for averaging")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--precision", default="float32", help="mixed_bfloat16 where the processor has it"
    )
    parser.add_argument("--init-from", help="released name or saved file to start from")
    parser.add_argument("--strategy", choices=["mirrored"], help="train on all GPUs")
    return parser.parse_args()


def main() -> None:
    args = arguments()
    keras.utils.set_random_seed(args.seed)
    names = [f"{name}/en-fr" for name in args.data.split(",")]

    # Text: every data set named, twice where it is named twice; one vocabulary for both languages.
    pairs = load_pairs(names[0], "train")
    for name in names[1:]:
        pairs = pairs.concatenate(load_pairs(name, "train"))
    start_from = zoo.load(args.init_from) if args.init_from else None
    tokenizer = start_from.source_tokenizer if start_from else joint_tokenizer(args, names)
    encoded = encode_pairs(every_nth(pairs, args.fraction), tokenizer, tokenizer)

    with distribution_scope(args.strategy):
        batching = dict(
            batch_tokens=args.batch_tokens, boundaries=BOUNDARIES, rows_multiple=replica_count()
        )
        plan = plan_batches(encoded, **batching)
        settings = dict(
            cell=args.cell,
            attention=args.attention,
            units=args.units,
            embedding_size=args.embedding_size,
            dropout=args.dropout,
            source_tokenizer=tokenizer,
        )
        model = zoo.build("nmt", dtype=args.precision, **settings)
        schedule = WarmupHoldDecay(
            args.learning_rate, plan.steps * args.epochs, args.warmup, args.decay
        )
        model.compile(
            optimizer=keras.optimizers.Adam(schedule, beta_2=0.99, global_clipnorm=1.0),
            loss=SmoothedCrossEntropy(args.smoothing),
            jit_compile=jit_compile(),
        )
    finished = zoo.build("nmt", dtype="float32", **settings)  # what is validated and saved
    if start_from:
        model.set_weights(start_from.get_weights())

    asked = {k: v for k, v in vars(args).items() if k not in ("run", "out", "average")}
    run = TrainingRun(args.run, model, keep=args.average, settings=asked)
    print(
        f"{model.count_params():,} parameters, {plan.pairs:,} pairs, {plan.target_tokens:,} target "
        f"tokens and {plan.steps:,} steps an epoch, {plan.padding:.0%} padding; "
        f"{run.epoch} epochs and {run.step} steps are done",
        flush=True,
    )
    bar = ProgressBar(
        args.epochs, plan.steps, plan.target_tokens, plan.padding, run.epoch, run.step
    )
    data = list(dict.fromkeys(names))

    def batches(epoch, start):
        return translation_batches(encoded, seed=args.seed, epoch=epoch, start=start, **batching)

    def score(**search):
        finished.set_weights(model.get_weights())
        return validation_bleu(finished, data, **search)

    # Greedy search on a part follows the training; beam search on the whole chooses what is kept.
    quick = Validation(lambda: score(sentences=500), "BLEU")
    train_epochs(run, args.epochs, plan.steps, batches, quick, bar)
    chosen = choose_weights(run, Validation(lambda: score(beam_size=5), "BLEU, beam 5,"))
    finished.set_weights(model.get_weights())
    zoo.save(finished, args.out, dtype="float16")
    print(f"saved the {chosen} as {args.out}; zoo evaluate {args.out} gives its test scores")


def joint_tokenizer(args: argparse.Namespace, names: list[str]) -> SentencePieceTokenizer:
    """One SentencePiece vocabulary over both languages, trained once and kept with the run."""
    path = Path(args.run) / "sentencepiece.model"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        text = (
            side.decode()
            for name in dict.fromkeys(names)
            for pair in load_pairs(name, "train").as_numpy_iterator()
            for side in pair
        )
        with replacing(path) as part:
            part.write_bytes(train_sentencepiece(text, args.vocabulary_size))
    return SentencePieceTokenizer(path.read_bytes())


def every_nth(pairs, fraction: float):
    """An evenly spaced share of the pairs."""
    if not 0 < fraction <= 1:
        raise SystemExit(f"--fraction is above 0 and at most 1, not {fraction}")
    step = round(1 / fraction)
    return pairs if step == 1 else pairs.shard(step, 0)


if __name__ == "__main__":
    main()
