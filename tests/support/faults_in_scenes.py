"""Faults in what watches scenes that `tests/planted_faults.py` plants: see `Fault` there."""

_CELL = "tests/cells/test_conv_lstm.py::"
_DETECTOR = "tests/tasks/forecasting/test_clip_detector.py::"
_SCORES = "tests/tasks/forecasting/test_evaluate_watch.py::"
_DATA = "tests/data/test_watched_clips.py::"

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
    (
        "a frame of a clip that is compared with what was said after it",
        "zoo/tasks/forecasting/clip_detector.py",
        "split[:, self.judged - 1 - step : self.judged - 1 - step + time, step]",
        "split[:, self.judged - step : self.judged - step + time, step]",
        (f"{_DETECTOR}test_scores_are_those_of_a_loop",),
    ),
    (
        "a clip that forgets what was expected where a piece of it ends",
        "zoo/tasks/forecasting/clip_detector.py",
        "said = ops.slice(said, (0, count, 0),",
        "said = ops.slice(said, (0, 0, 0),",
        (f"{_DETECTOR}test_a_long_clip_a_batch_and_a_stream_give_the_same",),
    ),
    (
        "padding of a clip that is judged",
        "zoo/tasks/forecasting/clip_detector.py",
        "is_judged = ((number >= self.first) & real)[..., None, None]",
        "is_judged = (number >= self.first)[..., None, None]",
        (f"{_DETECTOR}test_a_long_clip_a_batch_and_a_stream_give_the_same",),
    ),
    (
        "errors of the first frames of a clip divided by a whole window",
        "zoo/tasks/forecasting/clip_detector.py",
        "counts = ops.clip(number - self.first + 1, 1, self.window)",
        "counts = ops.clip(number + self.window, 1, self.window)",
        (f"{_DETECTOR}test_scores_are_those_of_a_loop",),
    ),
    (
        "pixels of a place put in another order",
        "zoo/tasks/forecasting/clip_detector.py",
        "ops.transpose(said, (0, 3, 1, 4, 2, 5, 6))",
        "ops.transpose(said, (0, 3, 2, 4, 1, 5, 6))",
        (f"{_DETECTOR}test_scores_are_those_of_a_loop",),
    ),
    (
        "a bound of clips that is not where one frame in a hundred lies",
        "zoo/tasks/forecasting/watch.py",
        "model.bound *= float(",
        "model.bound = float(",
        (f"{_DETECTOR}test_of_usual_clips_one_frame_in_a_hundred_is_unusual",),
    ),
    (
        "a clip whose training begins where another ended",
        "zoo/training/carried_state.py",
        "ops.reshape(begins, (-1, *(1 for _ in new.shape[1:])))",
        "ops.reshape(begins, (-1, *(1 for _ in new.shape[1:]))) & False",
        (f"{_DETECTOR}test_training_carries_the_state_from_batch_to_batch",),
    ),
    (
        "frames of a walkway that are their own labels",
        "zoo/data/watched_clips.py",
        "for n in range(1, ahead + 1)]",
        "for n in range(ahead)]",
        (f"{_DATA}test_rows_go_on_where_they_ended",),
    ),
    (
        "a thing that crosses and is marked where it was",
        "zoo/data/clip_faults.py",
        "places[frame, rows, columns] = part",
        "places[frame - 1, rows, columns] = part",
        (f"{_DATA}test_a_thing_crosses_where_others_walk_and_is_marked",),
    ),
    (
        "haste that is no haste",
        "zoo/data/clip_faults.py",
        "rng.uniform(*_HASTE))",
        "rng.uniform(1.0, 1.1))",
        (f"{_DATA}test_haste_shows_the_same_frames_sooner",),
    ),
    (
        "masks of one walkway clip taken for those of the next",
        "zoo/data/sets/ucsd_ped2.py",
        "begin += len(unusual)",
        "begin += len(unusual) and len(bits) - len(unusual)",
        ("tests/data/sets/test_ucsd_ped2.py::test_what_is_unusual_is_in_the_test_alone",),
    ),
    (
        "a place that is pointed at with its axes turned",
        "zoo/tasks/unusual.py",
        "(row + 0.5) / rows, (column + 0.5) / columns)",
        "(column + 0.5) / columns, (row + 0.5) / rows)",
        (f"{_DETECTOR}test_places_of_what_is_unusual",),
    ),
    (
        "clips ranked by scores from 0 to 1 of all clips together",
        "zoo/tasks/forecasting/evaluate_watch.py",
        "np.concatenate([from_0_to_1(one) for one in scores])",
        "from_0_to_1(np.concatenate(scores))",
        (f"{_SCORES}test_rows_are_those_of_pairs",),
    ),
)
