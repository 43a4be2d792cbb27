"""Faults in what sees motion that `tests/planted_faults.py` plants: see `Fault` there."""

_LAYER = "tests/layers/test_skeleton_motion.py::"
_DATA = "tests/data/test_recorded_skeletons.py::"
_STREAM = "tests/tasks/tagging/test_frame_stream.py::"
_SCORES = "tests/tasks/test_seen_motion.py::"
_SEGMENTS = "tests/metrics/test_segments.py::"

MOTION = (
    (
        "a body measured by its first frame alone",
        "zoo/layers/skeleton_motion.py",
        "totals / counts",
        "totals[:, :1] / counts[:, :1]",
        (f"{_LAYER}test_it_is_what_it_says",),
    ),
    (
        "a stream of skeletons that forgets how large they were",
        "zoo/layers/skeleton_motion.py",
        "total + ops.cumsum(sizes, axis=1)",
        "ops.cumsum(sizes, axis=1)",
        (f"{_LAYER}test_a_stream_gives_what_the_whole_gives",),
    ),
    (
        "a hip that is moved about itself",
        "zoo/layers/skeleton_motion.py",
        "ops.concatenate([hip, moved[:, :, 1:]], axis=2)",
        "moved",
        (f"{_LAYER}test_it_is_what_it_says",),
    ),
    (
        "joints of one file in the order of another",
        "zoo/inputs/skeletons.py",
        "joints[:, MSR_PLACES] if size == 4",
        "joints if size == 4",
        ("tests/inputs/test_skeletons.py::test_one_skeleton_in_every_form",),
    ),
    (
        "a mirror that leaves left and right",
        "zoo/data/skeletons.py",
        "found[:, MIRRORED] * (-1, 1, 1)",
        "found * (-1, 1, 1)",
        (f"{_DATA}test_a_mirror_changes_left_and_right",),
    ),
    (
        "labels that stay where a body gets faster",
        "zoo/data/skeletons.py",
        "names = names[places] if is_timed",
        "names = np.resize(names, len(places)) if is_timed",
        (f"{_DATA}test_labels_of_varied_windows_are_those_of_their_frames",),
    ),
    (
        "frames without a body kept",
        "zoo/data/sets/msr_action3d.py",
        "joints[seen]",
        "joints",
        (f"{_DATA}test_sequences_of_people_who_are_split_by_number",),
    ),
    (
        "an action without its last frame",
        "zoo/data/sets/utkinect.py",
        "(numbers <= end)",
        "(numbers < end)",
        (f"{_DATA}test_a_label_for_every_frame",),
    ),
    (
        "a segment that is found twice",
        "zoo/metrics/segments.py",
        "and place not in taken",
        "",
        (f"{_SEGMENTS}test_a_wanted_segment_is_found_once",),
    ),
    (
        "a set of labels asked for all of them",
        "zoo/tasks/classification/evaluate_activity.py",
        "max(labels, key=answer",
        "max(answer.probabilities, key=answer",
        (f"{_SCORES}test_activities_among_the_labels_of_a_set",),
    ),
    (
        "frames in which nothing is done counted as done",
        "zoo/tasks/tagging/evaluate_segments.py",
        "[label != background for labels",
        "[label != '' for labels",
        (f"{_SCORES}test_frames_and_segments_beside_a_count_by_hand",),
    ),
    (
        "a stream that labels each piece anew",
        "zoo/tasks/tagging/frame_stream.py",
        "found, self._state = self._step(",
        "found, _ = self._step(",
        (f"{_STREAM}test_it_ends_with_what_the_whole_gives",),
    ),
    (
        "a stream as sure as its last frame",
        "zoo/tasks/tagging/frame_stream.py",
        "self._sum += probability",
        "self._sum = probability",
        (f"{_STREAM}test_it_ends_with_what_the_whole_gives",),
    ),
    (
        "descriptions that begin with their end",
        "zoo/data/transcribed.py",
        "end_id if begin_id is None else begin_id, 0",
        "end_id, 0",
        ("tests/tasks/sequence_to_sequence/test_describer.py::test_batches_begin_with_a_begin",),
    ),
    (
        "figures drawn in frames of others",
        "zoo/diagnostics/labelled_skeletons.py",
        "one.probabilities.T, extent",
        "one.probabilities, extent",
        ("tests/diagnostics/test_labelled_skeletons.py::test_what_is_drawn_where",),
    ),
)
