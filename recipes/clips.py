"""Trains classifiers of clips from nothing, `lips-cnnrnn` and `action-cnn3d` among them.

    python recipes/clips.py --run runs/lips-cnnrnn --out lips-cnnrnn.keras
    python recipes/clips.py --body cnn3d --differences 0 --run runs/cnn3d --out lips-cnn3d.keras
    python recipes/clips.py --body frames --differences 0 --run runs/frames --out lips-frames.keras

The same command goes on where an interrupted run stopped. Whatever chooses an epoch or a setting
looks at the validation split: two of the twelve speakers that are not tested, or the sequence after
the one that is. What is tested is left to `zoo evaluate`.
"""

from pathlib import Path

import zoo
from zoo.data import ChangedClips, clip_batches, clip_steps, encode_clips, read_clips
from zoo.data.sets import miracl_vc1, ut_interaction
from zoo.experiments import recipe
from zoo.inputs import Clips
from zoo.tasks.classification.evaluate_clips import validation_clips

LABELS = {"miracl_vc1": miracl_vc1.LABELS, "ut_interaction": ut_interaction.LABELS}


def arguments():
    numbers = dict(epochs=30, batch_tokens=240, learning_rate=1.5e-3, warmup=200, smoothing=0.1)
    numbers |= dict(decay=0.9, moving_average=0.998)
    parser = recipe.options(__doc__, run="runs/lips-cnnrnn", out="lips-cnnrnn.keras", **numbers)
    add = parser.add_argument
    add("--data", default="miracl_vc1", help="or a fold, such as ut_interaction/sequence08")
    add("--body", choices=("cnnrnn", "cnn3d", "frames"), default="cnnrnn")
    add("--height", type=int, default=16, help="of what is read, in pixels")
    add("--width", type=int, help="twice the height where it is not given")
    add("--units", type=int, default=192, help="of both directions together")
    add("--size", type=int, default=96, help="of a frame's vector")
    add("--filters", default="24,48", help="of the convolutions, by commas")
    add("--differences", type=int, default=1, help="whether what has changed is read too")
    add("--dropout", type=float, default=0.2)
    add("--speed", type=float, default=0.2, help="part by which clips become longer or shorter")
    add("--cover", type=float, default=0.5, help="chance that a part of a clip is covered")
    return recipe.parsed(parser)


def main():
    args = arguments()
    clips = recipe.every_nth(read_clips(args.data, "train"), args.fraction)
    labels = LABELS[args.data.split("/")[0]]
    input = Clips(args.height, args.width or 2 * args.height, 1)
    frames = [one["source"] for one in input.prepare([one.clip for one in clips])]
    encoded = encode_clips(frames, [one.label for one in clips], labels)
    change = ChangedClips(speed=args.speed, cover=args.cover)
    how = dict(batch_steps=args.batch_tokens, longest=change.longest)

    def build(dtype):
        settings = dict(body=args.body, units=args.units, size=args.size, dropout=args.dropout)
        settings["blocks"] = [(int(filters), 1, 2) for filters in args.filters.split(",")]
        settings |= dict(differences=bool(args.differences), labels=labels, dataset=args.data)
        settings["name"] = Path(args.out).stem.replace("-", "_")
        return zoo.build("action", dtype=dtype, input=input, **settings)

    def batches(epoch, start):
        return clip_batches(encoded, change=change, seed=args.seed, epoch=epoch, start=start, **how)

    steps, count = clip_steps(encoded, **how), int(encoded.lengths.sum())
    model = recipe.train(
        args,
        build,
        recipe.Epochs(batches, steps, count, 0.0, f"{len(encoded):,} clips"),
        score=lambda model: validation_clips(model, args.data),
        metric="accuracy",
    )
    recipe.save(args, model)


if __name__ == "__main__":
    recipe.start(main)
