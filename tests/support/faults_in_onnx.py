"""Faults in graphs for ONNX, planted by `tests/planted_faults.py`."""

_RECURRENCE = "zoo/export/onnx_recurrence.py"
_TESTS = "tests/export/test_onnx_recurrence.py"
_LIKE_THE_LAYER = (f"{_TESTS}::test_outputs_and_states_are_those_of_the_layer",)

ONNX = (
    (
        "gates of an LSTM in the order of the zoo where ONNX has another",
        _RECURRENCE,
        '("LSTM", "lstm", (0, 3, 1, 2))',
        '("LSTM", "lstm", (0, 1, 2, 3))',
        _LIKE_THE_LAYER,
    ),
    (
        "rows of an operator that all end with the longest",
        _RECURRENCE,
        'lengths if found.has_mask else ""',
        '""',
        _LIKE_THE_LAYER,
    ),
    (
        "an operator that runs forward where the layer runs backward",
        _RECURRENCE,
        '"reverse" if reverse else "forward"',
        '"forward"',
        _LIKE_THE_LAYER,
    ),
    (
        "a reset gate of ONNX before the recurrent product",
        _RECURRENCE,
        'attributes["linear_before_reset"] = 1',
        'attributes["linear_before_reset"] = 0',
        _LIKE_THE_LAYER,
    ),
    (
        "a cell with gates of its own taken for the cell it comes from",
        _RECURRENCE,
        "if type(cell) not in _OPERATORS or inputs.dtype != tf.float32:\n            return None\n"
        "        operator, mode, _ = _OPERATORS[type(cell)]",
        "if not isinstance(cell, LSTMCell):\n            return None\n"
        "        operator, mode, _ = _OPERATORS[LSTMCell]",
        (f"{_TESTS}::test_a_cell_with_gates_of_its_own_stays_a_loop",),
    ),
    (
        "8-bit graphs that nobody compares",
        "zoo/export/graphs.py",
        "if not gap < _ROUNDED:",
        "if False:",
        ("tests/export/test_graphs.py::test_a_graph_that_computes_something_else_is_not_written",),
    ),
)
