"""Shows the gap between training and use that scheduled sampling closes: a state is tracked.

A state jumps now and then, and half of what is seen of it is noise. Beside the true state before,
what was seen earlier tells nothing: teacher forcing teaches to forget it, and to repeat an error.
"""

import argparse

import keras
import numpy as np

from zoo.backend.compiled import jit_compile
from zoo.cells import GRUCell
from zoo.layers import Recurrent
from zoo.training.scheduled_sampling import Constant, LinearDecay, ScheduledSampling

FIRST, STATES, IDS, JUMP, CLEAR, TIME, ROWS = 4, 8, 12, 0.05, 0.5, 40, 64


class Tracker(keras.Model):
    """From `{"seen", "tokens"}`, what is seen and the states before, to the logits of states."""

    def __init__(self):
        super().__init__()
        self.fed_back = "tokens"
        self.pair, self.logits = keras.layers.Embedding(IDS * IDS, 32), keras.layers.Dense(IDS)
        self.recurrence = Recurrent(GRUCell(64))

    def call(self, inputs, training=False):
        vectors = self.pair(IDS * inputs["seen"] + inputs["tokens"])
        return self.logits(self.recurrence(vectors, training=training)[0])

    def stepwise(self, inputs):
        def step(token, states):
            seen = keras.ops.take(inputs["seen"], states[0], axis=1)
            output, new = self.recurrence.step(self.pair(IDS * seen + token), states[1:])
            return self.logits(output), [states[0] + 1, *new]

        start = self.recurrence.get_initial_state(keras.ops.shape(inputs["seen"])[0])
        return step, [keras.ops.zeros((), "int32"), *start]


def drawn(rng, rows):
    jumps = rng.integers(STATES, size=(rows, TIME)) * (rng.random((rows, TIME)) < JUMP)
    truth = FIRST + (rng.integers(STATES, size=(rows, 1)) + np.cumsum(jumps, 1)) % STATES
    seen = np.where(rng.random(truth.shape) < CLEAR, truth, rng.integers(FIRST, IDS, truth.shape))
    return {"seen": seen, "tokens": np.pad(truth, [(0, 0), (1, 0)])[:, :-1]}, truth


def free_running(model, inputs):
    (step, states), tokens = model.stepwise(inputs), [inputs["tokens"][:, 0]]
    for _ in range(TIME):
        logits, states = step(tokens[-1], states)
        tokens.append(np.argmax(logits, -1))
    return np.stack(tokens[1:], 1)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--steps", type=int, default=400, help=f"of {ROWS} rows")
    parser.add_argument("--by", choices=["loop", "pass"], default="loop", help="how to draw")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    rng, fewer = np.random.default_rng(args.seed), LinearDecay(1.5 / args.steps)
    (inputs, labels), (tested, wanted) = drawn(rng, args.steps * ROWS), drawn(rng, 1000)
    ways = {"teacher forcing": Constant(1.0), "from the model": fewer, "uniform": fewer}
    for way, true in {**ways, "always": Constant(0.0)}.items():
        keras.utils.set_random_seed(args.seed)
        model, loss = Tracker(), keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        model(tested)
        trained = ScheduledSampling(model, true, {"uniform": way}.get(way, "model"), by=args.by)
        trained.compile(keras.optimizers.Adam(5e-3), loss, jit_compile=jit_compile())
        trained.fit(inputs, labels, batch_size=ROWS, shuffle=False, verbose=0)
        answers = np.argmax(model(tested), -1), free_running(model, tested)
        told, free = ((states == wanted).mean() for states in answers)
        print(f"{way:16} told the truth {told:6.1%}   free running {free:6.1%}", flush=True)


if __name__ == "__main__":
    main()
