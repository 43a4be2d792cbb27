"""Shows how far back simple RNN, GRU, LSTM and TCN remember: accuracy over distance, as a picture.

    python recipes/long_dependence.py --out long_dependence.png

Brackets are opened, letters follow and other brackets that are closed at once, and the question is
what closes the first ones, as in `([<ab{c}d<e>f?>])`; then the next are opened, and the last have
to be forgotten. Every body is the middle of the same language model, and learns from the same texts
for the same number of steps, with distances up to `--longest`, once at each learning rate; the
better model by its last loss is asked at these distances and at twice as far. Whoever has forgotten
is right one time in eight. One bracket (`--open 1`) a simple RNN keeps as well as any other.
"""

from __future__ import annotations

import argparse
import math
import random
import time

import keras
import numpy as np

import zoo
from zoo.backend.compiled import jit_compile
from zoo.experiments.rendering import require_plots
from zoo.inputs import CharacterTokenizer
from zoo.training.losses import SmoothedCrossEntropy
from zoo.training.schedules import WarmupHoldDecay

OPENING, CLOSING = "([{<«‹⟨⌈", ")]}>»›⟩⌉"
LETTERS, ASK = "abcdefgh", "?"
PAIRS = [a + letter + b for a, b in zip(OPENING, CLOSING, strict=True) for letter in LETTERS]
DISTURBING = 0.25  # how often a pair stands where a letter might
NEAREST, BEFORE = 2, 8  # the least distance; the most of the bracket before the one that is tested
REPORT = 100  # steps from one line to the next


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", default="long_dependence.png", help="the picture")
    parser.add_argument("--bodies", default="simple,gru,lstm,tcn", help="cells, tcn, transformer")
    parser.add_argument("--open", type=int, default=3, help="brackets to remember")
    parser.add_argument("--longest", type=int, default=100, help="distance in training")
    parser.add_argument("--steps", type=int, default=2000, help="of each body")
    parser.add_argument("--rows", type=int, default=32, help="texts of a step")
    parser.add_argument("--units", type=int, default=64, help="of a cell or a Transformer")
    parser.add_argument("--tcn-units", type=int, default=24, help="of the many layers of a TCN")
    parser.add_argument("--learning-rates", default="5e-3,1e-3", help="tried with each body")
    parser.add_argument("--questions", type=int, default=400, help="at each distance")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def main() -> None:
    args = arguments()
    require_plots()
    tokenizer = CharacterTokenizer(OPENING + CLOSING + LETTERS + ASK)
    print(f"At distance 24 a text is {agreement(random.Random(0), 24, args.open)}")

    distances = np.unique(np.geomspace(NEAREST, 2 * args.longest, 14).round().astype(int))
    found = []
    for body in args.bodies.split(","):
        tried = []
        for rate in map(float, args.learning_rates.split(",")):
            keras.utils.set_random_seed(args.seed)
            model = built(body, args, tokenizer, rate)
            print(f"{body}: {model.count_params():,} parameters, rate {rate:g}", flush=True)
            began = time.perf_counter()
            loss = train(model, args)
            tried.append((loss, time.perf_counter() - began, model))
        _, seconds, model = min(tried, key=lambda one: one[0])
        values = accuracies(model, distances, args)
        found.append((body, model, seconds, values))
        told = ", ".join(f"{d}: {x:.1%}" for d, x in zip(distances, values, strict=True))
        print(f"{body}: right at distance {told}; {seconds:.0f} s", flush=True)
    draw(found, distances, args)
    print(f"drawn as {args.out}")


def built(body: str, args: argparse.Namespace, tokenizer, rate: float):
    """One recurrent layer, or a TCN just deep enough to see as far as it is trained."""
    shape: dict = {"cell": body, "units": args.units, "layers": 1}
    outermost = args.longest + 2 * (args.open - 1)
    if body == "tcn":
        blocks = math.ceil(math.log2(1 + (outermost - 1) / 4))
        shape = {"body": body, "units": args.tcn_units, "layers": max(1, blocks)}
    elif body == "transformer":
        shape = {"body": body, "units": args.units, "layers": 2, "context": outermost}
    model = zoo.build(
        "lm",
        **shape,
        embedding_size=16,
        tied=False,
        dropout=0.0,
        output_dropout=0.0,
        tokenizer=tokenizer,
    )
    schedule = WarmupHoldDecay(rate, args.steps, warmup_steps=args.steps // 20)
    model.compile(
        optimizer=keras.optimizers.Adam(schedule, beta_2=0.99, global_clipnorm=1.0),
        loss=SmoothedCrossEntropy(),
        jit_compile=jit_compile(),
    )
    return model


def agreement(rng: random.Random, distance: int, count: int) -> str:
    """Brackets, what is between, the question, and their partners; the distance of the inmost."""
    kinds = rng.choices(range(len(OPENING)), k=count)
    weights = [(1 - DISTURBING) / len(LETTERS)] * len(LETTERS)
    weights += [DISTURBING / len(PAIRS)] * len(PAIRS)
    units = rng.choices([*LETTERS, *PAIRS], weights, k=distance)
    between = "".join(units)[: distance - 2]
    for cut in (1, 2):  # a pair that is not closed any more
        if len(between) >= cut and between[-cut] in OPENING:
            between = between[:-cut] + "".join(rng.choices(LETTERS, k=cut))
    opened = "".join(OPENING[kind] for kind in kinds)
    return opened + between + ASK + "".join(CLOSING[kind] for kind in reversed(kinds))


def running_text(rng: random.Random, longest: int, count: int, length: int) -> str:
    """Agreements near and far alike: their distances are even on a logarithmic scale."""
    text = ""
    while len(text) < length:
        drawn = math.exp(rng.uniform(math.log(NEAREST), math.log(longest + 1)))
        text += agreement(rng, min(int(drawn), longest), count)
    return text[:length]


def train(model, args: argparse.Namespace) -> float:
    """Only answers count, all alike. Returns the last loss."""
    rng, length = random.Random(args.seed), 2 * args.longest + 2 * args.open - 1
    ask = model.tokenizer.encode(ASK)[0]
    for begin in range(0, args.steps, REPORT):
        steps = min(REPORT, args.steps - begin)
        texts = [
            running_text(rng, args.longest, args.open, length) for _ in range(steps * args.rows)
        ]
        ids = model.tokenizer.encode("".join(texts)).reshape(-1, length)
        tokens, labels = ids[:, :-1], ids[:, 1:]
        is_asked = tokens == ask
        for after in range(1, args.open):
            is_asked[:, after:] |= tokens[:, :-after] == ask
        weights = is_asked / is_asked.mean()
        how = {"batch_size": args.rows, "shuffle": False, "verbose": 0}
        history = model.fit({"tokens": tokens}, labels, sample_weight=weights, **how).history
        print(f"  step {begin + steps}: loss {history['loss'][0]:.3f}", flush=True)
    return history["loss"][0]


def accuracies(model, distances: np.ndarray, args: argparse.Namespace) -> list[float]:
    """The fraction of right answers at each distance, after one agreement that is over."""
    rng, count = random.Random(args.seed + 1), args.open
    length = BEFORE + 4 * count - 2 + int(distances.max())
    values = []
    for distance in distances:
        ids = np.zeros((args.questions, length), "int32")
        ends = np.zeros(args.questions, "int32")
        for row in range(args.questions):
            text = agreement(rng, rng.randint(NEAREST, BEFORE), count)
            text += agreement(rng, int(distance), count)
            ends[row] = len(text)
            ids[row, : len(text)] = model.tokenizer.encode(text)
        logits = model.predict({"tokens": ids[:, :-1]}, batch_size=100, verbose=0)
        answers = ends[:, np.newaxis] - np.arange(1, count + 1)  # their places
        rows = np.arange(args.questions)[:, np.newaxis]
        is_right = logits[rows, answers - 1].argmax(-1) == ids[rows, answers]
        values.append(float(is_right.mean()))
    return values


def draw(found, distances: np.ndarray, args: argparse.Namespace) -> None:
    from matplotlib.figure import Figure  # without pyplot there is no window and no state
    from matplotlib.ticker import NullFormatter, PercentFormatter, ScalarFormatter

    figure = Figure(figsize=(8, 5), layout="constrained")
    axes = figure.subplots()
    chance = 1 / len(OPENING)
    axes.axhline(chance, color="0.6", linestyle="--", linewidth=1)
    axes.annotate("chance", (distances[0], chance), (0, 4), textcoords="offset points", color="0.4")
    axes.axvline(args.longest, color="0.6", linewidth=1)
    axes.annotate("longest in training ", (args.longest, 0.02), ha="right", color="0.4")
    for body, model, seconds, values in found:
        label = f"{body}: {model.count_params():,} parameters, {seconds:.0f} s"
        (line,) = axes.plot(distances, values, "o-", label=label, markersize=4)
        field = getattr(model.recurrence, "receptive_field", None)
        if field is not None and field <= distances[-1]:
            axes.axvline(field, color=line.get_color(), linestyle=":", linewidth=1)
            place = (field, 0.07)
            axes.annotate(f" {body} sees {field}", place, color=line.get_color())
    axes.set_xscale("log", base=2)
    axes.xaxis.set_major_formatter(ScalarFormatter())
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.yaxis.set_major_formatter(PercentFormatter(1.0))
    axes.set_ylim(0, 1.05)
    axes.set_xlabel("characters from the last bracket opened to its partner")
    axes.set_ylabel(f"right partners, of {len(OPENING)}")
    what = "1 bracket" if args.open == 1 else f"{args.open} brackets"
    axes.set_title(f"{what} remembered: {args.steps:,} steps of {args.rows} texts")
    axes.spines[["top", "right"]].set_visible(False)
    figure.legend(frameon=False, loc="outside lower center", ncols=2)
    figure.savefig(args.out, dpi=150)


if __name__ == "__main__":
    main()
