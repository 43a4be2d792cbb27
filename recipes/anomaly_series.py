"""Trains a detector of what is unusual in a transformer's loads, by what was expected.

    python recipes/anomaly_series.py --run runs/anomaly --out anomaly-series.keras

The same command goes on where an interrupted run stopped. The epoch is chosen by the likelihood of
the validation split, what is usual is measured on the training and validation splits as they are.
How well faults are told is printed of the validation split; `zoo evaluate` plants others, by other
seeds, in the test split.
"""

import numpy as np

import zoo
from zoo.data import read_series, window_starts
from zoo.experiments import recipe
from zoo.inputs import scaling_of
from zoo.layers import GaussianHead
from zoo.tasks.forecasting.anomaly import learn_normal
from zoo.tasks.forecasting.bodies import BODIES
from zoo.tasks.forecasting.evaluate_unusual import likelihood, unusual_scores

DATASET = "ett/h2"


def arguments():
    numbers = dict(epochs=10, learning_rate=3e-3, warmup=50, decay=0.9, fraction=0.25)
    out = "anomaly-series.keras"
    parser = recipe.options(__doc__, run="runs/anomaly-series", out=out, **numbers)
    add = parser.add_argument
    add("--cell", help="of a recurrent body; else GRU")
    add("--body", default="recurrent", choices=sorted(BODIES))
    add("--units", type=int, default=64)
    add("--layers", type=int)
    add("--embedding-size", type=int)
    add("--places", type=float, default=0.0, help="times what values are read besides changes")
    add("--dropout", type=float, default=0.05)
    add("--window", type=int, default=6, help="hours over which errors are averaged")
    add("--reach", type=float, default=0.5, help="deviations within which values are believed")
    add("--past", type=int, default=192, help="hours of a window")
    add("--rows", type=int, default=32, help="windows of a batch")
    return recipe.parsed(parser)


MODEL = ("cell", "body", "units", "layers", "embedding_size", "places", "dropout")
MODEL += ("window", "reach")


def main():
    args = arguments()
    series = read_series(DATASET)
    scale = scaling_of(series.part("train"), series.columns)
    values = scale.scaled(series.values)
    times = dict(past=args.past, future=1)
    starts = window_starts(0, series.ends["train"], **times)
    settings = {name: getattr(args, name) for name in MODEL} | {"input": scale, "dataset": DATASET}
    model = recipe.train(
        args,
        lambda dtype: zoo.build("anomaly", dtype=dtype, **settings),
        recipe.windows_of(args, values, starts, **times),
        score=lambda model: {DATASET: likelihood(model, DATASET, "validation")},
        metric="nats",
        lower_is_better=True,
        digits=3,
        loss=GaussianHead.loss(),
    )
    learn_normal(model, series.values[: series.ends["validation"]])
    for name, value, _ in unusual_scores(model, DATASET, "validation", seeds=(100, 101, 102)):
        print(name, np.round(value, 3), flush=True)
    recipe.save(args, model, dtype=None)


if __name__ == "__main__":
    recipe.start(main)
