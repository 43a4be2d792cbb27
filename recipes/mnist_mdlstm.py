"""Trains `mnist-mdlstm`: digits, read by a two-dimensional LSTM from all four corners.

    python recipes/mnist_mdlstm.py --run runs/mnist-mdlstm --out mnist-mdlstm.keras

The same command goes on where an interrupted run stopped. Whatever chooses an epoch or a setting
looks at the last 5,000 digits of the training file; the test split is left to `zoo evaluate`.
"""

import zoo
from zoo.data import encode_images, image_batches, read_labelled
from zoo.experiments import recipe
from zoo.tasks.classification.evaluate import validation_accuracy
from zoo.tasks.classification.image import DIGITS

DATASET = "mnist"


def arguments():
    numbers = dict(epochs=5, learning_rate=4e-3, warmup=200, decay=0.9)
    out = "mnist-mdlstm.keras"
    parser = recipe.options(__doc__, run="runs/mnist-mdlstm", out=out, **numbers)
    add = parser.add_argument
    add("--patch", type=int, default=2, help="pixels of a side of what is read at once")
    add("--units", type=int, default=8, help="of each direction of the lower layer")
    add("--coarse-units", type=int, default=32, help="of each direction of the upper layer")
    add("--width", type=int, default=32, help="of the layer between both")
    add("--dropout", type=float, default=0.1)
    add("--rows", type=int, default=64, help="images of a batch")
    add("--shift", type=int, default=2, help="pixels by which images are moved at most")
    return recipe.parsed(parser)


MODEL = ("patch", "units", "coarse_units", "width", "dropout")


def main():
    args = arguments()
    examples = recipe.every_nth(read_labelled(DATASET, "train"), args.fraction)
    images = encode_images(examples, DIGITS)
    steps = len(images) // args.rows

    def batches(epoch, start):
        how = dict(rows=args.rows, shift=args.shift, seed=args.seed)
        return image_batches(images, **how, epoch=epoch, start=start)

    settings = {name: getattr(args, name) for name in MODEL}
    model = recipe.train(
        args,
        lambda dtype: zoo.build("image", dtype=dtype, dataset=DATASET, **settings),
        recipe.Epochs(batches, steps, steps * args.rows, 0.0, f"{len(images):,} images"),
        score=lambda model: validation_accuracy(model, [DATASET]),
        metric="accuracy",
    )
    recipe.save(args, model)


if __name__ == "__main__":
    recipe.start(main)
