"""Trains `forecast-etth1`: the next days of a transformer's loads and temperature, hour by hour.

    python recipes/forecast_etth1.py --run runs/forecast-etth1 --out forecast-etth1.keras

The same command goes on where an interrupted run stopped. Whatever chooses an epoch, a setting or
the width of intervals looks at the validation split, intervals at the training split too, so that
they have seen all seasons; the test split is left to `zoo evaluate`.
"""

import zoo
from zoo.data import read_series, window_starts, windows
from zoo.experiments import recipe
from zoo.inputs import scaling_of
from zoo.layers import GaussianHead
from zoo.tasks.forecasting.calibration import spread_of
from zoo.tasks.forecasting.evaluate import HORIZONS, errors
from zoo.tasks.forecasting.free_running import FreeRunning

DATASET = "ett/h1"


def arguments():
    numbers = dict(epochs=4, learning_rate=1e-3, warmup=50, decay=0.9)
    out = "forecast-etth1.keras"
    parser = recipe.options(__doc__, run="runs/forecast-etth1", out=out, **numbers)
    add = parser.add_argument
    add("--cell", default="gru")
    add("--units", type=int, default=128)
    add("--layers", type=int, default=1)
    add("--embedding-size", type=int)
    add("--patch", type=int, default=24, help="hours that are read and said at once")
    add("--context", type=int, default=336, help="hours of the past that are read")
    add("--future", type=int, default=96, help="hours of its own output in training")
    add("--past-weight", type=float, default=1.0, help="of an hour of the past beside the future's")
    add("--dropout", type=float, default=0.1)
    add("--rows", type=int, default=32, help="windows of a batch")
    return recipe.parsed(parser)


MODEL = ("cell", "units", "layers", "embedding_size", "patch", "context", "dropout")


def main():
    args = arguments()
    series = read_series(DATASET)
    scale = scaling_of(series.part("train"), series.columns)
    values = scale.scaled(series.values)
    times = dict(past=args.context, future=args.future)
    starts = window_starts(0, series.ends["train"], **times)
    how = dict(ahead=args.patch, past_weight=args.past_weight)
    settings = {name: getattr(args, name) for name in MODEL}
    settings |= {"input": scale, "dataset": DATASET}
    model = recipe.train(
        args,
        lambda dtype: zoo.build("forecast", dtype=dtype, **settings),
        recipe.windows_of(args, values, starts, **times, **how),
        score=lambda model: {DATASET: errors(model, DATASET, "validation", args.future)[1][0][1]},
        metric="MSE",
        lower_is_better=True,
        digits=4,
        loss=GaussianHead.loss(beta=1.0),
        wrap=lambda model: FreeRunning(model, args.future),
    )
    longest = max(HORIZONS)
    held = window_starts(0, series.ends["validation"], args.context, longest)[::4]
    futures = windows(values, held + args.context, longest)
    model.spread = spread_of(model, windows(values, held, args.context), futures)
    for horizon in HORIZONS:
        print(horizon, errors(model, DATASET, "validation", horizon)[1], flush=True)
    recipe.save(args, model, dtype=None)


if __name__ == "__main__":
    recipe.start(main)
