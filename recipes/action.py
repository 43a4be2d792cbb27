"""Trains `action-cnnrnn` and the others of its ladder: what two people do, fold by fold.

    python recipes/action.py --body frames --streams frames --out action-frames.keras
    python recipes/action.py --causal --streams changes --out action-cnnrnn.keras
    python recipes/action.py --causal --streams frames,flow --out action-twostream.keras
    python recipes/action.py --body cnn3d --streams changes --out action-cnn3d.keras

Each fold leaves one sequence of a set out. With `--choose` it is the validation sequence that is
asked after training on the other eight: so settings are chosen. Without it models are trained on
nine and asked about the tested one; what is saved is that of `--fold`, named before any was.
"""

from pathlib import Path

import zoo
from zoo.data import read_clips
from zoo.data.efficient_net import load_efficient_net
from zoo.data.sets.ut_interaction import LABELS, SEQUENCES, folds, splits_of
from zoo.experiments import recipe
from zoo.experiments.folds import FoldTraining, right_by_fold, vectors_of
from zoo.inputs import Clips
from zoo.inputs.flow_clips import FlowClips
from zoo.layers import ClipEncoder, EfficientNetLite
from zoo.layers.efficient_net_lite import LITE0

DATASET, BLOCKS = "ut_interaction", 11  # of the network for images, whose grid is 8 x 8 then


def arguments():
    numbers = dict(epochs=50, batch_tokens=1300, learning_rate=5e-3, smoothing=0.1)
    numbers |= dict(weight_decay=0.02)
    out = "action-cnnrnn.keras"
    parser = recipe.options(__doc__, run="runs/action", out=out, **numbers)
    add = parser.add_argument
    add("--body", choices=("frames", "cnnrnn", "cnn3d"), default="cnnrnn")
    add("--streams", default="changes", help="frames, changes, flow, by commas")
    add("--cell", help="of cnnrnn  [gru]")
    add("--units", type=int, default=64)
    add("--layers", type=int, default=1)
    add("--dropout", type=float, default=0.25)
    add("--size", type=int, default=96, help="of a frame: principal components of clips' means")
    add("--causal", action="store_true", help="cnnrnn reads forward alone")
    add("--speed", type=float, default=0.25, help="part by which clips become slower or faster")
    add("--fold", default="sequence08", help="of the model that is saved")
    add("--choose", action="store_true", help="ask validation sequences, and save nothing")
    return recipe.parsed(parser)


def main():
    args = arguments()
    streams = args.streams.split(",")
    network = EfficientNetLite(LITE0[:BLOCKS], head_filters=0)
    encoder = ClipEncoder(network, streams, 4, gap=1, rows=4, pooling="max", size=args.size)
    own = dict(cell=args.cell, is_causal=args.causal) if args.body == "cnnrnn" else {}
    settings = {name: getattr(args, name) for name in ("body", "units", "layers", "dropout")} | own
    settings |= dict(features=encoder, input=FlowClips() if "flow" in streams else Clips())
    settings["dataset"] = f"{DATASET}/{args.fold}"
    settings["name"] = Path(args.out).stem.replace("-", "_")
    model = zoo.build("action", labels=LABELS, **settings)
    load_efficient_net(encoder.backbone)
    parts = [f"{DATASET}/{fold}" for fold in ("sequence01", "sequence11")]
    clips = [c for part in parts for split in splits_of(part) for c in read_clips(part, split)]
    kept = Path(args.run, f"{'-'.join(streams)}.npz")
    vectors = vectors_of(model, clips, kept)
    how = {k: getattr(args, k) for k in ("epochs", "learning_rate", "smoothing", "weight_decay")}
    how |= dict(speed=args.speed, seed=args.seed, batch_steps=args.batch_tokens)
    training = FoldTraining(model, how)
    rights = right_by_fold(training, vectors, folds(), splits_of, args.fold, args.choose, SEQUENCES)
    for line in rights:
        print(line, flush=True)
    if not args.choose:
        recipe.save(args, model, "float16")  # in 11 bits the network sees too little


if __name__ == "__main__":
    recipe.start(main)
