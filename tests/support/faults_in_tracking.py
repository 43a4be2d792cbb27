"""Faults in what tracks boxes that `tests/planted_faults.py` plants: see `Fault` there."""

_BANK = "tests/layers/test_kalman_bank.py::"
_DATA = "tests/data/test_tracked_boxes.py::"
_INPUT = "tests/inputs/test_boxes.py::"
_TRACKER = "tests/tasks/tagging/test_box_tracker.py::"
_SCORES = "tests/tasks/tagging/test_evaluate_boxes.py::"

TRACKING = (
    (
        "a filter that gains from what it has not seen",
        "zoo/layers/kalman_bank.py",
        "seen * a / (a + 1), seen * b / (a + 1)",
        "a / (a + 1), b / (a + 1)",
        (f"{_BANK}test_levels_are_those_of_one_big_normal_distribution",),
    ),
    (
        "noise that moves velocities alone",
        "zoo/layers/kalman_bank.py",
        "a + 2 * b + c + ratio / 4, keep",
        "a + 2 * b + c, keep",
        (f"{_BANK}test_levels_are_those_of_one_big_normal_distribution",),
    ),
    (
        "a smoother that takes the last step for the one after it",
        "zoo/layers/kalman_bank.py",
        "self._predicted(steps[0][-1], steps[1][-1], steps[2][-1])[:2]",
        "(steps[0][-1], steps[1][-1])",
        (f"{_BANK}test_levels_are_those_of_one_big_normal_distribution",),
    ),
    (
        "a smoother that stays where the first box is",
        "zoo/layers/kalman_bank.py",
        "level_after - velocity_after)",
        "level_after)",
        (f"{_BANK}test_before_the_first_value_nothing_is_known_until_it_comes",),
    ),
    (
        "ages that begin before there is anything",
        "zoo/layers/kalman_bank.py",
        'age + ops.cast(is_begun, "float32")',
        "age + 1.0",
        (f"{_BANK}test_ages_and_counts",),
    ),
    (
        "features in pixels",
        "zoo/tasks/tagging/box_tracker.py",
        "30 * found.velocity / unit",
        "30 * found.velocity",
        (f"{_TRACKER}test_place_and_size_change_nothing",),
    ),
    (
        "deviations in boxes of another size",
        "zoo/tasks/tagging/box_tracker.py",
        "beside[..., 1] + ops.log(unit) + math.log(_UNIT)",
        "beside[..., 1] + math.log(_UNIT)",
        (f"{_TRACKER}test_place_and_size_change_nothing",),
    ),
    (
        "a filter that says where a box is before it was there",
        "zoo/tasks/tagging/box_tracker.py",
        "np.maximum.accumulate(seen) if self.is_causal",
        "seen.max() + 0 * seen if self.is_causal",
        (f"{_TRACKER}test_before_the_first_box_nothing_is_known_until_it_comes",),
    ),
    (
        "a stream that forgets its filters",
        "zoo/tasks/tagging/box_stream.py",
        "boxes[..., 4], state[0])",
        "boxes[..., 4])",
        (f"{_TRACKER}test_a_stream_ends_with_what_the_whole_gives",),
    ),
    (
        "a graph that says boxes beyond the end",
        "zoo/tasks/tagging/box_signatures.py",
        "        known &= tf.sequence_mask",
        "        known |= tf.sequence_mask",
        (f"{_TRACKER}test_an_exported_one_answers_as_track",),
    ),
    (
        "a box with a number missing taken for one",
        "zoo/inputs/boxes.py",
        "np.isfinite(boxes).all(-1, keepdims=True)",
        "np.isfinite(boxes).any(-1, keepdims=True)",
        (f"{_INPUT}test_a_frame_with_a_missing_number_has_no_box",),
    ),
    (
        "a file whose empty rows are left out",
        "zoo/inputs/boxes.py",
        "read_table(argument, gaps=True)",
        "read_table(argument)",
        (f"{_INPUT}test_one_track_in_every_form",),
    ),
    (
        "noise in pixels",
        "zoo/data/boxes.py",
        "noise[:, :2] * size",
        "noise[:, :2]",
        (f"{_DATA}test_noise_is_as_large_as_it_says",),
    ),
    (
        "two people of one video in two splits",
        "zoo/data/sets/tracked_boxes.py",
        '("Drone1", "car"),\n    ("Mohiniyattam", "jogging.1", "jogging.2"),',
        '("Drone1", "car", "jogging.2"),\n    ("Mohiniyattam", "jogging.1"),',
        (f"{_DATA}test_a_video_is_in_one_split",),
    ),
    (
        "targets with noise",
        "zoo/data/boxes.py",
        "centred(boxes)[:, :4]\n",
        "centred(seen)[:, :4]\n",
        (f"{_DATA}test_batches_hold_what_was_and_what_is_seen",),
    ),
    (
        "scores of all frames for those of gaps",
        "zoo/tasks/tagging/evaluate_boxes.py",
        '(" in gaps", is_gap)',
        '(" in gaps", slice(None))',
        (f"{_SCORES}test_scores_are_those_of_all_frames_and_of_gaps",),
    ),
    (
        "a Kalman filter that is the worst of the grid",
        "zoo/tasks/tagging/kalman.py",
        "np.argmin(off)",
        "np.argmax(off)",
        (f"{_SCORES}test_the_best_of_the_grid_is_the_best",),
    ),
    (
        "an overlap over one box",
        "zoo/metrics/boxes.py",
        "true[..., 2:].prod(-1) - both)",
        "both - both)",
        ("tests/metrics/test_boxes.py::test_overlaps_are_those_of_counted_pixels",),
    ),
)
