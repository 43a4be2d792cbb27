"""Faults in training on several devices that `tests/planted_faults.py` plants: see there."""

DEVICES = (
    (
        "rows that no worker reads",
        "zoo/data/slices.py",
        "each = -(-rows // parts)",
        "each = rows // parts",
        ("tests/data/test_slices.py::test_the_mean_over_the_slices_is_the_mean_over_the_batch",),
    ),
    (
        "rows of filling that change the mean",
        "zoo/data/slices.py",
        "tf.cast(more, w.dtype)",
        "1",
        ("tests/data/test_slices.py::test_a_gradient_over_slices_is_that_of_the_batch",),
    ),
    (
        "a worker that is not started again",
        "zoo/experiments/launching.py",
        "if code >= 0 and code",
        "if code",
        ("tests/cli/test_launch.py::test_all_start_again_when_one_is_killed",),
    ),
)
