"""How far back cells remember: each is trained on the same texts and asked at each distance."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from typing import Any

import keras

from zoo import catalogue
from zoo.diagnostics.distance import draw
from zoo.diagnostics.picture import Picture
from zoo.errors import ConfigError, UnknownNameError
from zoo.experiments import long_dependence
from zoo.registry import suggestion

_OTHERS = ("tcn", "transformer")


def reach(
    names: Sequence[str],
    *,
    open: int = 3,
    longest: int = 100,
    steps: int = 2000,
    rows: int = 32,
    units: int = 64,
    tcn_units: int = 24,
    learning_rates: str = "5e-3,1e-3",
    questions: int = 400,
    seed: int = 1,
) -> dict[str, Any]:
    """How often cells, trained here, know what closes brackets that were opened so far back.

    Every body is the middle of the same language model, and learns from the same texts for the same
    number of steps, with distances up to `longest`, once at each learning rate; the better model by
    its last loss is asked at these distances and at twice as far. One bracket (`open=1`) a simple
    RNN keeps as well as any other.

    Args:
        names: registered cells, "tcn" and "transformer".
        open: brackets to remember.
        longest: distance in training.
        steps: of the training of each body.
        rows: texts of a step.
        units: of a cell or a Transformer.
        tcn_units: of the many layers of a TCN.
        learning_rates: tried with each body, by commas.
        questions: at each distance.
        seed: of weights and texts.

    Returns:
        `distances`, `bodies` (`name`, `parameters`, `seconds` of the training, `accuracies` in
        [0, 1] at each distance, `field`, how far it sees, None without a limit), and what of the
        arguments the picture says.

    Raises:
        UnknownNameError: if there is no such cell.
        ConfigError: if a number is out of its range.
    """
    known = [*catalogue.cells.names(), *_OTHERS]
    for name in names:
        if name not in known:
            raise UnknownNameError(f"There is no cell {name!r}{suggestion(name, known)}")
    least = {"open": open, "steps": steps, "rows": rows, "units": units, "tcn_units": tcn_units}
    for what, value in {**least, "questions": questions}.items():
        if value < 1:
            raise ConfigError(f"{what} is at least 1, not {value}.")
    if longest < long_dependence.NEAREST:
        raise ConfigError(f"longest is at least {long_dependence.NEAREST}, not {longest}.")
    try:
        rates = [float(rate) for rate in learning_rates.split(",")]
    except ValueError:
        rates = []
    if not rates or min(rates) <= 0:
        raise ConfigError(f"learning_rates are numbers by commas, not {learning_rates!r}.")
    distances = long_dependence.distances_to(2 * longest)
    shape = {"units": units, "tcn_units": tcn_units, "count": open, "longest": longest}
    bodies = []
    for name in names:
        tried: list[tuple] = []
        for rate in rates:
            keras.utils.set_random_seed(seed)
            model = long_dependence.built(name, rate=rate, steps=steps, **shape)
            _say(f"{name}: {model.count_params():,} parameters, rate {rate:g}")
            began = time.perf_counter()
            task = {"count": open, "longest": longest, "steps": steps, "rows": rows, "seed": seed}
            loss = long_dependence.train(model, **task, say=_say)
            tried.append((loss, time.perf_counter() - began, model))
        _, seconds, model = min(tried, key=lambda one: one[0])
        asked = {"count": open, "questions": questions, "seed": seed}
        values = long_dependence.accuracies(model, distances, **asked)
        told = ", ".join(f"{d}: {x:.1%}" for d, x in zip(distances, values, strict=True))
        _say(f"{name}: right at distance {told}; {seconds:.0f} s")
        bodies.append(
            {
                "name": name,
                "parameters": model.count_params(),
                "seconds": seconds,
                "accuracies": values,
                "field": getattr(model.recurrence, "receptive_field", None),
            }
        )
    return {
        "distances": distances,
        "bodies": bodies,
        "open": open,
        "longest": longest,
        "steps": steps,
        "rows": rows,
        "chance": long_dependence.CHANCE,
        "choices": len(long_dependence.OPENING),
    }


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


PICTURE = Picture(reach, draw, "names", "CELL...")
