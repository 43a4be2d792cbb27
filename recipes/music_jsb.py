"""Trains `music-jsb`: the next chord of a chorale, and chorales of its own.

    python recipes/music_jsb.py --run runs/music-jsb --out music-jsb.keras

The same command goes on where an interrupted run stopped. Whatever chooses an epoch or a setting
looks at the validation split; the test split is left to `zoo evaluate`. All chorales are in C
already, so that moving them to other keys makes the task harder than the one that is tested.
"""

from functools import partial

import zoo
from zoo.data import Pieces, music_batches, plan_music, read_music
from zoo.experiments import recipe
from zoo.layers import BernoulliHead
from zoo.tasks.forecasting.evaluate_music import mean_nats

DATASET = "jsb_chorales"


def arguments():
    numbers = dict(epochs=36, learning_rate=2.5e-3, warmup=100, decay=0.8, batch_tokens=192)
    numbers |= dict(moving_average=0.998)
    out = "music-jsb.keras"
    parser = recipe.options(__doc__, run="runs/music-jsb", out=out, **numbers)
    add = parser.add_argument
    add("--cell", default="gru")
    add("--units", type=int, default=400)
    add("--layers", type=int, default=1)
    add("--embedding-size", type=int)
    add("--dropout", type=float, default=0.4)
    add("--recurrent-dropout", type=float, default=0.2)
    add("--transpose", type=int, default=0, help="semitones by which chorales are moved at most")
    return recipe.parsed(parser)


MODEL = ("cell", "units", "layers", "embedding_size", "dropout", "recurrent_dropout")


def main():
    args = arguments()
    pieces = Pieces(recipe.every_nth(read_music(DATASET, "train"), args.fraction))
    batches = partial(music_batches, transpose=args.transpose)
    settings = {name: getattr(args, name) for name in MODEL}
    model = recipe.train(
        args,
        lambda dtype: zoo.build("music", dtype=dtype, dataset=DATASET, **settings),
        recipe.epochs_of(args, pieces, plan_music, batches),
        score=lambda model: {DATASET: mean_nats(model, DATASET)},
        metric="NLL",
        lower_is_better=True,
        digits=4,
        loss=BernoulliHead.loss(),
    )
    recipe.save(args, model)


if __name__ == "__main__":
    recipe.start(main)
