"""Trains `segment-utkinect`: what somebody does in each frame of an untrimmed recording.

    python recipes/segment_utkinect.py --causal --run runs/segment --out segment-utkinect.keras

The same command goes on where an interrupted run stopped. Each of ten people is left out once
(`--data utkinect/s01` to `s10`). `--held` scores on the validation split, by which settings were
chosen; without, it is trained on too, and the last moving average is taken. The person who is left
out is left to `zoo evaluate`.
"""

import itertools

import zoo
from zoo.data import read_skeletons, skeleton_batches
from zoo.data.sets.utkinect import LABELS
from zoo.data.skeletons import Variation
from zoo.experiments import recipe
from zoo.layers import CRF
from zoo.tasks.tagging.evaluate_segments import segment_rows
from zoo.tasks.tagging.segment_experiment import windows_of


def arguments():
    numbers = dict(epochs=40, learning_rate=4e-3, warmup=30, decay=0.9, smoothing=0.05)
    numbers |= dict(moving_average=0.98, average=1)
    parser = recipe.options(__doc__, run="runs/segment", out="segment-utkinect.keras", **numbers)
    add = parser.add_argument
    add("--data", default="utkinect/s01")
    add("--held", action="store_true", help="score on the validation split, and do not train on it")
    add("--causal", action="store_true", help="read forward alone, to label while one moves")
    add("--cell", default="gru")
    add("--units", type=int, default=128, help="of both directions together")
    add("--layers", type=int, default=1)
    add("--dropout", type=float, default=0.5)
    add("--paths", action="store_true", help="train a chain over the labels beside the frames")
    add("--rows", type=int, default=8, help="windows of a batch")
    add("--window", type=int, default=192, help="frames of a window")
    add("--parts", type=int, default=5, help="windows of a recording in an epoch")
    return recipe.parsed(parser)


MODEL = ("cell", "units", "layers", "dropout")


def main():
    args = arguments()
    recordings = read_skeletons(args.data, "train")
    recordings += [] if args.held else read_skeletons(args.data, "validation")
    recordings = recipe.every_nth(recordings, args.fraction)
    joints, labels = windows_of(recordings, LABELS, args.parts)
    how = dict(rows=args.rows, window=args.window, seed=args.seed)
    how["vary"] = Variation(turn=30, speed=0.15, mirrored=0.5, noise=0.01)
    turns = itertools.count(1)

    def batches(epoch, start):
        return skeleton_batches(joints, labels, **how, epoch=epoch, start=start)

    def score(model):
        if not args.held:  # nothing to choose by: what is asked for last, the moving average
            return {"the later the better": next(turns)}
        return {args.data: segment_rows(model, args.data, "validation")[0]["value"]}

    settings = {name: getattr(args, name) for name in MODEL}
    settings |= {"labels": LABELS, "dataset": args.data, "is_causal": args.causal}
    steps = len(joints) // args.rows
    frames = steps * args.rows * args.window

    def build(dtype):
        crf = CRF(len(LABELS)) if args.paths else None
        return zoo.build("segment", dtype=dtype, crf=crf, **settings)

    epochs = recipe.Epochs(batches, steps, frames, 0.0, f"{len(recordings)} recordings")
    metric = "frames right" if args.held else "order"
    recipe.save(args, recipe.train(args, build, epochs, score=score, metric=metric))


if __name__ == "__main__":
    recipe.start(main)
