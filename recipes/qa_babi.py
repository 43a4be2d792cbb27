"""Trains `qa-babi`: twenty kinds of questions about small stories, by one model.

    python recipes/qa_babi.py --run runs/qa-babi --out qa-babi.keras

The same command goes on where an interrupted run stopped. Whatever chooses an epoch or a setting
looks at a tenth of the training stories; the test split is left to `zoo evaluate`.
"""

import zoo
from zoo.data import question_batches
from zoo.experiments import recipe
from zoo.tasks.classification.evaluate_answers import validation_answers
from zoo.tasks.classification.qa_experiment import QAExperiment

DATASET = "babi"


def arguments():
    numbers = dict(epochs=30, learning_rate=3e-3, warmup=200, schedule="cosine", decay=1.0)
    out = "qa-babi.keras"
    parser = recipe.options(__doc__, run="runs/qa-babi", out=out, clip=5.0, **numbers)
    add = parser.add_argument
    add("--cell", help="a cell that reads words; without, their places weigh them")
    add("--units", type=int, default=80, help="width of embeddings and layers")
    add("--layers", type=int, default=3, help="readings of a story")
    add("--dropout", type=float, default=0.1)
    add("--rows", type=int, default=32, help="questions of a batch")
    return recipe.parsed(parser)


MODEL = ("cell", "units", "layers", "dropout")


def main():
    args = arguments()
    experiment = QAExperiment(DATASET, args.fraction)
    experiment.rows = args.rows
    settings = {name: getattr(args, name) for name in MODEL}

    def build(dtype="float32"):
        return zoo.build("qa", dtype=dtype, **experiment.settings, **settings)

    experiment.encode(build())

    def batches(epoch, start):
        how = dict(rows=args.rows, seed=args.seed)
        return question_batches(experiment.encoded, **how, epoch=epoch, start=start)

    count = len(experiment.encoded)
    words = int((experiment.encoded.words != 0).sum())
    padding = 1 - count / (experiment.steps * args.rows)
    model = recipe.train(
        args,
        build,
        recipe.Epochs(batches, experiment.steps, words, padding, f"{count:,} questions"),
        score=lambda model: validation_answers(model, [DATASET]),
        metric="accuracy",
    )
    recipe.save(args, model)


if __name__ == "__main__":
    recipe.start(main)
