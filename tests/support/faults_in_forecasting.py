"""Faults in the forecasting wing that `tests/planted_faults.py` plants: see `Fault` there."""

FORECASTING = (
    (
        "a forecast whose draws are not read",
        "zoo/tasks/forecasting/forecaster.py",
        "values = self.head.drawn(parameters, noise)",
        "values = self.head.expected(parameters)",
        ("tests/tasks/forecasting/test_forecaster.py::test_draws_are_read_before_more_is_drawn",),
    ),
    (
        "a forecast whose columns read each other",
        "zoo/tasks/forecasting/forecaster.py",
        "ops.transpose(series, (0, 3, 1, 2))",
        "ops.transpose(series, (0, 1, 2, 3))",
        (
            "tests/tasks/forecasting/test_forecaster.py::test_columns_read_by_themselves_know_nothing_of_each_other",
        ),
    ),
    (
        "a forecast from the beginning of a past",
        "zoo/tasks/forecasting/forecaster.py",
        "ops.maximum(places + ops.expand_dims(lengths - wanted, 1), 0)",
        "ops.maximum(places + 0 * ops.expand_dims(lengths, 1), 0)",
        ("tests/tasks/forecasting/test_forecaster.py::test_of_a_past_its_end_is_read",),
    ),
    (
        "a forecast whose interval lies below it",
        "zoo/tasks/forecasting/verbs.py",
        "(value - beside, value + beside)",
        "(value - beside, value - beside)",
        (
            "tests/tasks/forecasting/test_verbs.py::test_values_and_intervals_are_those_of_the_arrays_in_other_units",
        ),
    ),
    (
        "a forecast whose deviations learn from its own output",
        "zoo/tasks/forecasting/free_running.py",
        "ops.stop_gradient(found[..., 1:])",
        "found[..., 1:]",
        ("tests/tasks/forecasting/test_training.py::test_deviations_learn_from_true_values_alone",),
    ),
    (
        "intervals of a forecast that hold half of what they promise",
        "zoo/tasks/forecasting/calibration.py",
        "np.quantile(ratios, interval, axis=(0, 2))",
        "np.quantile(ratios, interval / 2, axis=(0, 2))",
        (
            "tests/tasks/forecasting/test_training.py::test_intervals_of_a_spread_hold_what_they_promise",
        ),
    ),
    (
        "a forecast scored on all windows but the last",
        "zoo/data/series.py",
        "end - past - future + 1)",
        "end - past - future)",
        ("tests/tasks/forecasting/test_evaluate.py::test_every_window_of_the_split_is_scored",),
    ),
    (
        "a forecast whose dates begin with the last of the past",
        "zoo/inputs/table.py",
        "distance * (step + 1)",
        "distance * step",
        ("tests/tasks/forecasting/test_verbs.py::test_dates_go_on",),
    ),
    (
        "a likelihood of forecasts to which width costs nothing",
        "zoo/layers/heads/gaussian.py",
        "0.5 * ops.square(z) + log_deviation +",
        "0.5 * ops.square(z) +",
        ("tests/layers/test_heads.py::test_the_likelihood_of_real_numbers",),
    ),
    (
        "a likelihood of forecasts that wants the opposite keys",
        "zoo/layers/heads/bernoulli.py",
        "ops.softplus(logits) - values * logits",
        "ops.softplus(logits) + values * logits",
        ("tests/layers/test_heads.py::test_the_likelihood_of_zeros_and_ones",),
    ),
    (
        "intervals of a forecast that know nothing of errors within the past",
        "zoo/tasks/forecasting/forecaster.py",
        "ops.sqrt((self.patch + squares) / (self.patch + count))",
        "ops.ones_like(count)",
        ("tests/tasks/forecasting/test_forecaster.py::test_a_forecast_is_what_whole_calls_give",),
    ),
)
