"""Trains `track-boxes` and `track-boxes-online`: where a box was, of noisy ones with gaps.

    python recipes/track_boxes.py --run runs/track --out track-boxes.keras
    python recipes/track_boxes.py --causal --run runs/online --out track-boxes-online.keras

The same command goes on where an interrupted run stopped. Videos are left out by folds
(`--data tracked_boxes/fold1` to `fold5`). Epochs and settings are chosen on the validation split;
the videos that are left out are left to `zoo evaluate`.
"""

import zoo
from zoo.data import box_batches, read_tracks
from zoo.data.boxes import trials
from zoo.experiments import recipe
from zoo.layers import GaussianHead
from zoo.tasks.tagging.evaluate_boxes import box_scores


def arguments():
    numbers = dict(epochs=6, learning_rate=3e-3, warmup=50, decay=0.9, moving_average=0.98)
    numbers |= dict(average=1)
    parser = recipe.options(__doc__, run="runs/track", out="track-boxes.keras", **numbers)
    add = parser.add_argument
    add("--data", default="tracked_boxes/fold1")
    add("--causal", action="store_true", help="read forward alone, to filter while boxes come")
    add("--cell", default="gru")
    add("--units", type=int, default=64, help="of both directions together")
    add("--layers", type=int, default=1)
    add("--dropout", type=float, default=0.1)
    add("--beta", type=float, default=0.5, help="of the likelihood; 1: as the squared error")
    add("--rows", type=int, default=64, help="parts of tracks in a batch")
    add("--window", type=int, default=128, help="frames of a part")
    add("--steps", type=int, default=100, help="batches of an epoch")
    add("--simulated", type=float, default=0.4, help="share of the parts that are simulated")
    add("--memory", type=float, default=1000.0, help="frames that made-up velocities last")
    return recipe.parsed(parser)


BATCHES = ("rows", "window", "steps", "simulated", "memory", "seed")
MODEL = ("cell", "units", "layers", "dropout")


def main():
    args = arguments()
    found = read_tracks(args.data, "train")
    tracks = [found.values[a:b] for a, b in zip(found.begins, found.ends, strict=True)]
    tracks = recipe.every_nth(tracks, args.fraction)
    held = trials(args.data, "validation", draws=1)
    how = {name: getattr(args, name) for name in BATCHES}

    def batches(epoch, start):
        return box_batches(tracks, **how, epoch=epoch, start=start)

    def score(model):
        said = model.track([seen for _, _, seen, _ in held])
        return {args.data: box_scores(said, held)["iou"]}

    settings = {name: getattr(args, name) for name in MODEL}
    settings |= {"dataset": args.data, "is_causal": args.causal}
    frames = args.steps * args.rows * args.window
    model = recipe.train(
        args,
        lambda dtype: zoo.build("track", dtype=dtype, **settings),
        recipe.Epochs(batches, args.steps, frames, 0.0, f"{len(tracks)} tracks"),
        score=score,
        metric="IoU",
        loss=GaussianHead.loss(beta=args.beta),
    )
    recipe.save(args, model, dtype=None)


if __name__ == "__main__":
    recipe.start(main)
