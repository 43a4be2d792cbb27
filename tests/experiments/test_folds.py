"""Folds of clips: what a network says is kept, brought to one scale, and each fold begins anew."""

import keras
import numpy as np
import pytest

import zoo
from zoo.data.labelled_clips import LabelledClip
from zoo.errors import ConfigError
from zoo.experiments.folds import FoldTraining, at_another_speed, right_by_fold, scale, vectors_of
from zoo.inputs import Clips
from zoo.layers import ClipEncoder, EfficientNetLite

HOW = {"epochs": 30, "learning_rate": 0.02, "smoothing": 0.1, "weight_decay": 0.0}
HOW |= {"speed": 0.25, "seed": 0, "batch_steps": 64}


def model_of(size=None, streams=("frames", "changes"), dropout=0.0):
    keras.utils.set_random_seed(0)
    network = EfficientNetLite([(3, 2, 1, 4)], stem_filters=4, head_filters=0)
    encoder = ClipEncoder(network, streams, columns=2, gap=1, size=size)
    how = {"features": encoder, "input": Clips(16, 16), "labels": ("left", "right")}
    return zoo.build("action", units=8, dropout=dropout, is_causal=True, **how)


def clips_of(count=12, time=70):
    """Bright on the left or on the right, each of one of three groups."""
    rng, found = np.random.default_rng(0), []
    for number in range(count):
        clip = rng.integers(0, 60, (time + number, 16, 16, 3)).astype("uint8")
        clip[:, :, 8 * (number % 2) :][:, :, :8] += 150
        found.append(LabelledClip(clip, ("left", "right")[number % 2], str(1 + number % 3)))
    return found


def test_what_a_network_says_is_kept_and_is_that_of_whole_clips(tmp_path):
    model, clips = model_of(), clips_of(3)
    model.features.mean.assign(np.full(16, 9.0))  # is not taken off
    found = vectors_of(model, clips, tmp_path / "a" / "kept.npz")
    for kept, turn in ((found.plain, 1), (found.mirrored, -1)):
        for vectors, one in zip(kept, clips, strict=True):
            given = one.clip[None, :, :, ::turn], np.array([len(one.clip)])
            whole = keras.ops.convert_to_numpy(model.features.seen(*given))[0]
            np.testing.assert_allclose(vectors, whole, atol=0.02, rtol=2e-3)
    assert found.labels.tolist() == ["left", "right", "left"]
    assert found.groups.tolist() == ["1", "2", "3"]
    again = vectors_of(None, clips, tmp_path / "a" / "kept.npz")  # asks no network
    np.testing.assert_array_equal(again.mirrored[2], found.mirrored[2])


def test_numbers_are_brought_to_one_scale():
    features, rng = model_of().features, np.random.default_rng(0)
    clips = [rng.normal(3, [*range(1, 17)], (40, 16)).astype("float32") for _ in range(5)]
    scale(features, clips)
    scaled = np.concatenate([keras.ops.convert_to_numpy(features.scaled(one)) for one in clips])
    np.testing.assert_allclose(scaled.mean(0), 0, atol=1e-4)
    joined = np.concatenate(clips)
    np.testing.assert_allclose(
        scaled.std(0), joined.std(0) / (joined.std(0) + 0.02 * joined.std()), rtol=1e-3
    )


def test_means_of_clips_are_whitened():
    features, rng = model_of(size=4).features, np.random.default_rng(0)
    level = rng.normal(0, 1, (30, 16)) * np.geomspace(9, 0.1, 16)
    clips = [one + rng.normal(0, 0.1, (20, 16)).astype("float32") for one in level]
    scale(features, clips)
    scaled = [keras.ops.convert_to_numpy(features.scaled(one)) for one in clips]
    joined = np.concatenate(scaled)
    assert joined.std() == pytest.approx(1, abs=0.01)
    # Powers of the means' covariance p become p / (p + 0.3 mean p), all times one number.
    powers = np.linalg.eigvalsh(np.cov(np.stack([c.mean(0) for c in clips]).T, bias=True))[:-5:-1]
    covariance = np.cov(np.stack([one.mean(0) for one in scaled]).T, bias=True)
    np.testing.assert_allclose(covariance, np.diag(np.diag(covariance)), atol=1e-3)
    expected = powers / (powers + 0.3 * powers.mean())
    found = np.diag(covariance)
    np.testing.assert_allclose(found / found[0], expected / expected[0], rtol=1e-3)
    with pytest.raises(ConfigError, match="3 clips have no 4 components"):
        scale(features, clips[:3])


def test_a_clip_becomes_slower_and_faster():
    change, vectors = at_another_speed(0.25), np.arange(100)
    lengths = []
    for seed in range(50):
        changed = change(vectors, np.random.default_rng(seed))
        assert (np.diff(changed) >= 0).all() and changed[0] <= 10 and changed[-1] >= 89
        lengths.append(len(changed))
    assert 80 <= min(lengths) < 90 and 115 < max(lengths) <= 125
    assert len(change(vectors[:1], np.random.default_rng(0))) == 1


def test_folds_are_trained_one_by_one_from_the_same_weights(tmp_path):
    model, clips = model_of(dropout=0.2), clips_of(12, 12)
    vectors = vectors_of(model, clips, tmp_path / "kept.npz")
    flipped = np.array([{"left": "right", "right": "left"}[one] for one in vectors.labels])
    vectors = vectors._replace(mirrored=vectors.plain)  # sides are the labels here

    def splits_of(fold):
        own = int(fold[-2:])
        return {"train": [own % 3 + 1], "validation": [(own + 1) % 3 + 1], "test": [own]}

    folds, sets = ["fold01", "fold02", "fold03"], {"all": range(1, 4)}
    training = FoldTraining(model, HOW)
    lines = [*right_by_fold(training, vectors, folds, splits_of, "fold01", False, sets)]
    assert lines == ["fold02: 4 of 4", "fold03: 4 of 4", "fold01: 4 of 4"] + [
        "all 100.0, mean 100.0, between folds ± 0.0"
    ]
    last = [weight.numpy() for weight in model.trainable_weights]
    training.train(vectors, np.isin(vectors.groups, ["2", "3"]))  # as fold01 was
    for weight, value in zip(model.trainable_weights, last, strict=True):
        np.testing.assert_allclose(weight.numpy(), value, atol=1e-6)
    # Labels of the asked group are not trained on: with all of them wrong all are told wrong.
    wrong = vectors._replace(labels=np.where(vectors.groups == "1", flipped, vectors.labels))
    asked = [*right_by_fold(training, wrong, ["fold01"], splits_of, "fold01", False, sets)]
    assert asked[0] == "fold01: 0 of 4"
    wrong = vectors._replace(labels=np.where(vectors.groups == "3", flipped, vectors.labels))
    chosen = [*right_by_fold(training, wrong, ["fold01"], splits_of, "fold01", True, sets)]
    assert chosen[0] == "fold01: 0 of 4"
