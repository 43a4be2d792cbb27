"""Faults in how weights are trained and chosen, planted by `tests/planted_faults.py`."""

_EPOCHS = "tests/training/test_epochs.py"

TRAINING = (
    (
        "a mixture has as much of the end as it should have of the start",
        "zoo/training/epochs.py",
        "part * old + (1 - part) * new",
        "part * new + (1 - part) * old",
        (f"{_EPOCHS}::test_the_best_is_mixed_with_the_start",),
    ),
    (
        "weights are mixed and the last mixture stays",
        "zoo/training/epochs.py",
        "    candidates[chosen]()\n    return chosen",
        "    return chosen",
        (f"{_EPOCHS}::test_the_best_is_mixed_with_the_start",),
    ),
    (
        "a recipe does not hand on what the mixtures are made of",
        "zoo/experiments/recipe.py",
        "candidates, start, args.mix_start)",
        "candidates)",
        ("tests/recipes/test_lm_recipe.py::test_it_learns_resumes_and_ends_in_a_model",),
    ),
)
