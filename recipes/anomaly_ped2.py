"""Trains `anomaly-ped2`: what is unusual on a walkway, by what was expected of the next frames.

    python recipes/anomaly_ped2.py --run runs/anomaly-ped2 --out anomaly-ped2.keras

The same command goes on where an interrupted run stopped. Clips of people who walk are all that is
read: the epoch is chosen by how far the frames of four of them are from what is expected, how
errors are averaged by faults that are planted there. The test is left to `zoo evaluate`.
"""

import zoo
from zoo.data import read_watched, watch_batches, watch_steps
from zoo.experiments import recipe
from zoo.inputs import Clips
from zoo.tasks.forecasting.evaluate_watch import choose_averages, levels_off
from zoo.tasks.forecasting.watch import learn_usual
from zoo.tasks.forecasting.watched_bptt import WatchedBPTT

DATASET = "ucsd_ped2"
AROUND, WINDOWS = (1, 3, 5, 7), (1, 3, 6, 9)  # that are tried


def arguments():
    numbers = dict(epochs=24, learning_rate=1e-3, warmup=20, decay=0.9, moving_average=0.98)
    out = "anomaly-ped2.keras"
    parser = recipe.options(__doc__, run="runs/anomaly-ped2", out=out, **numbers)
    add = parser.add_argument
    add("--units", type=int, default=32, help="channels of what is remembered at each place")
    add("--layers", type=int, default=1)
    add("--size", type=int, default=64, help="channels before pixels are said")
    add("--ahead", type=int, default=3, help="frames that are expected")
    add("--height", type=int, default=80, help="of frames in pixels, two thirds of their width")
    add("--rows", type=int, default=4, help="clips of a batch")
    add("--time", type=int, default=12, help="frames of each in a batch")
    return recipe.parsed(parser)


def main():
    args = arguments()
    input = Clips(args.height, args.height * 3 // 2, 1)
    clips = recipe.every_nth(read_watched(DATASET, "train"), args.fraction)
    frames = [one["source"] for one in input.prepare([one.clip for one in clips])]
    how = dict(rows=args.rows, time=args.time, ahead=args.ahead)
    steps = watch_steps(frames, **how)

    def build(dtype):
        settings = {name: getattr(args, name) for name in ("units", "layers", "size", "ahead")}
        return zoo.build("watch", dtype=dtype, input=input, dataset=DATASET, **settings)

    def batches(epoch, start):
        return watch_batches(frames, seed=args.seed, epoch=epoch, start=start, **how)

    model = recipe.train(
        args,
        build,
        recipe.Epochs(batches, steps, steps * args.rows * args.time, 0.0, f"{len(clips)} clips"),
        score=lambda model: {DATASET: levels_off(model, DATASET, "validation")},
        metric="grey levels off",
        lower_is_better=True,
        digits=3,
        loss="mean_squared_error",
        wrap=lambda model: WatchedBPTT(model, args.rows),
    )
    found = choose_averages(model, DATASET, (100, 101, 102), AROUND, WINDOWS)
    for way, areas in sorted(found.items(), key=lambda one: -one[1]["all"]):
        print(
            "power, judged, window",
            *way,
            *(f"{kind} {value:.1f}" for kind, value in areas.items()),
            flush=True,
        )
    learn_usual(model, [one.clip for one in read_watched(DATASET, "validation")])
    recipe.save(args, model)


if __name__ == "__main__":
    recipe.start(main)
