"""Trains table 1 of Bai, Kolter and Koltun 2018: recurrent cells beside a TCN, on seven tasks.

    python recipes/tcn_table.py --tasks jsb,adding,copy
    python recipes/tcn_table.py --cells simple,gru,lstm,tcn,indrnn
    python recipes/tcn_table.py --tasks jsb --cells gru+initial,gru+deep,gru+deep+residual

Every cell of the table is a run of its own below `--run`; the same command goes on where it was
stopped, and leaves out what is done. Recurrent layers are as wide as the paper's number of
parameters allows, TCNs as its appendix says; a `+` adds what `MORE` says to a cell. The epoch is
chosen by the validation split, or by sequences that are drawn for it; then the test split is read,
once. `--table` holds the figures, of which MODEL_CARDS.md is made.

`--init-from FOLDER` begins a cell with `FOLDER/TASK-CELL.weights.h5` where that is there, as Keras
saves weights; `--part 0` trains no more, and scores them. What another machine trained is so
entered, or goes on here.
"""

import argparse
import functools
import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import keras
import numpy as np
from release import write_index

import zoo
from zoo import catalogue
from zoo.building import dtype_policy
from zoo.builtins import MODELS
from zoo.cards import TABLE_FILE
from zoo.data import (
    Pieces,
    encode_images,
    generated_batches,
    image_batches,
    music_batches,
    plan_music,
    read_labelled,
    read_music,
    read_text,
)
from zoo.errors import ConfigError
from zoo.experiments import recipe
from zoo.experiments.tcn_table import PAPER, read_rows, write_row
from zoo.inputs import train_characters, train_running_words
from zoo.layers import BernoulliHead
from zoo.tasks.classification.evaluate import classification_row
from zoo.tasks.forecasting.bodies import body_of
from zoo.tasks.forecasting.evaluate_music import evaluate_music, mean_nats
from zoo.tasks.language_modelling.evaluate import cross_entropy
from zoo.tasks.language_modelling.truncated_bptt import TruncatedBPTT

MORE = {
    "initial": {"learned_initial_state": True},
    "deep": {"layers": 2},
    "residual": {"residual": True},  # around layers but the lowest
}
HELD_OUT = 1000  # sequences that are drawn to validate, and others to test
BLANK, SYMBOLS, DELIMITER, KEPT = 1, range(2, 10), 10, 10  # of copy memory; 0 is padding


def arguments() -> argparse.Namespace:
    parser = options()
    add = parser.add_argument
    add("--tasks", default=",".join(PAPER), help="rows of the table")
    add("--cells", default="simple,gru,lstm,tcn", help="columns: tcn, or registered cells")
    add("--table", type=Path, default=MODELS.path / TABLE_FILE, help="the figures")
    add("--part", type=float, default=1.0, help="of the epochs of every run")
    add("--parameters", type=int, help="of recurrent models, in place of the paper's")
    add("--adding-steps", type=int, default=600)
    add("--copy-steps", type=int, default=1000)
    add("--batches", type=int, default=500, help="of an epoch of drawn sequences")
    return recipe.parsed(parser)


def options() -> argparse.ArgumentParser:
    numbers = dict(warmup=100, average=2, decay=0.5)
    return recipe.options(__doc__, run="runs/tcn-table", out="tcn-table.keras", **numbers)


class Task(NamedTuple):
    """A row of the table.

    Attributes:
        build: settings of the body, `cell` or `body` among them, to an untrained model.
        epochs: options of a run to what is trained on.
        score, test: of a model, on what validates and what tests.
        numbers: options of a run.
        tcn: the paper's TCN.
        recurrent: settings of recurrent layers.
        loss, wrap: as for `recipe.train`.
    """

    build: Callable[..., keras.Model]
    epochs: Callable[[argparse.Namespace], recipe.Epochs]
    score: Callable[[Any], float]
    test: Callable[[Any], float]
    numbers: dict[str, Any]
    tcn: dict[str, Any]
    recurrent: dict[str, Any] = {"layers": 1}
    loss: Any = "smoothed"
    wrap: Callable | None = None


class LastStep(keras.Model):
    """A number from the last output of a body."""

    def __init__(self, body):
        super().__init__()
        self.body = body
        self.output_layer = keras.layers.Dense(1)
        self(np.zeros((1, 2, 2), "float32"))

    def call(self, inputs, training=False):
        return self.output_layer(self.body(inputs, training=training)[0][:, -1])


# The rows ---------------------------------------------------------------------------------------


def drawn(args, sequences: Callable, rows: int) -> Callable[[argparse.Namespace], recipe.Epochs]:
    """Epochs of sequences that are drawn anew, by seed, epoch and batch."""

    def epochs(run):
        def batches(epoch, start):
            def generate():
                for number in range(start, args.batches):
                    yield sequences(np.random.default_rng([run.seed, epoch, number]), rows)

            example = sequences(np.random.default_rng(0), rows)
            signature = keras.tree.map_structure(keras.ops.convert_to_tensor, example)
            signature = keras.tree.map_structure(tensor_spec, signature)
            return generated_batches(generate, signature, args.batches - start)

        count = args.batches * rows
        return recipe.Epochs(batches, args.batches, count, 0.0, f"{count:,} drawn sequences")

    return epochs


def tensor_spec(tensor):
    import tensorflow as tf

    return tf.TensorSpec(tensor.shape, tensor.dtype)


def adding(args) -> Task:
    """The sum of the two numbers that are marked, one in each half (section 5.1)."""
    time = args.adding_steps

    def sequences(rng, rows):
        numbers = rng.random((rows, time)).astype("float32")
        marks = np.zeros((rows, time), "float32")
        for begin, end in ((0, time // 2), (time // 2, time)):
            marks[np.arange(rows), rng.integers(begin, end, rows)] = 1
        return np.stack([numbers, marks], -1), (numbers * marks).sum(1, keepdims=True)

    def build(cell=None, body="recurrent", units=0, layers=1, dropout=0.0, kernel_size=None):
        own = {"cell": catalogue.cells.get(cell) if cell else None, "kernel_size": kernel_size}
        return LastStep(body_of(body, units, layers, dropout, 0, own))

    def error(seed, model):
        inputs, labels = sequences(np.random.default_rng([seed, HELD_OUT]), HELD_OUT)
        return float(np.square(model.predict(inputs, batch_size=100, verbose=0) - labels).mean())

    numbers = dict(epochs=20, learning_rate=2e-3, clip=1.0)
    tcn = dict(units=24, layers=8, kernel_size=8, dropout=0.0)
    scores = (functools.partial(error, -1 % 2**32), functools.partial(error, -2 % 2**32))
    epochs = drawn(args, sequences, 32)
    return Task(build, epochs, *scores, numbers, tcn, loss="mean_squared_error")


def copy(args) -> Task:
    """Ten symbols, blanks, a delimiter, and then the symbols again (section 5.1)."""
    time = args.copy_steps + 2 * KEPT

    def sequences(rng, rows):
        tokens = np.full((rows, time), BLANK, "int32")
        tokens[:, :KEPT] = rng.integers(SYMBOLS.start, SYMBOLS.stop, (rows, KEPT))
        labels = np.full((rows, time), BLANK, "int32")
        labels[:, -KEPT:] = tokens[:, :KEPT]
        tokens[:, -KEPT - 1] = DELIMITER
        return {"tokens": tokens}, labels

    def build(dropout=0.0, **body):
        how = dict(vocabulary_size=DELIMITER + 1, embedding_size=8, tied=False, output_dropout=0.0)
        return zoo.build("lm", **how, dropout=dropout, **body)

    def nats(seed, model):
        inputs, labels = sequences(np.random.default_rng([seed, HELD_OUT]), HELD_OUT // 10)
        logits = model.predict(inputs, batch_size=20, verbose=0).astype("float64")
        true = np.take_along_axis(logits, labels[..., None], -1)[..., 0]
        return float((np.logaddexp.reduce(logits, axis=-1) - true).mean())

    numbers = dict(epochs=20, learning_rate=2e-3, clip=1.0)
    tcn = dict(units=10, layers=8, kernel_size=8, dropout=0.05)
    scores = (functools.partial(nats, -1 % 2**32), functools.partial(nats, -2 % 2**32))
    return Task(build, drawn(args, sequences, 32), *scores, numbers, tcn)


def jsb(args) -> Task:
    pieces = Pieces(recipe.every_nth(read_music("jsb_chorales", "train"), args.fraction))
    data = "jsb_chorales"
    return Task(
        functools.partial(zoo.build, "music", dataset=data),
        lambda run: recipe.epochs_of(run, pieces, plan_music, music_batches),
        lambda model: mean_nats(model, data),
        lambda model: evaluate_music(model)[0]["value"],
        dict(epochs=100, learning_rate=1e-3, clip=0.4, batch_tokens=192),
        dict(units=150, layers=2, kernel_size=3, dropout=0.5),
        loss=BernoulliHead.loss(),
    )


def mnist(args, permutation: int | None = None) -> Task:
    digits = [str(number) for number in range(10)]

    def epochs(run):
        examples = recipe.every_nth(read_labelled("mnist", "train"), args.fraction)
        images = encode_images(examples, digits)
        steps = len(images) // run.rows

        def batches(epoch, start):
            how = dict(rows=run.rows, seed=run.seed)
            return image_batches(images, **how, epoch=epoch, start=start)

        return recipe.Epochs(batches, steps, steps * run.rows, 0.0, f"{len(images):,} images")

    def accuracy(split, model):
        return classification_row(model, "mnist", split)["value"]

    def build(body="recurrent", **settings):
        how = dict(patch=1, permutation=permutation, labels=digits, dataset="mnist")
        return zoo.build("image", body=body, **how, **settings)

    scores = (functools.partial(accuracy, split) for split in ("validation", "test"))
    numbers = dict(epochs=20, learning_rate=2e-3, clip=1.0, rows=64)
    tcn = dict(units=25, layers=8, kernel_size=7, dropout=0.0)
    return Task(build, epochs, *scores, numbers, tcn)


def ptb(args, is_word: bool) -> Task:
    texts = {split: read_text("ptb", split) for split in ("train", "validation", "test")}
    train = train_running_words if is_word else train_characters
    tokenizer = train([texts["train"]])
    ids = {split: tokenizer.encode(text) for split, text in texts.items()}
    ids["train"] = ids["train"][: round(len(ids["train"]) * args.fraction)]
    rows, embedding = (16, 600) if is_word else (32, 100)

    def score(split, model):
        nats = cross_entropy(model, ids[split], streams=16)
        return math.exp(nats) if is_word else nats / math.log(2)

    def build(dropout=0.0, **body):
        how = dict(tokenizer=tokenizer, embedding_size=embedding, tied=is_word)
        return zoo.build("lm", **how, dropout=dropout, output_dropout=dropout, **body)

    epochs = 20 if is_word else 10
    tcn = dict(units=600, layers=4, kernel_size=3, dropout=0.5)
    recurrent = dict(layers=3, dropout=0.5)
    if not is_word:
        tcn = dict(units=450, layers=3, kernel_size=3, dropout=0.1)
        recurrent = dict(layers=2, dropout=0.1)
    return Task(
        build,
        lambda run: recipe.streams_of(run, ids["train"]),
        functools.partial(score, "validation"),
        functools.partial(score, "test"),
        dict(epochs=epochs, learning_rate=2e-3, clip=0.4, rows=rows, time=64),
        tcn,
        recurrent,
        wrap=lambda model: TruncatedBPTT(model, rows),
    )


TASKS: dict[str, Callable[[argparse.Namespace], Task]] = {
    "mnist": mnist,
    "pmnist": functools.partial(mnist, permutation=1),
    "adding": adding,
    "copy": copy,
    "jsb": jsb,
    "ptb-char": functools.partial(ptb, is_word=False),
    "ptb-word": functools.partial(ptb, is_word=True),
}


# One cell of the table --------------------------------------------------------------------------


def body_of_cell(task: Task, cell: str, units: int) -> dict[str, Any]:
    """Settings of a recurrent body, of such as "gru+deep+residual"."""
    cell, *more = cell.split("+")
    settings = {"cell": cell, "units": units, **task.recurrent}
    for one in more:
        if one not in MORE:
            raise ConfigError(f"There is no +{one}: add one of {', '.join(MORE)}.")
        settings |= MORE[one]
    return settings


def width(task: Task, cell: str, parameters: int) -> int:
    """The most units with which a recurrent model has at most so many parameters.

    Their number is a quadratic function of the units, of which three are enough; with as many units
    as the embedding has features, a language model has a layer less.
    """
    counts = [count(task, cell, units) for units in (5, 9, 13)]
    a, b, c = np.polyfit((5, 9, 13), counts, 2)
    return max(2, int((-b + math.sqrt(max(b * b - 4 * a * (c - parameters), 0))) / (2 * a)))


def count(task: Task, cell: str, units: int) -> int:
    return task.build(**body_of_cell(task, cell, units)).count_params()


def run_cell(args: argparse.Namespace, name: str, task: Task, cell: str) -> dict[str, Any]:
    """Trains one cell of the table, from where it was stopped, and tests it."""
    if cell == "tcn":
        body = {"body": "tcn", **task.tcn}
    else:
        units = width(task, cell, args.parameters or PAPER[name].size)
        body = body_of_cell(task, cell, units)
    settings = vars(options().parse_args([])) | task.numbers | body
    settings |= {"seed": args.seed, "fraction": args.fraction, "batches": args.batches}
    settings |= {"run": f"{args.run}/{name}-{cell}", "precision": args.precision}
    settings["epochs"] = math.ceil(task.numbers["epochs"] * args.part)
    begun = Path(args.init_from or "") / f"{name}-{cell}.weights.h5"
    begin = (
        (lambda model: model.load_weights(begun)) if args.init_from and begun.is_file() else None
    )
    keras.utils.set_random_seed(args.seed)
    began = time.perf_counter()
    if settings["epochs"]:
        model = trained(argparse.Namespace(**settings), name, task, body, begin)
    elif begin:
        model = built(args.precision, task.build, body)
        begin(model)
    else:
        raise ConfigError(f"--part 0 scores weights of --init-from, and there is no {begun.name}.")
    return {
        "task": name,
        "cell": cell,
        "value": task.test(model),
        "validation": task.score(model),
        "parameters": model.count_params(),
        "units": body["units"],
        "epochs": settings["epochs"],
        "seconds": round(time.perf_counter() - began),
    }


def trained(
    run: argparse.Namespace, name: str, task: Task, body: dict[str, Any], begin: Callable | None
) -> keras.Model:
    return recipe.train(
        run,
        lambda dtype: built(dtype, task.build, body),
        task.epochs(run),
        score=lambda model: {name: task.score(model)},
        metric=PAPER[name].title,
        lower_is_better=PAPER[name].lower_is_better,
        digits=5,
        loss=task.loss,
        begin=begin,
        wrap=task.wrap,
    )


def built(dtype: str, build: Callable, body: dict[str, Any]) -> keras.Model:
    with dtype_policy(dtype):
        return build(**body)


def main():
    args = arguments()
    done = {(row["task"], row["cell"]) for row in read_rows(args.table)}
    for name in args.tasks.split(","):
        cells = [cell for cell in args.cells.split(",") if (name, cell) not in done]
        task = TASKS[name](args) if cells else None
        for cell in cells:
            print(f"{PAPER[name].title}: {cell}", flush=True)
            row = run_cell(args, name, task, cell)
            write_row(args.table, row)
            print(f"{name}, {cell}: {row['value']:.5g} on the test split", flush=True)
    if args.table == MODELS.path / TABLE_FILE:
        write_index(MODELS.read(), MODELS)


if __name__ == "__main__":
    recipe.start(main)
