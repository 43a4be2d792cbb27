"""Faults in what labels clips that `tests/planted_faults.py` plants: see `Fault` there."""

_ENCODER = "tests/layers/encoders/test_clip_encoders.py::"
_FOLDS = "tests/experiments/test_folds.py::"

CLIPS = (
    (
        "rows of a grid taken for its columns",
        "zoo/layers/encoders/clip_encoder.py",
        "axis=(2, 4)",
        "axis=(1, 4)",
        (f"{_ENCODER}test_rows_and_columns_are_the_largest_of_their_parts_and_are_projected",),
    ),
    (
        "vectors that are projected before their mean is off",
        "zoo/layers/encoders/clip_encoder.py",
        "return less @ ops.cast",
        "return vectors @ ops.cast",
        (f"{_ENCODER}test_rows_and_columns_are_the_largest_of_their_parts_and_are_projected",),
    ),
    (
        "components of clips that keep their sizes",
        "zoo/experiments/folds.py",
        "components[: features.size].T / np.sqrt(powers + _FLOOR * powers.mean())",
        "components[: features.size].T",
        (f"{_FOLDS}test_means_of_clips_are_whitened",),
    ),
    (
        "a fold that goes on from the one before",
        "zoo/experiments/folds.py",
        "            variable.assign(value)",
        "            pass",
        (f"{_FOLDS}test_folds_are_trained_one_by_one_from_the_same_weights",),
    ),
    (
        "a mirror image that is the clip",
        "zoo/experiments/folds.py",
        "frames[:, :, ::-1]",
        "frames[:, :, ::1]",
        (f"{_FOLDS}test_what_a_network_says_is_kept_and_is_that_of_whole_clips",),
    ),
)
