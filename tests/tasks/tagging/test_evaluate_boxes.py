"""Scores of trackers of boxes: what is counted, and the Kalman filters beside them."""

from __future__ import annotations

import numpy as np
import pytest
from tiny_datasets import add_boxes

from zoo.data.boxes import trials
from zoo.errors import ConfigError
from zoo.metrics.boxes import centre_errors, overlaps
from zoo.tasks.tagging.box_experiment import BoxExperiment
from zoo.tasks.tagging.box_results import TrackedBoxes
from zoo.tasks.tagging.evaluate_boxes import box_scores, evaluate_boxes
from zoo.tasks.tagging.kalman import GRID, Kalman, best_kalman
from zoo.tasks.tagging.track import build_track

NAME = "tracked_boxes/fold4"


class Repeater:
    """Says the last box that it saw."""

    name, dataset, is_causal = "repeater", NAME, True

    def track(self, tracks):
        return [self.one(seen) for seen in tracks]

    def one(self, seen):
        places = np.maximum.accumulate(np.where(np.isnan(seen[:, 0]), 0, np.arange(len(seen))))
        boxes = seen[places]
        return TrackedBoxes(boxes.tolist(), np.full(boxes.shape, 1e3).tolist())


def test_scores_are_those_of_all_frames_and_of_gaps():
    true = np.repeat([[0.0, 0, 10, 10]], 4, axis=0)
    seen = true.copy()
    seen[2] = np.nan
    said = true + np.array([0.0, 0, 3, 4])[:, None] * (1, 0, 0, 0)
    found = box_scores([said], [("a", 0.1, seen, true)])
    assert found["centre_rmse"] == pytest.approx(100 * np.sqrt((0.3**2 + 0.4**2) / 4))
    assert found["centre_rmse in gaps"] == pytest.approx(30)
    assert found["iou"] == pytest.approx(25 * (2 + 7 / 13 + 6 / 14))
    assert found["iou in gaps"] == pytest.approx(700 / 13)


def test_rows_of_a_data_set(tiny_mirror):
    add_boxes(tiny_mirror)
    rows = {row["metric"]: row for row in evaluate_boxes(Repeater())}
    found = trials(NAME, "test")
    said, true = Repeater().track([seen for _, _, seen, _ in found]), [one[3] for one in found]
    off = np.concatenate([centre_errors(np.array(a), b) for a, b in zip(said, true, strict=True)])
    alike = np.concatenate([overlaps(np.array(a), b) for a, b in zip(said, true, strict=True)])
    assert rows["centre_rmse"]["value"] == pytest.approx(100 * np.sqrt((off**2).mean()))
    assert rows["iou"]["value"] == pytest.approx(100 * alike.mean())
    assert rows["centre_rmse"]["direction"] == "lower" and rows["iou"]["direction"] == "higher"
    assert rows["coverage"]["value"] == 100 and rows["iou"]["sentences"] == len(found)
    kalman = best_kalman(trials(NAME, "train", draws=1), False)
    expected = box_scores(kalman.track([seen for _, _, seen, _ in found]), found)
    for metric, value in expected.items():
        assert rows[f"{metric} of Kalman"]["value"] == pytest.approx(value)
    assert rows["centre_rmse of Kalman"]["value"] < rows["centre_rmse"]["value"]
    assert "iou in gaps of Kalman, told the noise" in rows


def test_the_best_of_the_grid_is_the_best(tiny_mirror):
    add_boxes(tiny_mirror)
    for is_smoother in (True, False):
        found = trials(NAME, "train", draws=1)
        best = best_kalman(found, is_smoother)
        tracks = [seen for _, _, seen, _ in found]

        def scores(ratio, size_ratio, tracks=tracks, found=found, is_smoother=is_smoother):
            return box_scores(Kalman(ratio, size_ratio, is_smoother).track(tracks), found)

        place = GRID.index(best.ratio)
        mine = scores(best.ratio, GRID[0])["centre_rmse"]
        for other in (max(place - 2, 0), min(place + 2, len(GRID) - 1)):
            assert mine <= scores(GRID[other], GRID[0])["centre_rmse"]
        mine = scores(best.ratio, best.size_ratio)["iou"]
        assert mine >= scores(best.ratio, best.size_ratio * 10)["iou"]


def test_an_experiment_of_noisy_boxes(tiny_mirror):
    add_boxes(tiny_mirror)
    experiment = BoxExperiment(NAME, 0.5)
    model = build_track(units=4, **experiment.settings)
    experiment.encode(model)
    inputs, targets, _ = next(experiment.batches(0, 0).as_numpy_iterator())
    assert inputs["boxes"].shape[0] == targets.shape[0] == 32
    model.compile(loss=experiment.loss)
    assert np.isfinite(model.test_on_batch(inputs, targets))
    assert 0 < experiment.score(model) < 100
    with pytest.raises(ConfigError):
        BoxExperiment("multi30k/de-en", 1.0)
