"""Trains `caption-nic-flickr8k` and `caption-attn-flickr8k`: photographs to English captions.

    python recipes/caption_flickr8k.py --model attn --run runs/attn --out caption-attn.keras

The same command goes on where an interrupted run stopped; `--fraction 0.1` tries settings on a
tenth of the photographs. The encoder stays as it is, and its outputs are kept under `ZOO_HOME`.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import keras
import numpy as np

import zoo
from zoo.backend.compiled import compile_step, jit_compile
from zoo.data import cached_grids, caption_batches, encode_captions, load_examples, plan_batches
from zoo.data.captioned import BOUNDARIES
from zoo.data.efficient_net import load_efficient_net
from zoo.decoding import BeamSearch, GreedySearch
from zoo.files import replacing
from zoo.inputs import Images, SentencePieceTokenizer, train_sentencepiece
from zoo.layers import EfficientNetLite
from zoo.metrics.captions import caption_scores, plain_words
from zoo.training.callbacks import ProgressBar
from zoo.training.epochs import Validation, choose_weights, train_epochs
from zoo.training.losses import SmoothedCrossEntropy
from zoo.training.schedules import WarmupHoldDecay
from zoo.training.strategies import distribution_scope, replica_count
from zoo.training.training_run import TrainingRun

LONGEST = 30  # tokens of a caption that is searched for


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--model", choices=["nic", "attn"], default="attn")
    parser.add_argument("--run", default="runs/caption", help="folder of the run")
    parser.add_argument("--out", default="caption.keras", help="the finished model")
    parser.add_argument("--fraction", type=float, default=1.0, help="share of the photographs")
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--cell", default="gru")
    parser.add_argument("--attention", default="additive")
    parser.add_argument("--units", type=int, default=512)
    parser.add_argument("--embedding-size", type=int, default=256)
    parser.add_argument("--memory-size", type=int, default=512)
    parser.add_argument("--attention-units", type=int, default=256)
    parser.add_argument("--doubly-stochastic", type=float, default=1.0)
    parser.add_argument("--dropout", type=float, default=0.4)
    parser.add_argument("--image-dropout", type=float, default=0.3)
    parser.add_argument("--vocabulary-size", type=int, default=2500)
    parser.add_argument("--learning-rate", type=float, default=1e-3)
    parser.add_argument("--warmup", type=int, default=300, help="steps")
    parser.add_argument("--decay", type=float, default=0.7, help="share of the run that cools down")
    parser.add_argument("--smoothing", type=float, default=0.1, help="label smoothing")
    parser.add_argument("--batch-tokens", type=int, default=1024)
    parser.add_argument("--average", type=int, default=5, help="last epochs kept for averaging")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--precision", default="float32", help="mixed_bfloat16 where the processor has it"
    )
    parser.add_argument("--init-from", help="saved file to start from")
    parser.add_argument("--strategy", choices=["mirrored"], help="train on all GPUs")
    return parser.parse_args()


def main() -> None:
    args = arguments()
    keras.utils.set_random_seed(args.seed)
    backbone = new_backbone(args)
    captions, photographs = read("train", args.fraction)
    start_from = zoo.load(args.init_from) if args.init_from else None
    tokenizer = start_from.target_tokenizer if start_from else subwords(args, captions)
    views = [grids(args, backbone, photographs, captions, "train", side) for side in (False, True)]
    encoded = encode_captions([list(map(plain, texts)) for texts in captions], tokenizer, views)
    references, photographs = read("validation", args.fraction)
    unseen = grids(args, backbone, photographs, references, "validation", False)

    with distribution_scope(args.strategy):
        batching = dict(
            batch_tokens=args.batch_tokens, boundaries=BOUNDARIES, rows_multiple=replica_count()
        )
        plan = plan_batches(encoded, **batching)
        model = captioner(args, tokenizer, args.precision)
        schedule = WarmupHoldDecay(
            args.learning_rate, plan.steps * args.epochs, args.warmup, args.decay
        )
        model.compile(
            optimizer=keras.optimizers.Adam(schedule, beta_2=0.99, global_clipnorm=1.0),
            loss=SmoothedCrossEntropy(args.smoothing),
            jit_compile=jit_compile(),
        )
    finished = captioner(args, tokenizer, "float32")  # what is validated and saved
    if start_from:
        model.set_weights(start_from.get_weights())
    else:
        model.encoder.backbone.set_weights(backbone.get_weights())

    asked = {k: v for k, v in vars(args).items() if k not in ("run", "out", "average")}
    run = TrainingRun(args.run, model, keep=args.average, settings=asked)
    print(
        f"{model.count_params():,} parameters, {plan.pairs:,} captions, {plan.target_tokens:,} "
        f"tokens and {plan.steps:,} steps an epoch, {plan.padding:.0%} padding; "
        f"{run.epoch} epochs and {run.step} steps are done",
        flush=True,
    )
    bar = ProgressBar(
        args.epochs, plan.steps, plan.target_tokens, plan.padding, run.epoch, run.step
    )

    def batches(epoch, start):
        return caption_batches(encoded, seed=args.seed, epoch=epoch, start=start, **batching)

    def scorer(search):
        def decode(source):
            states, constants = finished.start(source)
            limits = keras.ops.full((source.shape[0],), LONGEST, dtype="int32")
            return search(finished.step, states, constants, limits).ids[:, 0]

        decode = compile_step(finished, decode)

        def score():
            finished.set_weights(model.get_weights())
            ids = [decode(unseen[i : i + 100]) for i in range(0, len(unseen), 100)]
            rows = np.concatenate([keras.ops.convert_to_numpy(part) for part in ids])
            answers = tokenizer.decode(rows.tolist())
            found = caption_scores(answers, references, tokenizer="plain", meteor=False)
            return {"BLEU-4": found.bleu[3]}

        return score

    quick = Validation(scorer(GreedySearch(max_length=LONGEST)), "greedy")
    train_epochs(run, args.epochs, plan.steps, batches, quick, bar)
    beam = BeamSearch(5, max_length=LONGEST)
    chosen = choose_weights(run, Validation(scorer(beam), "beam 5"))
    finished.set_weights(model.get_weights())
    zoo.save(finished, args.out)
    print(f"saved the {chosen} as {args.out}")


def new_backbone(args: argparse.Namespace) -> EfficientNetLite:
    """For one vector with the last convolution, for a grid to be asked without it."""
    network = EfficientNetLite(head_filters=1280 if args.model == "nic" else 0)
    load_efficient_net(network)
    return network


def captioner(args: argparse.Namespace, tokenizer, precision: str) -> keras.Model:
    """The model, its backbone not filled yet."""
    return zoo.build(
        "caption",
        dtype=precision,
        cell=args.cell,
        attention=None if args.model == "nic" else args.attention,
        units=args.units,
        embedding_size=args.embedding_size,
        memory_size=args.memory_size,
        attention_units=args.attention_units,
        doubly_stochastic=args.doubly_stochastic,
        dropout=args.dropout,
        image_dropout=args.image_dropout,
        target_tokenizer=tokenizer,
    )


def read(split: str, fraction: float):
    """Captions of the photographs of a split, and a function that decodes these photographs."""
    step = round(1 / fraction)
    captions = [
        [text.decode() for text in example["captions"]]
        for example in load_examples("flickr8k", split).shard(step, 0).as_numpy_iterator()
    ]

    def photographs():
        reader = Images()
        for example in load_examples("flickr8k", split).shard(step, 0).as_numpy_iterator():
            yield reader.prepare([example["image"].tobytes()])[0]["source"]

    return captions, photographs


def grids(args, backbone, photographs, captions, split, mirrored):
    """Encoder outputs, or their means where no more is wanted."""
    name = f"flickr8k-{split}-{args.fraction:g}"
    found = cached_grids(backbone, photographs, len(captions), name, mirrored=mirrored)
    if args.model == "attn":
        return found
    return np.stack([grid.mean((0, 1), "float32", keepdims=True) for grid in found])


def plain(text: str) -> str:
    """Words as the metrics have them, clitics joined again."""
    return " ".join(plain_words(text)).replace(" '", "'").replace(" n't", "n't")


def subwords(args: argparse.Namespace, captions) -> SentencePieceTokenizer:
    """Trained once, and kept with the run."""
    path = Path(args.run) / "sentencepiece.model"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as part:
            text = (plain(text) for texts in captions for text in texts)
            part.write_bytes(train_sentencepiece(text, args.vocabulary_size))
    return SentencePieceTokenizer(path.read_bytes())


if __name__ == "__main__":
    main()
