"""Scores of filterpy's Kalman filter and its smoother, on what trackers of boxes are scored on.

    python tests/e2e/kalman_boxes.py tracked_boxes/fold1 tracked_boxes/fold2

Every coordinate (the middle, and the logarithms of width and height) has a filter of constant
velocity of its own, with the noises that `best_kalman` finds on the training split. It needs
`filterpy`, and the files of the data set.
"""

from __future__ import annotations

import argparse

import numpy as np
from filterpy.common import Q_discrete_white_noise
from filterpy.kalman import KalmanFilter

from zoo.data.boxes import trials
from zoo.inputs.boxes import centred, cornered
from zoo.tasks.tagging.evaluate_boxes import box_scores
from zoo.tasks.tagging.kalman import Kalman, best_kalman


def tracked(kalman: Kalman, seen: np.ndarray) -> np.ndarray:
    """Boxes `[time, 4]` for those that are seen, whose first is not missing."""
    values = centred(seen).astype("float64")
    found = []
    for column in range(4):
        one = KalmanFilter(dim_x=2, dim_z=1)
        one.F, one.H, one.R = np.array([[1.0, 1], [0, 1]]), np.array([[1.0, 0]]), np.eye(1)
        one.Q = Q_discrete_white_noise(2, 1.0, kalman.ratio if column < 2 else kalman.size_ratio)
        one.x, one.P = np.array([[values[0, column]], [0.0]]), np.eye(2)
        states, covariances = [one.x], [one.P]
        for value, is_seen in zip(values[1:, column], values[1:, 4], strict=True):
            one.predict()
            one.update(value if is_seen else None)
            states.append(one.x.copy())
            covariances.append(one.P.copy())
        path = np.array(states)
        if kalman.is_smoother:
            path = one.rts_smoother(path, np.array(covariances))[0]
        found.append(path[:, 0, 0])
    return cornered(np.stack(found, axis=1))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("datasets", nargs="+", help="such as tracked_boxes/fold1")
    for name in parser.parse_args().datasets:
        found = trials(name, "test")
        for is_smoother in (False, True):
            kalman = best_kalman(trials(name, "train", draws=1), is_smoother)
            scores = box_scores([tracked(kalman, seen) for _, _, seen, _ in found], found)
            shown = "  ".join(f"{metric} {value:.2f}" for metric, value in scores.items())
            print(f"{name} {'smoother' if is_smoother else 'filter'}: {shown}", flush=True)


if __name__ == "__main__":
    main()
