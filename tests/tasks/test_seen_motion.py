"""Tasks of skeletons: how they are scored, and experiments that learn them."""

from __future__ import annotations

import types

import keras
import numpy as np
import pytest
from tiny_datasets import add_skeletons

from zoo.data.sets.msr_action3d import ACTIONS, MSRAction3D
from zoo.data.skeletons import SkeletonRecording
from zoo.errors import ConfigError
from zoo.tasks.classification.activity import build_activity
from zoo.tasks.classification.activity_experiment import ActivityExperiment
from zoo.tasks.classification.evaluate_activity import evaluate_activity
from zoo.tasks.classification.results import Classification
from zoo.tasks.tagging.evaluate_segments import evaluate_segments
from zoo.tasks.tagging.segment import build_segment
from zoo.tasks.tagging.segment_experiment import SegmentExperiment, windows_of
from zoo.tasks.tagging.spans import LabelledSpan, LabelledSpans


def learned(experiment, model, epochs):
    experiment.encode(model)
    model.compile(
        optimizer=keras.optimizers.Adam(0.02),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    for epoch in range(epochs):
        model.fit(experiment.batches(1, epoch), verbose=0)
    return experiment.score(model)


def test_activities_are_learned(tiny_mirror):
    add_skeletons(tiny_mirror)
    experiment = ActivityExperiment("msr_action3d", 1.0)
    model = build_activity(units=8, dropout=0.0, **experiment.settings)
    assert experiment.settings["labels"] == ["forward kick", "hammer"] and experiment.steps == 1
    assert learned(experiment, model, 15) == 100
    rows = evaluate_activity(build_activity(units=2, labels=ACTIONS, dataset="msr_action3d"))
    assert [row["metric"].partition(" ")[0] for row in rows] == ["accuracy"] * 3


def test_frames_are_learned(tiny_mirror):
    add_skeletons(tiny_mirror)
    experiment = SegmentExperiment("utkinect/s01", 1.0)
    model = build_segment(units=16, dropout=0.0, **experiment.settings)
    assert learned(experiment, model, 12) > 70
    rows = evaluate_segments(model)
    assert [row["metric"] for row in rows] == [
        "frame_accuracy",
        "frame_accuracy (without nothing)",
        "f1@50",
    ]


def test_activities_among_the_labels_of_a_set(tiny_mirror):
    """A stand-in says high wave most, which is in another set than hammer, and hammer next."""
    add_skeletons(tiny_mirror)
    probabilities = dict.fromkeys(ACTIONS, 0.0) | {"high arm wave": 0.5, "hammer": 0.3}
    answer = Classification("high arm wave", probabilities)
    model = types.SimpleNamespace(
        name="x", dataset="msr_action3d", labels=ACTIONS, classify=lambda items: [answer] * 10
    )
    usual, everything, sets = evaluate_activity(model)
    assert usual["value"] == everything["value"] == 0
    assert (usual["sentences"], everything["sentences"]) == (5, 10)
    # Of the people tested on, the kicks are not among the usual ones: hammer alone, in AS1.
    assert sets["value"] == 100 and sets["metric"].endswith("mean of AS1")
    assert set(MSRAction3D.label_sets) == {"AS1", "AS2", "AS3"}


def test_frames_and_segments_beside_a_count_by_hand(tiny_mirror):
    add_skeletons(tiny_mirror)

    def tag(items):
        spans = [("nothing", 0, 8), ("walk", 8, 17), ("sit down", 17, 18), ("nothing", 18, 22)]
        return [LabelledSpans(LabelledSpan(*span, 1.0) for span in spans) for _ in items]

    model = types.SimpleNamespace(name="x", dataset="utkinect/s03", labels="abc", tag=tag)
    frames, done, f1 = evaluate_segments(model)
    # Wanted: ten frames of nothing, seven of walking, four of sitting down, one of nothing.
    assert frames["value"] == pytest.approx(100 * (8 + 7 + 1 + 1) / 22)
    assert done["value"] == pytest.approx(100 * 8 / 11)
    assert f1["value"] == pytest.approx(50)  # walking overlaps enough, sitting down does not


def test_labels_that_a_model_has_not_are_not_trained_on():
    one = SkeletonRecording(np.zeros((3, 20, 3), "float32"), ("a", "b", "a"), 1, "x")
    joints, labels = windows_of([one], ["a"], parts=2)
    assert len(joints) == 2 and labels[1].tolist() == [0, -1, 0]


def test_what_needs_labels_says_so():
    with pytest.raises(ConfigError, match="needs labels"):
        build_activity()
    with pytest.raises(ConfigError, match="needs labels"):
        build_segment()
    with pytest.raises(ConfigError, match="halved between the two directions, so not 7"):
        build_activity(units=7, labels="ab")
    with pytest.raises(ConfigError, match="halved between the two directions, so not 7"):
        build_segment(units=7, labels="ab")
    assert build_segment(units=7, labels="ab", is_causal=True).encoder.output_size == 7
