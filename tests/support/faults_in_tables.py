"""Faults in the table of cells beside a TCN, planted by `tests/planted_faults.py`."""

_RECIPE = "recipes/tcn_table.py"
_TESTS = "tests/recipes/test_tcn_table_recipe.py"

TABLES = (
    (
        "a run of the table forgets the weights it was to begin with",
        _RECIPE,
        "        begin=begin,\n",
        "",
        (f"{_TESTS}::test_a_run_begins_with_weights_from_elsewhere",),
    ),
    (
        "weights from elsewhere are scored before they are read",
        _RECIPE,
        "        model = built(args.precision, task.build, body)\n        begin(model)\n",
        "        model = built(args.precision, task.build, body)\n",
        (f"{_TESTS}::test_weights_from_elsewhere_are_scored",),
    ),
    (
        "nats of sure logits overflow",
        _RECIPE,
        "np.logaddexp.reduce(logits, axis=-1)",
        "np.log(np.exp(logits).sum(-1))",
        (f"{_TESTS}::test_nats_of_sure_logits_are_finite",),
    ),
    (
        "both marked numbers may stand in the first half",
        _RECIPE,
        "((0, time // 2), (time // 2, time))",
        "((0, time // 2), (0, time // 2))",
        (f"{_TESTS}::test_the_sum_is_that_of_the_marked_numbers",),
    ),
    (
        "the table takes the paper's figure for the limit",
        "zoo/experiments/tcn_table.py",
        'return row["value"] <= figure * (1 + _CLOSE)',
        'return row["value"] <= figure',
        (f"{_TESTS}::test_a_figure_is_close_within_5_per_cent_or_better",),
    ),
)
