"""Trains `spell-char-en`: damaged English words, such as `hellx` or `netwxxx`, made whole.

    python recipes/spell_char_en.py --run runs/spell --out spell-char-en.keras

The same command goes on where an interrupted run stopped. The words are those of film reviews; one
in twenty is kept to choose by and one to test with, and is never trained on. Every epoch damages
the others anew. The model carries the list of all the words, leaves them as they are, and repairs
others by the likeliest.
"""

from __future__ import annotations

import argparse
import math
from functools import partial

import keras
import numpy as np
import tensorflow as tf

import zoo
from zoo.backend.compiled import jit_compile
from zoo.data import encode_pairs, plan_batches, translation_batches
from zoo.data.damaged_words import KINDS, MIN_COUNT, SHORTEST_DAMAGED, damage, split_of
from zoo.inputs import SentencePieceTokenizer, train_sentencepiece
from zoo.tasks.sequence_to_sequence.evaluate_spelling import read_words, spelling_rows
from zoo.training.callbacks import ProgressBar
from zoo.training.epochs import Validation, choose_weights, train_epochs
from zoo.training.losses import SmoothedCrossEntropy
from zoo.training.schedules import WarmupHoldDecay
from zoo.training.training_run import TrainingRun

BOUNDARIES = (6, 8, 10, 12, 14, 18)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--run", default="runs/spell-char-en", help="folder of the run")
    parser.add_argument("--out", default="spell-char-en.keras", help="the finished model")
    parser.add_argument("--fraction", type=float, default=1.0, help="share of the words")
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--cell", default="gru")
    parser.add_argument("--attention", default="additive")
    parser.add_argument("--units", type=int, default=192)
    parser.add_argument("--embedding-size", type=int, default=48)
    parser.add_argument("--dropout", type=float, default=0.2)
    parser.add_argument("--learning-rate", type=float, default=2e-3)
    parser.add_argument("--warmup", type=int, default=300, help="steps")
    parser.add_argument("--decay", type=float, default=0.7, help="share of the run that cools down")
    parser.add_argument("--batch-tokens", type=int, default=2048)
    parser.add_argument("--free", action="store_true", help="without a list of words to choose of")
    parser.add_argument("--average", type=int, default=5, help="last epochs kept for averaging")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def main() -> None:
    args = arguments()
    keras.utils.set_random_seed(args.seed)
    if not 0 < args.fraction <= 1:
        raise SystemExit(f"--fraction is above 0 and at most 1, not {args.fraction}")

    # Words, and a tokenizer that has a piece for each letter.
    counts = read_words()
    words = list(counts)[:: round(1 / args.fraction)]
    known = [word for word in words if split_of(word) == "train"]
    letters = train_sentencepiece(known, 4 + 1 + len(set("".join(known))), "char")
    tokenizer = SentencePieceTokenizer(letters)
    model = zoo.build(
        "spell",
        cell=args.cell,
        attention=args.attention,
        units=args.units,
        embedding_size=args.embedding_size,
        dropout=args.dropout,
        source_tokenizer=tokenizer,
        lexicon=None if args.free else words,
    )
    batching = dict(batch_tokens=args.batch_tokens, boundaries=BOUNDARIES)
    often = [word for word in known for _ in range(copies(counts[word]))]
    encode = partial(damaged_pairs, often, tokenizer, args.seed)
    plan = plan_batches(encode(0), **batching)
    schedule = WarmupHoldDecay(
        args.learning_rate, plan.steps * args.epochs, args.warmup, args.decay
    )
    model.compile(
        optimizer=keras.optimizers.Adam(schedule, beta_2=0.99, global_clipnorm=1.0),
        loss=SmoothedCrossEntropy(),
        jit_compile=jit_compile(),
    )
    settings = {k: v for k, v in vars(args).items() if k not in ("run", "out", "average")}
    run = TrainingRun(args.run, model, keep=args.average, settings=settings)
    print(
        f"{model.count_params():,} parameters, {len(known):,} of {len(words):,} words, "
        f"{plan.steps:,} steps an epoch; {run.epoch} epochs and {run.step} steps are done",
        flush=True,
    )
    bar = ProgressBar(
        args.epochs, plan.steps, plan.target_tokens, plan.padding, run.epoch, run.step
    )

    def batches(epoch, start):
        pairs = encode(epoch)
        return translation_batches(pairs, seed=args.seed, epoch=epoch, start=start, **batching)

    def score():
        rows = spelling_rows(model, words, "validation")
        return {"exact repair": rows[0]["value"]}

    validation = Validation(score, "per cent of")
    train_epochs(run, args.epochs, plan.steps, batches, validation, bar)
    chosen = choose_weights(run, validation)
    zoo.save(model, args.out, dtype="float11")
    print(f"saved the {chosen} as {args.out}; zoo evaluate {args.out} gives its test scores")


def copies(count: int) -> int:
    """How often a word is read in an epoch: what may be `hello` or `hella` is rather `hello`."""
    return 1 + round(math.log2(count / MIN_COUNT) / 2)


def damaged_pairs(words, tokenizer, seed: int, epoch: int):
    """Every word damaged in every way, and once whole, in the places of an epoch."""
    rng = np.random.default_rng([seed, epoch])
    long = [word for word in words if len(word) >= SHORTEST_DAMAGED]
    pairs = [(damage(word, kind, rng), word) for word in long for kind in KINDS]
    pairs += [(word, word) for word in words]
    columns = tuple(map(list, zip(*pairs, strict=True)))
    return encode_pairs(tf.data.Dataset.from_tensor_slices(columns), tokenizer, tokenizer)


if __name__ == "__main__":
    main()
