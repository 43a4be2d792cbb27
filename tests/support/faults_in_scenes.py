"""Faults in what watches scenes that `tests/planted_faults.py` plants: see `Fault` there."""

_CELL = "tests/cells/test_conv_lstm.py::"

SCENES = (
    (
        "a convolution over grids that sees beyond one edge alone",
        "zoo/cells/conv_lstm.py",
        'padding="same"',
        'padding="valid"',
        (f"{_CELL}test_recurrence_is_the_equations",),
    ),
    (
        "states over grids that padding changes",
        "zoo/layers/recurrent.py",
        "ops.where(_beside(real, new), new, old)",
        "new",
        (f"{_CELL}test_recurrence_is_the_equations",),
    ),
    (
        "outputs over grids that are no zeros at padding",
        "zoo/layers/recurrent.py",
        "outputs = ops.where(is_real, outputs, ops.zeros((), outputs.dtype))",
        "outputs = outputs + 0",
        (f"{_CELL}test_weights_mean_what_they_mean_in_keras",),
    ),
    (
        "padding over grids that is read as it is",
        "zoo/layers/recurrent.py",
        "steps = _without_padding(steps, is_real)",
        "steps = steps + 0",
        (f"{_CELL}test_padding_that_is_no_number_changes_nothing",),
    ),
    (
        "a recurrent kernel of grids that forgets its size",
        "zoo/cells/conv_lstm.py",
        '"kernel_size": self.kernel_size',
        '"kernel_size": 3',
        (f"{_CELL}test_works_in_keras_rnn_and_round_trips",),
    ),
)
