"""What the bodies without recurrence have in common: references in NumPy, states, masks, files."""

from __future__ import annotations

import keras
import numpy as np
import numpy_causal
import pytest
from gradients import value_and_gradients
from keras import ops
from quick import quick

from zoo.errors import ConfigError
from zoo.layers import TCN, CausalTransformer

BATCH, TIME, FEATURES = 3, 11, 3
# A body, and how a row is computed from its weights.
BODIES = {
    "tcn": (lambda: TCN(4, layers=3), lambda w, row: numpy_causal.tcn(w, row, 3)),
    "tcn as wide as its input": (
        lambda: TCN(FEATURES, layers=1, kernel_size=4),
        lambda w, row: numpy_causal.tcn(w, row, 1),
    ),
    "transformer": (
        lambda: CausalTransformer(8, layers=2, heads=2, context=4),
        lambda w, row: numpy_causal.transformer(w, row, 8, 2, 2, 4),
    ),
    "transformer that sees all": (
        lambda: CausalTransformer(4, layers=1, heads=1, context=20),
        lambda w, row: numpy_causal.transformer(w, row, 4, 1, 1, 20),
    ),
}
MASKS = {
    "right": [[1] * 7 + [0] * 4, [1] * 11, [1] + [0] * 10],
    "left": [[0] * 4 + [1] * 7, [1] * 11, [0] * 10 + [1]],
    "holes and an empty row": [[1, 0, 1, 1, 0, 0, 1, 1, 1, 0, 1], [0] * 11, [0, 1] * 5 + [0]],
}


@pytest.fixture(params=BODIES)
def body(request):
    return made(request.param)


def made(name):
    """A body with random weights, whose `reference` computes a row of a batch."""
    make, compute = BODIES[name]
    layer = make()
    layer.build((BATCH, None, FEATURES))
    layer.built = True
    rng = np.random.default_rng(0)
    for weight in layer.weights:
        weight.assign(rng.normal(size=weight.shape) * 0.7)
    layer.reference = compute
    return layer


def inputs(rows=BATCH, time=TIME, seed=1):
    return np.random.default_rng(seed).normal(size=(rows, time, FEATURES)).astype("float32")


def call(body, x, mask=None, state=None):
    outputs, state = quick(body, body)(x, mask=mask, initial_state=state)
    return ops.convert_to_numpy(outputs), keras.tree.map_structure(ops.convert_to_numpy, state)


def expected(body, x, weights=None):
    weights = weights or [ops.convert_to_numpy(w).astype("float64") for w in body.weights]
    return np.stack([body.reference(weights, row.astype("float64")) for row in x])


def require_states_equal(one, other):
    for a, b in zip(keras.tree.flatten(one), keras.tree.flatten(other), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-4)


def test_outputs_are_the_equations(body):
    x = inputs()
    np.testing.assert_allclose(call(body, x)[0], expected(body, x), rtol=1e-4, atol=1e-4)


def test_what_follows_changes_nothing_before_it(body):
    x = inputs()
    outputs, _ = call(body, x)
    for t in (0, 4, TIME - 1):
        changed = x.copy()
        changed[:, t] += 1
        others, _ = call(body, changed)
        np.testing.assert_array_equal(others[:, :t], outputs[:, :t])
        assert np.abs(others[:, t] - outputs[:, t]).max() > 1e-3


def test_steps_are_the_whole(body):
    x = inputs()
    state, steps, step = body.get_initial_state(BATCH), [], quick(body.step, body)
    for t in range(TIME):
        output, state = step(ops.convert_to_tensor(x[:, t]), state)
        steps.append(ops.convert_to_numpy(output))
    outputs, finals = call(body, x)
    np.testing.assert_allclose(np.stack(steps, 1), outputs, atol=1e-4)
    require_states_equal(keras.tree.map_structure(ops.convert_to_numpy, state), finals)


@pytest.mark.parametrize("cut", [1, 5, 10])
def test_a_text_in_two_parts_is_the_text(body, cut):
    x = inputs()
    first, state = call(body, x[:, :cut])
    rest, state = call(body, x[:, cut:], state=state)
    outputs, finals = call(body, x)
    np.testing.assert_allclose(np.concatenate([first, rest], 1), outputs, atol=1e-4)
    require_states_equal(state, finals)


@pytest.mark.parametrize("mask", MASKS)
def test_padding_is_seen_by_none_wherever_it_stands(body, mask):
    mask = np.array(MASKS[mask], bool)
    _, before = call(body, inputs(time=3, seed=2))
    x = inputs()
    outputs, finals = call(body, x, mask, before)
    for row in range(BATCH):
        state = keras.tree.map_structure(lambda s, row=row: s[row : row + 1], before)
        final = keras.tree.map_structure(lambda s, row=row: s[row : row + 1], finals)
        assert not outputs[row, ~mask[row]].any()
        if mask[row].any():
            alone, state = call(body, x[row : row + 1, mask[row]], state=state)
            np.testing.assert_allclose(outputs[row, mask[row]], alone[0], atol=1e-4)
        require_states_equal(final, state)


def test_gradients_are_those_of_finite_differences(body):
    x, factors = inputs(rows=2, time=6), inputs(rows=2, time=6, seed=3)[:, :, :1]
    weights = [ops.convert_to_numpy(w).astype("float64") for w in body.trainable_variables]

    def loss(x):
        return ops.sum(body(x, training=True)[0] * factors)

    _, _, gradients = value_and_gradients(loss, body.trainable_variables, [x])
    assert len(gradients) == len(body.weights)
    for value, gradient in zip(weights, gradients, strict=True):
        for place in [(0,) * value.ndim, tuple(n - 1 for n in value.shape)]:
            kept, eps = value[place], 1e-5
            value[place] = kept + eps
            above = (expected(body, x, weights) * factors).sum()
            value[place] = kept - eps
            below = (expected(body, x, weights) * factors).sum()
            value[place] = kept
            np.testing.assert_allclose(gradient[place], (above - below) / (2 * eps), atol=2e-3)


def test_a_file_holds_it_all(body, tmp_path):
    layer_inputs = keras.Input((TIME, FEATURES))
    model = keras.Model(layer_inputs, body(layer_inputs)[0])
    model.save(tmp_path / "body.keras")
    again = keras.saving.load_model(tmp_path / "body.keras")
    assert again.layers[-1].get_config() == body.get_config()
    np.testing.assert_allclose(
        again.predict(inputs(), verbose=0), call(body, inputs())[0], atol=1e-5
    )


@pytest.mark.parametrize("kind", [TCN, CausalTransformer])
def test_mixed_precision(kind):
    body = kind(8, layers=2, dtype="mixed_bfloat16")
    body.build((BATCH, None, FEATURES))
    outputs, states = quick(body, body)(inputs())
    kinds = {
        keras.backend.standardize_dtype(x.dtype) for x in keras.tree.flatten([outputs, states])
    }
    assert kinds == {"bfloat16"}
    assert {w.dtype for w in body.weights} == {"float32"}


def test_dropout_of_a_tcn_takes_a_feature_from_all_steps_in_training_alone():
    body = TCN(64, layers=1, dropout=0.5)
    x = np.abs(inputs(rows=1))
    assert np.array_equal(*(ops.convert_to_numpy(body(x)[0]) for _ in range(2)))
    carried = ops.convert_to_numpy(body(x, training=True)[1][0][1])[0]
    without = ops.convert_to_numpy(body(x)[1][0][1])[0]
    shares = np.where(without > 0, carried, np.nan) / np.where(without > 0, without, 1)
    for feature in shares.T:
        known = feature[~np.isnan(feature)]
        assert not len(known) or np.allclose(known, 0) or np.allclose(known, 2)


def test_dropout_of_a_transformer_is_for_training_alone():
    body, x = CausalTransformer(8, layers=1, dropout=0.5), inputs()
    runs = [ops.convert_to_numpy(body(x, training=on)[0]) for on in (False, False, True, True)]
    np.testing.assert_array_equal(runs[0], runs[1])
    assert np.abs(runs[2] - runs[3]).max() > 1e-3


def test_a_transformer_knows_places_after_any_length():
    """Places are counted from the oldest step kept, so that no number grows with the text."""
    body = made("transformer")
    x = inputs(rows=1, time=40)
    _, state = call(body, np.tile(x, (1, 10, 1))[:, :-12])
    _, fresh = call(body, x[:, :-12])
    np.testing.assert_allclose(
        call(body, x[:, -12:], state=state)[0], call(body, x[:, -12:], state=fresh)[0], atol=1e-4
    )


def test_how_far_a_tcn_sees():
    body, x = TCN(5, layers=2, kernel_size=3), inputs(rows=50, time=30)
    body.build(x.shape)
    outputs, _ = call(body, x)
    field = body.receptive_field
    assert field == 13
    differs = []
    for back in range(20):
        changed = x.copy()
        changed[:, 29 - back] += 3
        there = call(body, changed)[0][:, 29]
        differs.append(np.abs(there - outputs[:, 29]).max())
    assert max(differs[field:]) == 0 and differs[field - 1] > 0


@pytest.mark.parametrize(
    "make, sentence",
    [
        (lambda: TCN(4, layers=0), "one block or more, not 0"),
        (lambda: TCN(4, 1, kernel_size=1), "2 or more, not 1"),
        (lambda: CausalTransformer(4, layers=0), "one block or more, not 0"),
        (lambda: CausalTransformer(4, 1, 1, context=0), "one step or more, not 0"),
        (lambda: CausalTransformer(12, 1, heads=4), "12 units cannot be divided among 4 heads"),
    ],
)
def test_a_body_that_makes_no_sense(make, sentence):
    with pytest.raises(ConfigError, match=sentence):
        make()
