"""The forecaster: its parts in NumPy, states, padding, its own output read again, files."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import ops
from quick import quick
from small_forecaster import SCALE, small_forecaster, walks

import zoo
from zoo.errors import ConfigError

BODIES = [
    {"cell": None},
    {"layers": 2, "residual": True, "joint": True},
    {"body": "tcn", "layers": 2},
    {"body": "transformer", "units": 8, "heads": 2, "joint": True},
    {"embedding_size": 5, "level": False},
    {"head": "bernoulli", "joint": True, "patch": 1},
    {"motion": 1.0, "joint": True, "patch": 1},
    {"motion": 0.5, "places": 0.5, "embedding_size": 5},
]
SERIES = walks(3, 12)
WHOLE = np.full(3, 12, "int32")


def numpy(x):
    return ops.convert_to_numpy(x)


def parameters_of(model, series, lengths=None):
    lengths = np.full(len(series), series.shape[1], "int32") if lengths is None else lengths
    return numpy(quick(model, model)({"series": series, "lengths": lengths}))


def test_outputs_are_those_of_the_parts():
    """A patch less its last value, through the body and the head, plus that value again."""
    model = small_forecaster()
    patches = SERIES.transpose(0, 2, 1).reshape(6, 4, 3)
    level = patches[:, :, -1:]
    outputs = numpy(model.recurrence(patches - level)[0])
    mean = outputs @ numpy(model.head.mean_layer.kernel) + numpy(model.head.mean_layer.bias)
    expected = (mean + level).reshape(3, 2, 12).transpose(0, 2, 1)
    np.testing.assert_allclose(parameters_of(model, SERIES)[..., 0], expected, rtol=1e-4, atol=1e-5)


def test_motion_is_read_and_goes_on():
    """Differences of values through the body, beside the last value and the pace of its patch."""
    model = small_forecaster(motion=0.7, places=0.5)
    flat = SERIES.transpose(0, 2, 1).reshape(6, 12, 1)
    moved = np.diff(flat, axis=1, prepend=flat[:, :1]).reshape(6, 4, 3)
    last = flat[:, 2::3]
    outputs = numpy(model.recurrence(np.concatenate([moved, last / 2], axis=2))[0])
    mean = outputs @ numpy(model.head.mean_layer.kernel) + numpy(model.head.mean_layer.bias)
    pace = np.diff(last, axis=1, prepend=flat[:, :1]) / 3
    expected = (mean + last + 0.7 * pace * [1, 2, 3]).reshape(3, 2, 12).transpose(0, 2, 1)
    np.testing.assert_allclose(parameters_of(model, SERIES)[..., 0], expected, rtol=1e-4, atol=1e-5)


def test_series_of_any_length_are_predicted_by_keras():
    """The second length is traced with time unknown, while the batch is known."""
    model = small_forecaster(motion=0.0, joint=True, patch=1)
    for time in (4, 7, 9):
        series, lengths = SERIES[:1, :time], np.array([time], "int32")
        found = model.predict_on_batch({"series": series, "lengths": lengths})
        expected = parameters_of(model, series)
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)


def test_motion_elsewhere_goes_on_in_the_same_way():
    model = small_forecaster(motion=1.0, joint=True, patch=1)
    here, there = (numpy(model.expected(x, WHOLE, 5)[0]) for x in (SERIES, SERIES + 4))
    np.testing.assert_allclose(there, here + 4, rtol=1e-4, atol=1e-4)
    model = small_forecaster(motion=1.0, joint=True, patch=1, places=0.1)
    here, there = (numpy(model.expected(x, WHOLE, 5)[0]) for x in (SERIES, SERIES + 4))
    assert np.abs(there - here - 4).max() > 0.01


@pytest.mark.parametrize("config", BODIES)
def test_what_follows_changes_nothing_before_it(config):
    model = small_forecaster(**config)
    other = np.concatenate([SERIES[:, :6], walks(3, 6, seed=5) + 9], axis=1)
    np.testing.assert_allclose(
        parameters_of(model, other)[:, :6],
        parameters_of(model, SERIES)[:, :6],
        rtol=1e-4,
        atol=1e-5,
    )


@pytest.mark.parametrize("config", BODIES)
def test_steps_and_parts_are_the_whole(config):
    model = small_forecaster(**config)
    whole = parameters_of(model, SERIES)
    inputs = {"series": SERIES[:, :6], "lengths": np.full(3, 6, "int32")}
    first, state = quick(lambda inputs: model(inputs, return_state=True), model)(inputs)
    found, step = [numpy(first)], quick(model.step, model)
    for begin in range(6, 12, model.patch):
        parameters, state = step(SERIES[:, begin : begin + model.patch], state)
        found.append(numpy(parameters))
    np.testing.assert_allclose(np.concatenate(found, 1), whole, rtol=1e-4, atol=1e-5)


def test_columns_read_by_themselves_know_nothing_of_each_other():
    model, other = small_forecaster(), SERIES.copy()
    other[..., 1] += 7
    found = parameters_of(model, other)
    np.testing.assert_array_equal(found[:, :, 0], parameters_of(model, SERIES)[:, :, 0])
    moved = parameters_of(model, SERIES)[:, :, 1, 0] + 7  # a level is added again
    np.testing.assert_allclose(found[:, :, 1, 0], moved, rtol=1e-4, atol=1e-4)


def test_a_last_patch_that_is_not_whole_is_padding():
    model = small_forecaster()
    found = parameters_of(model, SERIES[:, :11])
    assert found.shape == (3, 11, 2, 2)
    np.testing.assert_allclose(
        found[:, :9], parameters_of(model, SERIES)[:, :9], rtol=1e-4, atol=1e-5
    )


# Reading its own output -------------------------------------------------------------------------


def scale_of(model, past):
    """What errors were within a past, one patch ahead, in deviations; a patch of ones besides."""
    if not model.head.has_scale or len(past) <= model.patch:
        return np.ones(2)
    mean, log_deviation = np.moveaxis(parameters_of(model, past[None])[0], -1, 0)
    off = (past[model.patch :] - mean[: -model.patch]) / np.exp(log_deviation[: -model.patch])
    return np.sqrt(np.concatenate([np.ones((model.patch, 2)), off**2]).mean(0))


def rolled(model, past, patches):
    """Forecast by whole calls, each on all that was read so far: `[steps, columns]`, both.

    Padding stands where nothing was read yet, so that all calls have one shape.
    """
    series = np.pad(past, [(0, patches * model.patch), (0, 0)])[None]
    scale, deviations = scale_of(model, past), []
    for end in range(len(past), series.shape[1], model.patch):
        parameters = parameters_of(model, series, np.array([end], "int32"))
        parameters = parameters[:, end - model.patch : end]
        series[:, end : end + model.patch] = numpy(model.head.expected(parameters))
        deviations.append(scale * numpy(model.head.deviation(parameters))[0])
    return series[0, len(past) :], np.concatenate(deviations)


@pytest.mark.parametrize("config", BODIES)
def test_a_forecast_is_what_whole_calls_give(config):
    model = small_forecaster(**config)
    past = walks(1, 16, seed=3)[0]
    series = np.pad(past, [(0, 5), (0, 0)], constant_values=8)[None]
    found = model.expected(series, np.array([16], "int32"), 4)
    kept = past[16 % model.patch :]
    for one, other in zip(found, rolled(model, kept, 4), strict=True):
        np.testing.assert_allclose(one[0], other, rtol=1e-3, atol=1e-4)


def test_of_a_past_its_end_is_read():
    long, model = walks(1, 30, seed=4)[0], small_forecaster(context=9)
    found = model.expected(long[None], np.array([30], "int32"), 2)[0]
    np.testing.assert_allclose(found[0], rolled(model, long[-9:], 2)[0], rtol=1e-3, atol=1e-4)


def test_a_past_shorter_than_a_patch_begins_with_its_first_value():
    model = small_forecaster()
    short = walks(1, 2, seed=5)
    found = model.expected(np.pad(short, [(0, 0), (0, 4), (0, 0)]), np.array([2], "int32"), 2)[0]
    filled = np.concatenate([short[0, :1], short[0]])
    np.testing.assert_allclose(found[0], rolled(model, filled, 2)[0], rtol=1e-3, atol=1e-4)
    found = model.expected(np.full((1, 6, 2), 9, "float32"), np.array([0], "int32"), 2)[0]
    means = np.zeros((3, 2), "float32")
    np.testing.assert_allclose(found[0], rolled(model, means, 2)[0], rtol=1e-3, atol=1e-4)


def test_draws_are_read_before_more_is_drawn():
    """With noise in the first patch alone, the second is what a whole call says after that draw."""
    model = small_forecaster()
    noise = np.zeros((1, 2, 3, 2), "float32")
    noise[0, 0] = walks(1, 3, seed=6)[0]
    found = model.drawn(SERIES[:1], WHOLE[:1], noise)[0]
    parameters = parameters_of(model, SERIES[:1])[0, -3:]
    first = parameters[..., 0] + np.exp(parameters[..., 1]) * noise[0, 0]
    np.testing.assert_allclose(found[:3], first, rtol=1e-4, atol=1e-5)
    after = np.concatenate([SERIES[0], first])[None]
    np.testing.assert_allclose(found[3:], parameters_of(model, after)[0, -3:, :, 0], rtol=1e-3)


# Files and settings -----------------------------------------------------------------------------


@pytest.mark.parametrize("config", [BODIES[2], BODIES[4], BODIES[5]])
def test_a_file_computes_the_same(tmp_path, config):
    model = small_forecaster(**config, dataset="ett/h1")
    model.spread = [[1.5, 2.0], [3.0, 4.0]]
    zoo.save(model, tmp_path / "m.keras")
    loaded = zoo.load(tmp_path / "m.keras")
    np.testing.assert_array_equal(parameters_of(loaded, SERIES), parameters_of(model, SERIES))
    assert loaded.spread == model.spread and loaded.input.columns == SCALE.columns
    assert (loaded.dataset, loaded.task, loaded.patch) == ("ett/h1", "forecast", model.patch)


def test_widths_ahead():
    model = small_forecaster()
    assert (model.widths(4) == 1).all()
    model.spread = [[1.5, 2.0], [3.0, 4.0]]
    expected = [[1.5, 2]] * 3 + [[3, 4]] * 5
    np.testing.assert_array_equal(model.widths(8), expected)


@pytest.mark.parametrize(
    "settings, said",
    [
        ({"input": None}, "needs columns"),
        ({"columns": 3}, "columns is 3, and the input has 2"),
        ({"head": "cauchy"}, "no head 'cauchy'"),
        ({"head": "bernoulli", "level": True}, "no use for a level"),
        ({"body": "cnn"}, "no body 'cnn'"),
        ({"body": "tcn", "heads": 2}, "heads is a setting of body='transformer'"),
        ({"context": 10}, "context is a multiple of the patch of 3, not 10"),
    ],
)
def test_settings_that_cannot_be(settings, said):
    with pytest.raises(ConfigError, match=said):
        small_forecaster(**settings)


def test_it_is_a_keras_model():
    """Likelihood of the next patch, by Keras's own fit, evaluate and predict."""
    model = small_forecaster()
    model.compile(keras.optimizers.Adam(1e-2), model.head.loss())
    inputs = {"series": SERIES[:, :9], "lengths": np.full(3, 9, "int32")}
    before = model.evaluate(inputs, SERIES[:, 3:], verbose=0)
    model.fit(inputs, SERIES[:, 3:], epochs=5, verbose=0)
    assert model.evaluate(inputs, SERIES[:, 3:], verbose=0) < before
    assert model.predict(inputs, verbose=0).shape == (3, 9, 2, 2)
