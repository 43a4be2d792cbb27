"""Shows how far back simple RNN, GRU, LSTM and TCN remember: accuracy over distance, as a picture.

    python recipes/long_dependence.py --out long_dependence.png

Brackets are opened, letters follow and other brackets that are closed at once, and the question is
what closes the first ones, as in `([<ab{c}d<e>f?>])`; see `zoo.experiments.reach`, and `zoo picture
distance`, which draws the same.
"""

from __future__ import annotations

import argparse
import random

from zoo.diagnostics.distance import draw
from zoo.experiments.long_dependence import agreement
from zoo.experiments.reach import reach
from zoo.experiments.rendering import require_plots


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
    args = vars(arguments())
    require_plots()
    out, bodies = args.pop("out"), args.pop("bodies").split(",")
    print(f"At distance 24 a text is {agreement(random.Random(0), 24, args['open'])}")
    draw(reach(bodies, **args), out)
    print(f"drawn as {out}")


if __name__ == "__main__":
    main()
