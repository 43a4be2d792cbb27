"""Recurrence over time against NumPy, the plain loop, finite differences and Keras's layers."""

from __future__ import annotations

import keras
import numpy as np
import numpy_cells
import pytest
from gradients import value_and_gradients
from keras import ops
from quick import quick

from zoo.backend.time_loop import python_scan, scan
from zoo.cells import GRUCell, LSTMCell, SimpleRNNCell
from zoo.layers import Bidirectional, Recurrent, RecurrentStack

CELLS = {
    "tanh": (SimpleRNNCell, numpy_cells.simple),
    "lstm": (LSTMCell, numpy_cells.lstm),
    "gru": (GRUCell, numpy_cells.gru),
}
BATCH, TIME, FEATURES, UNITS = 4, 9, 3, 5  # long enough for turns of several steps and one alone
MASKS = {
    "none": None,
    "right": [[1] * 9, [1] * 3 + [0] * 6, [1] + [0] * 8, [1] * 8 + [0]],
    "left": [[1] * 9, [0] * 6 + [1] * 3, [0] * 8 + [1], [0] + [1] * 8],
    "holes and an empty row": [[1, 0, 1, 0, 1, 1, 0, 1, 0], [0] * 9, [0, 1, 1] * 3, [1] * 9],
}


def mask_of(name):
    return None if MASKS[name] is None else np.array(MASKS[name], bool)


def example(layer, seed=0):
    """Inputs and initial states, after giving the layer random weights."""
    rng = np.random.default_rng(seed)
    layer.build((BATCH, TIME, FEATURES))
    layer.built = True
    for variable in layer.trainable_variables:
        variable.assign(rng.normal(size=variable.shape) * 0.6)
    x = rng.normal(size=(BATCH, TIME, FEATURES)).astype("float32")
    states = [rng.normal(size=(BATCH, n)).astype("float32") for n in layer.state_sizes]
    return x, states


def call(layer, x, mask=None, initial_state=None, training=False):
    """The layer's outputs and last states."""

    def run(x, states):
        return layer(x, mask=mask, initial_state=states, training=training)

    return quick(run, layer)(x, initial_state)


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("mask", MASKS)
@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("cell", CELLS)
def test_recurrence_is_the_equations(cell, backwards, mask, training):
    layer = Recurrent(CELLS[cell][0](UNITS), go_backwards=backwards)
    x, states = example(layer)
    outputs, finals = call(layer, x, mask_of(mask), states, training)
    weights = [ops.convert_to_numpy(w) for w in layer.cell.weights]
    expected, expected_finals = numpy_cells.run(
        CELLS[cell][1], weights, x, states, mask_of(mask), backwards
    )
    np.testing.assert_allclose(outputs, expected, atol=1e-5)
    for final, value in zip(finals, expected_finals, strict=True):
        np.testing.assert_allclose(final, value, atol=1e-5)


def loss_of(layer, mask, weights, **kwargs):
    def loss(x, *states):
        outputs, finals = layer(x, mask=mask, initial_state=list(states), **kwargs)
        total = ops.sum(outputs * weights)
        return total + sum(ops.sum(final * final) for final in finals)

    return loss


@pytest.mark.parametrize("mask", ["none", "holes and an empty row"])
@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("cell", CELLS)
def test_fused_gradients_are_those_of_the_plain_loop(cell, backwards, mask):
    layer = Recurrent(CELLS[cell][0](UNITS), go_backwards=backwards)
    x, states = example(layer)
    weights = np.random.default_rng(1).normal(size=(BATCH, TIME, UNITS)).astype("float32")
    assert layer.is_fused
    loss = loss_of(layer, mask_of(mask), weights, training=True)
    fused = value_and_gradients(loss, layer.trainable_variables, [x, *states])
    loss = loss_of(layer, mask_of(mask), weights, training=False)
    plain = value_and_gradients(loss, layer.trainable_variables, [x, *states])
    np.testing.assert_allclose(fused[0], plain[0], rtol=1e-5)
    for one, other in zip(fused[1] + fused[2], plain[1] + plain[2], strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)


@pytest.mark.parametrize("cell", CELLS)
def test_gradients_are_those_of_finite_differences(cell):
    layer = Recurrent(CELLS[cell][0](UNITS))
    x, states = example(layer)
    mask = mask_of("right")
    weights = np.random.default_rng(1).normal(size=(BATCH, TIME, UNITS))
    _, _, gradients = value_and_gradients(
        loss_of(layer, mask, weights.astype("float32"), training=True),
        layer.trainable_variables,
        [x, *states],
    )

    def reference(values):
        outputs, finals = numpy_cells.run(CELLS[cell][1], values, x, states, mask)
        return (outputs * weights).sum() + sum((final**2).sum() for final in finals)

    values = [ops.convert_to_numpy(w).astype("float64") for w in layer.cell.weights]
    for value, gradient in zip(values, gradients, strict=True):
        for place in [(0,) * value.ndim, tuple(n - 1 for n in value.shape)]:
            kept, eps = value[place], 1e-5
            value[place] = kept + eps
            above = reference(values)
            value[place] = kept - eps
            below = reference(values)
            value[place] = kept
            np.testing.assert_allclose(gradient[place], (above - below) / (2 * eps), atol=1e-3)


@pytest.mark.parametrize(
    "cell, peer", [("lstm", keras.layers.LSTM), ("gru", keras.layers.GRU)], ids=["lstm", "gru"]
)
def test_outputs_are_those_of_keras(cell, peer):
    layer = Recurrent(CELLS[cell][0](UNITS))
    x, _ = example(layer)
    other = peer(UNITS, return_sequences=True)
    other.build(x.shape)
    weights = layer.get_weights()
    other.set_weights([*weights[:2], np.stack(weights[2:])] if cell == "gru" else weights)
    np.testing.assert_allclose(call(layer, x)[0], quick(other, other)(x), atol=1e-5)


def test_padding_changes_nothing():
    layer = Recurrent(GRUCell(UNITS))
    x, _ = example(layer)
    short, finals = call(layer, x[:, :4])
    mask = np.arange(TIME)[None] < np.full((BATCH, 1), 4)
    long, masked_finals = call(layer, x, mask)
    np.testing.assert_allclose(long[:, :4], short, atol=1e-6)
    np.testing.assert_allclose(masked_finals[0], finals[0], atol=1e-6)


def test_any_keras_cell_runs_on_the_general_path():
    layer = Recurrent(keras.layers.LSTMCell(UNITS))
    x, states = example(layer)
    assert not layer.is_fused
    mask = mask_of("holes and an empty row")
    outputs, finals = call(layer, x, mask, states)
    weights = [ops.convert_to_numpy(w) for w in layer.cell.weights]
    expected, expected_finals = numpy_cells.run(numpy_cells.lstm, weights, x, states, mask)
    np.testing.assert_allclose(outputs, expected, atol=1e-5)
    np.testing.assert_allclose(finals[1], expected_finals[1], atol=1e-5)


def test_learned_initial_state_is_where_it_starts_and_is_learned():
    layer = Recurrent(GRUCell(UNITS), learned_initial_state=True)
    x, _ = example(layer)
    (start,) = layer.initial_states
    assert any(start is v for v in layer.trainable_variables)
    states = [np.repeat(ops.convert_to_numpy(start)[None], BATCH, axis=0)]
    given = call(layer, x, initial_state=states)[0]
    np.testing.assert_allclose(call(layer, x)[0], given, atol=1e-6)
    _, _, gradients = value_and_gradients(
        lambda x: ops.sum(layer(x)[0]), layer.trainable_variables, [x]
    )
    names = [v.name for v in layer.trainable_variables]
    assert np.abs(gradients[names.index("initial_state_0")]).max() > 0


def test_recurrent_dropout_has_one_mask_for_all_steps():
    """A ReLU cell that adds up a constant: what is dropped once is dropped at every step."""
    layer = Recurrent(SimpleRNNCell(200, activation="relu"), recurrent_dropout=0.5)
    layer.build((1, 4, 1))
    layer.cell.kernel.assign(np.ones((1, 200)))
    ones = np.ones((1, 4, 1), "float32")
    outputs = ops.convert_to_numpy(call(layer, ones, training=True)[0])[0]
    kept = outputs[1] > 1.5
    assert 50 < kept.sum() < 150
    np.testing.assert_allclose(
        outputs[:, kept], np.array([[1], [3], [7], [15]]) * np.ones(kept.sum())
    )
    np.testing.assert_allclose(outputs[:, ~kept], 1)
    calm = ops.convert_to_numpy(call(layer, ones)[0])[0]
    np.testing.assert_allclose(calm, np.arange(1, 5)[:, None] * np.ones(200))


def test_recurrent_dropout_gradients_are_those_of_the_plain_cell():
    layer = Recurrent(GRUCell(UNITS), recurrent_dropout=0.4)
    x, states = example(layer)

    def loss(x):
        layer.seed_generator.state.assign([1, 2])
        return ops.sum(layer(x, training=True)[0] ** 2)

    if keras.backend.backend() != "tensorflow":
        pytest.skip("assigning a seed inside a traced function is TensorFlow's")
    _, (d_x,), _ = value_and_gradients(loss, layer.trainable_variables, [x], compiled=False)
    for place in [(0, 0, 0), (3, 5, 2), (1, 2, 1)]:
        above, below = x.copy(), x.copy()
        above[place] += 1e-2
        below[place] -= 1e-2
        slope = (float(loss(above)) - float(loss(below))) / 2e-2
        np.testing.assert_allclose(d_x[place], slope, atol=5e-3)


def test_mixed_precision_stays_on_the_fused_path():
    exact = Recurrent(GRUCell(UNITS))
    x, _ = example(exact)
    rough = Recurrent(GRUCell(UNITS, dtype="mixed_bfloat16"), dtype="mixed_bfloat16")
    rough.build(x.shape)
    rough.set_weights(exact.get_weights())
    outputs, finals = call(rough, x)
    assert keras.backend.standardize_dtype(outputs.dtype) == "bfloat16"
    np.testing.assert_allclose(
        ops.convert_to_numpy(ops.cast(outputs, "float32")), call(exact, x)[0], atol=0.05
    )


def test_both_directions_see_both_ends():
    layer = Bidirectional(Recurrent(GRUCell(2)), Recurrent(GRUCell(3), go_backwards=True))
    x = np.random.default_rng(0).normal(size=(2, 5, FEATURES)).astype("float32")
    layer.build(x.shape)
    outputs, states = quick(layer, layer)(x)
    assert tuple(outputs.shape) == (2, 5, 5) and layer.output_size == 5
    np.testing.assert_allclose(outputs[..., :2], call(layer.forward, x)[0], atol=1e-6)
    np.testing.assert_allclose(outputs[..., 2:], call(layer.backward, x)[0], atol=1e-6)
    np.testing.assert_allclose(states[0], outputs[:, -1, :2], atol=1e-6)
    np.testing.assert_allclose(states[1], outputs[:, 0, 2:], atol=1e-6)


def test_directions_must_differ():
    with pytest.raises(ValueError, match="go_backwards=True"):
        Bidirectional(Recurrent(GRUCell(2)), Recurrent(GRUCell(2)))


def test_stack_adds_its_inputs_where_widths_agree():
    x = np.random.default_rng(0).normal(size=(2, 5, 4)).astype("float32")
    layers = [Recurrent(GRUCell(4)), Recurrent(GRUCell(6)), Recurrent(GRUCell(6))]
    stack = RecurrentStack(layers, residual=True)
    stack.build(x.shape)
    outputs, states = quick(stack, stack)(x)
    first = call(layers[0], x)[0] + x
    second = call(layers[1], first)[0]
    np.testing.assert_allclose(outputs, call(layers[2], second)[0] + second, atol=1e-6)
    assert [len(s) for s in states] == [1, 1, 1]


def test_configs_round_trip_with_weights():
    stack = RecurrentStack(
        [
            Bidirectional(
                Recurrent(LSTMCell(2), recurrent_dropout=0.1),
                Recurrent(LSTMCell(2), go_backwards=True),
            ),
            Recurrent(SimpleRNNCell(4, activation="relu"), learned_initial_state=True),
        ],
        dropout=0.2,
        residual=True,
    )
    x = np.random.default_rng(0).normal(size=(2, 5, 3)).astype("float32")
    stack.build(x.shape)
    before = quick(stack, stack)(x)[0]
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(stack))
    again.build(x.shape)
    assert len(again.weights) == len(stack.weights)
    again.set_weights(stack.get_weights())
    np.testing.assert_allclose(quick(again, again)(x)[0], before, atol=1e-6)
    assert again.get_config() == stack.get_config()


@pytest.mark.parametrize("rate", [-0.1, 1.0])
@pytest.mark.parametrize("dropout", ["recurrent_dropout", "weight_dropout"])
def test_a_bad_dropout_is_named(dropout, rate):
    with pytest.raises(ValueError, match=dropout):
        Recurrent(GRUCell(2), **{dropout: rate})


@pytest.mark.parametrize("dropout", ["recurrent_dropout", "weight_dropout"])
def test_dropout_of_states_and_kernels_wants_a_fused_cell(dropout):
    with pytest.raises(ValueError, match="LSTMCell has none: set .* to 0"):
        Recurrent(keras.layers.LSTMCell(2), **{dropout: 0.1})


def test_weight_dropout_is_a_kernel_with_holes():
    """The outputs are those of the kernel with holes, and what is dropped has no gradient."""
    layer = Recurrent(LSTMCell(UNITS), weight_dropout=0.5)
    x, states = example(layer)
    kernel = layer.cell.recurrent_kernel
    whole = ops.convert_to_numpy(kernel)
    value, _, gradients = value_and_gradients(
        lambda x: ops.sum(layer(x, initial_state=states, training=True)[0] ** 2), [kernel], [x]
    )
    kept = gradients[0] != 0
    assert 0.3 < kept.mean() < 0.7
    kernel.assign(np.where(kept, whole / 0.5, 0))
    outputs = ops.convert_to_numpy(call(layer, x, initial_state=states)[0])
    np.testing.assert_allclose((outputs**2).sum(), value, rtol=1e-5)
    kernel.assign(whole)
    calm = ops.convert_to_numpy(call(layer, x, initial_state=states)[0])
    expected = ops.convert_to_numpy(Recurrent(layer.cell)(x, initial_state=states)[0])
    np.testing.assert_allclose(calm, expected, rtol=1e-5, atol=1e-6)


def test_a_stack_goes_on_from_its_states():
    stack = RecurrentStack([Recurrent(LSTMCell(4)), Recurrent(GRUCell(4))], residual=True)
    stack.build((None, None, 4))
    x = np.random.default_rng(0).normal(size=(2, 6, 4)).astype("float32")
    whole, last = stack(x)
    first, states = stack(x[:, :4])
    second, states = stack(x[:, 4:5], initial_state=states)
    third, states = stack.step(ops.convert_to_tensor(x[:, 5]), states)
    parts = ops.concatenate([first, second, ops.expand_dims(third, 1)], axis=1)
    np.testing.assert_allclose(parts, whole, rtol=1e-4, atol=1e-6)
    for one, other in zip(keras.tree.flatten(states), keras.tree.flatten(last), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-6)


def test_a_stack_drops_the_same_features_at_every_step():
    layers = [Recurrent(SimpleRNNCell(50)), Recurrent(SimpleRNNCell(2))]
    stack = RecurrentStack(layers, dropout=0.5, same_dropout_at_all_steps=True)
    dropped = ops.convert_to_numpy(stack.dropout_layers[0](np.ones((2, 6, 50)), training=True)) == 0
    assert (dropped == dropped[:, :1]).all() and 0.2 < dropped.mean() < 0.8
    again = RecurrentStack.from_config(stack.get_config())
    assert again.same_dropout_at_all_steps


def step_of_loop(carry, inputs):
    total = carry[0] * 0.5 + inputs[0] * carry[0] + inputs[0]
    return (total,), (total, {"twice": total * 2})


def loss_of_loop(loop, reverse, **how):
    """A scalar of a loop's last carry and of its outputs, each weighed by its place."""

    def loss(start, x):
        (carry,), outputs = loop(step_of_loop, (start,), (x,), reverse=reverse, **how)
        place = ops.cast(ops.reshape(ops.arange(ops.shape(x)[0]), (-1, 1, 1)), "float32")
        weighed = (ops.sum(y * y * (place + 1)) for y in keras.tree.flatten(outputs))
        return ops.sum(carry**3) + sum(weighed)

    return loss


def start_and_inputs(length):
    rng = np.random.default_rng(length)
    return [rng.normal(size=shape).astype("float32") for shape in ((2, 3), (length, 2, 3))]


@pytest.mark.parametrize("length", [1, 4, 7, 8, 9, 14])
@pytest.mark.parametrize("reverse", [False, True])
def test_scan_is_the_python_loop(reverse, length):
    """However many steps are done in a turn of it."""
    inputs = start_and_inputs(length)
    expected = value_and_gradients(loss_of_loop(python_scan, reverse), [], inputs)
    start, x = map(ops.convert_to_tensor, inputs)
    wanted = keras.tree.flatten(python_scan(step_of_loop, (start,), (x,), reverse=reverse))
    for small_steps in (False, True):
        how = dict(reverse=reverse, small_steps=small_steps)
        found = keras.tree.flatten(scan(step_of_loop, (start,), (x,), **how))
        for one, other in zip(found, wanted, strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-6, atol=1e-6)
        loss = loss_of_loop(scan, reverse, small_steps=small_steps)
        value, gradients, _ = value_and_gradients(loss, [], inputs)
        np.testing.assert_allclose(value, expected[0], rtol=1e-5)
        for one, other in zip(gradients, expected[1], strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="JAX knows all lengths")
@pytest.mark.parametrize("reverse", [False, True])
def test_scan_of_an_unknown_length_is_the_python_loop(reverse):
    import tensorflow as tf

    loss = loss_of_loop(scan, reverse, small_steps=True)

    @tf.function(input_signature=[tf.TensorSpec((2, 3)), tf.TensorSpec((None, 2, 3))])
    def value_and_slopes(*inputs):
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            value = loss(*inputs)
        return value, tape.gradient(value, inputs)

    for length in (1, 3, 4, 7, 8, 9):
        inputs = start_and_inputs(length)
        expected = value_and_gradients(loss_of_loop(python_scan, reverse), [], inputs)
        value, slopes = value_and_slopes(*inputs)
        np.testing.assert_allclose(value, expected[0], rtol=1e-5)
        for one, other in zip(slopes, expected[1], strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)
    start, empty = start_and_inputs(0)
    np.testing.assert_allclose(value_and_slopes(start, empty)[0], (start**3).sum(), rtol=1e-5)


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="a SavedModel is TensorFlow's")
def test_keras_exports_it_and_the_export_has_a_gradient(tmp_path):
    import tensorflow as tf

    inputs = keras.Input((TIME, FEATURES))
    model = keras.Model(inputs, Recurrent(GRUCell(UNITS))(inputs)[0])
    model.export(tmp_path / "saved", verbose=False)
    x = tf.random.normal((BATCH, TIME, FEATURES), seed=1)
    saved = tf.saved_model.load(str(tmp_path / "saved"))

    def gradient(function):
        with tf.GradientTape() as tape:
            tape.watch(x)
            loss = tf.reduce_sum(function(x) ** 2)
        return tape.gradient(loss, x)

    np.testing.assert_allclose(saved.serve(x), model(x), atol=1e-6)
    np.testing.assert_allclose(gradient(saved.serve), gradient(model), atol=1e-5)
