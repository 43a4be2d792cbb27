"""Scores of a detector of what is unusual in clips, against pairs counted one by one."""

from __future__ import annotations

import numpy as np
import pytest
from small_watcher import small_watcher

from zoo import catalogue
from zoo.data.watched_clips import WatchedClip
from zoo.errors import ConfigError
from zoo.metrics.rows import checked_rows
from zoo.tasks.forecasting.evaluate_watch import (
    choose_averages,
    evaluate_watch,
    from_0_to_1,
    levels_off,
    planted_area,
)


def watched(seed: int, split: str) -> WatchedClip:
    """A still picture with a little noise; in the test, strong noise in one corner for a while."""
    rng = np.random.default_rng(seed)
    still = rng.integers(60, 190, (1, 8, 12, 1))
    clip = still + rng.integers(-4, 5, (60, 8, 12, 1))
    is_unusual = np.zeros(60 if split == "test" else 0, bool)
    places = np.zeros((len(is_unusual), 16, 24), bool)
    if split == "test":
        begin = 20 + 5 * seed
        is_unusual[begin : begin + 12] = True
        places[begin : begin + 12, :8, :12] = True
        clip[begin : begin + 12, :4, :6] += rng.integers(-40, 41, (12, 4, 6, 1))
    return WatchedClip(clip.astype("uint8"), f"{split}{seed}", is_unusual, places)


@pytest.fixture
def made_up(monkeypatch):
    import zoo.data

    monkeypatch.setattr(
        zoo.data, "read_watched", lambda name, split: [watched(seed, split) for seed in range(3)]
    )


def test_rows_are_those_of_pairs(made_up):
    model = small_watcher(dataset="made up", window=1)
    model.bound = 0.5
    seen = []
    rows = evaluate_watch(model, progress=lambda *done: seen.append(done))
    found = {row["metric"]: row["value"] for row in checked_rows(rows, "it")}
    clips = [watched(seed, "test") for seed in range(3)]
    answers = [model.unusual(clip.clip) for clip in clips]
    told = np.concatenate([clip.is_unusual[3:] for clip in clips])  # nothing was expected before
    for metric, change in (("AUC", np.array), ("AUC, each clip's scores from 0 to 1", of_clip)):
        scores = np.concatenate([change(one[3:]) for one in answers])
        first, second = scores[told][:, None], scores[~told][None]
        share = ((first > second) + 0.5 * (first == second)).mean()
        assert found[metric] == pytest.approx(100 * share) and share > 0.6
    peaks = np.concatenate([one.where[3:].max((1, 2)) for one in answers])
    first, second = peaks[told][:, None], peaks[~told][None]
    assert found["AUC of the most unusual place"] == pytest.approx(100 * (first > second).mean())
    flags = np.concatenate([one.flags[3:] for one in answers])
    assert found["false alarms"] == pytest.approx(100 * flags[~told].mean())
    assert found["found"] == pytest.approx(100 * flags[told].mean())
    hits = [
        clip.places[frame, int(row * 16), int(column * 24)]
        for clip, one in zip(clips, answers, strict=True)
        for frame, (row, column) in enumerate(one.peaks)
        if frame > 2
    ]
    assert found["pointed at"] == pytest.approx(100 * np.array(hits)[told].mean())
    assert found["pointed at"] > 50 and seen[-1] == ("made up test", 3, 3)


def of_clip(scores):
    return (np.array(scores) - min(scores)) / (max(scores) - min(scores))


def test_a_clip_of_one_score_has_zeros():
    assert from_0_to_1(np.array([2.0, 2.0])).tolist() == [0.0, 0.0]


def test_how_far_frames_are_from_what_is_expected(made_up):
    model = small_watcher(window=1, power=1, judged=2)
    for weight in model.change.trainable_weights:
        weight.assign(np.zeros(weight.shape))  # it says that nothing changes
    model.bound = 0.3
    off = []
    for clip in (watched(seed, "validation").clip[..., 0].astype(float) for seed in range(3)):
        off += [np.abs(clip[4:] - clip[3:-1]), np.abs(clip[4:] - clip[2:-2])]
    assert levels_off(model, "it", "validation") == pytest.approx(np.mean(off), rel=1e-4)
    model.power = 2
    root = np.sqrt(np.mean(np.square(off)))
    assert levels_off(model, "it", "validation") == pytest.approx(root, rel=1e-4)


def test_what_tells_planted_faults_best_is_chosen(made_up):
    model = small_watcher()
    found = choose_averages(model, "it", (1, 2), (1, 3), (1, 4))
    assert set(found) == {(p, j, w) for p in (1, 2) for j in (1, 2) for w in (1, 4)}
    best = max(found, key=lambda way: found[way]["all"])
    assert (model.power, model.judged, model.window) == best and model.around in (1, 3)
    areas = planted_area(model, "it", (1, 2))
    assert set(areas) == {"haste", "thing", "all"}
    for kind, value in areas.items():
        assert value == pytest.approx(found[best][kind], abs=0.01)


def test_the_registry_knows_it():
    about = catalogue.about_of("watch")
    assert about["verb"] == "unusual" and about["reads"] == "frames"
    with pytest.raises(ConfigError, match="look at your own clips with zoo unusual"):
        evaluate_watch(small_watcher())
