"""Trains `trajectory-eth` and `trajectory-ball`: where something that moves goes next.

    python recipes/trajectory.py --data eth_ucy/zara1 --run runs/zara1 --out zara1.keras
    python recipes/trajectory.py --data spindoe --places 0.03 --patch 5 --future 30

The same command goes on where an interrupted run stopped. Whatever chooses an epoch, a setting or
the width of intervals looks at the validation split; the test split is left to `zoo evaluate`.
"""

import zoo
from zoo.data import read_tracks, windows
from zoo.data.tracks import times_of, turned
from zoo.experiments import recipe
from zoo.inputs import Series
from zoo.layers import GaussianHead
from zoo.tasks.forecasting.calibration import spread_of
from zoo.tasks.forecasting.evaluate_tracks import track_errors
from zoo.tasks.forecasting.experiment import mean_distances
from zoo.tasks.forecasting.free_running import FreeRunning


def arguments():
    numbers = dict(epochs=20, learning_rate=3e-3, warmup=100, decay=0.9)
    out = "trajectory.keras"
    parser = recipe.options(__doc__, run="runs/trajectory", out=out, **numbers)
    add = parser.add_argument
    add("--data", default="eth_ucy/eth")
    add("--cell", default="gru")
    add("--units", type=int, default=64)
    add("--layers", type=int, default=1)
    add("--embedding-size", type=int)
    add("--patch", type=int, default=1, help="steps that are read and said at once")
    add("--places", type=float, default=0.0, help="times what positions are read besides motion")
    add("--future", type=int, help="steps of its own output in training; else the most scored")
    add("--past-weight", type=float, default=0.1, help="of a step of the past beside the future's")
    add("--beta", type=float, default=0.5, help="of the likelihood; 1: as the squared error")
    add("--dropout", type=float, default=0.0)
    add("--rows", type=int, default=64, help="windows of a batch")
    return recipe.parsed(parser)


MODEL = ("cell", "units", "layers", "embedding_size", "patch", "places", "dropout")


def main():
    args = arguments()
    past, horizons = times_of(args.data)
    times = dict(past=past, future=args.future or max(horizons))
    tracks = read_tracks(args.data, "train")
    scale = Series(tracks.columns, deviation=[tracks.pace] * len(tracks.columns))
    values = scale.scaled(tracks.values)
    how = dict(ahead=args.patch, past_weight=args.past_weight)
    how["change"] = turned if len(tracks.columns) == 2 else None
    settings = {name: getattr(args, name) for name in MODEL}
    settings |= {"input": scale, "dataset": args.data, "context": past}
    model = recipe.train(
        args,
        lambda dtype: zoo.build("trajectory", dtype=dtype, **settings),
        recipe.windows_of(args, values, tracks.starts(**times), **times, **how),
        score=lambda model: {
            str(steps): value for steps, value in mean_distances(model, args.data, horizons).items()
        },
        metric="ADE",
        lower_is_better=True,
        digits=3,
        loss=GaussianHead.loss(beta=args.beta),
        wrap=lambda model: FreeRunning(model, times["future"]),
    )
    held, longest = read_tracks(args.data, "validation"), max(horizons)
    whole = scale.scaled(windows(held.values, held.starts(past, longest), past + longest))
    model.spread = spread_of(model, whole[:, :past], whole[:, past:])
    for horizon in horizons:
        print(horizon, track_errors(model, args.data, "validation", horizon), flush=True)
    recipe.save(args, model, dtype=None)


if __name__ == "__main__":
    recipe.start(main)
