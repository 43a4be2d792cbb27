"""Trains `activity-msraction`: which of twenty actions a recorded skeleton does.

    python recipes/activity_msraction.py --run runs/activity --out activity-msraction.keras

The same command goes on where an interrupted run stopped. `--held 9` leaves one of the five people
who are trained on out and scores on that one, by which settings were chosen; without, all five are
trained on, and the last moving average is taken. The test split is left to `zoo evaluate`.
"""

import itertools

import numpy as np

import zoo
from zoo.data import read_skeletons, skeleton_batches
from zoo.data.sets.msr_action3d import ACTIONS
from zoo.data.skeletons import Variation
from zoo.experiments import recipe

DATASET = "msr_action3d"


def arguments():
    numbers = dict(epochs=60, learning_rate=4e-3, warmup=30, decay=0.9, smoothing=0.1)
    numbers |= dict(moving_average=0.98, average=1)
    parser = recipe.options(__doc__, run="runs/activity", out="activity-msraction.keras", **numbers)
    add = parser.add_argument
    add("--held", type=int, default=0, help="person who is scored on, not trained on; 0: none")
    add("--cell", default="gru")
    add("--units", type=int, default=128, help="of both directions together")
    add("--layers", type=int, default=1)
    add("--dropout", type=float, default=0.5)
    add("--rows", type=int, default=16, help="recordings of a batch")
    add("--window", type=int, default=96, help="frames of a recording at most")
    add("--turn", type=float, default=25.0, help="degrees by which bodies are turned at most")
    add("--scale", type=float, default=0.15, help="by which they are larger or smaller at most")
    add("--speed", type=float, default=0.25, help="by which they are faster or slower at most")
    return recipe.parsed(parser)


MODEL = ("cell", "units", "layers", "dropout")


def main():
    args = arguments()
    known = read_skeletons(DATASET, "train") + read_skeletons(DATASET, "validation")
    held = [one for one in known if one.subject == args.held]
    trained = [one for one in known if one.subject != args.held and len(one.joints) > 4]
    trained = recipe.every_nth(trained, args.fraction)
    joints = [one.joints for one in trained]
    labels = [np.int32(ACTIONS.index(one.labels[0])) for one in trained]
    how = dict(rows=args.rows, window=args.window, seed=args.seed)
    how["vary"] = Variation(args.turn, args.scale, args.speed)

    def batches(epoch, start):
        return skeleton_batches(joints, labels, **how, epoch=epoch, start=start)

    turns = itertools.count(1)

    def score(model):
        if not held:  # nothing to choose by: what is asked for last is taken, the moving average
            return {"the later the better": next(turns)}
        answers = model.classify([one.joints for one in held])
        right = [a.label == one.labels[0] for a, one in zip(answers, held, strict=True)]
        return {f"subject {args.held}": 100 * float(np.mean(right))}

    settings = {name: getattr(args, name) for name in MODEL} | {"labels": ACTIONS}
    steps = len(joints) // args.rows
    model = recipe.train(
        args,
        lambda dtype: zoo.build("activity", dtype=dtype, dataset=DATASET, **settings),
        recipe.Epochs(batches, steps, steps * args.rows, 0.0, f"{len(joints):,} recordings"),
        score=score,
        metric="accuracy" if held else "order",
    )
    recipe.save(args, model)


if __name__ == "__main__":
    recipe.start(main)
