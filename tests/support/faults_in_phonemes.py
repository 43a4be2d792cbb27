"""Faults in taggers of frames that `tests/planted_faults.py` plants: see `Fault` there."""

_TAGGER = "tests/tasks/tagging/test_frame_tagger.py::"
_DATA = "tests/tasks/tagging/test_phonemes_data.py::"
_SERVED = "tests/tasks/tagging/test_frame_signatures.py::"
_MODEL = "zoo/tasks/tagging/frame_tagger.py"
_SIGNATURES = "zoo/tasks/tagging/frame_signatures.py"

PHONEMES = (
    (
        "frames that stand where their windows begin",
        _MODEL,
        "(np.asarray(frames) + window / 2)",
        "np.asarray(frames)",
        (f"{_TAGGER}test_spans_are_the_likeliest_labels_joined",),
    ),
    (
        "a span as sure as its first frame",
        _MODEL,
        "float(probabilities[begin:end].mean())",
        "float(probabilities[begin])",
        (f"{_TAGGER}test_spans_are_the_likeliest_labels_joined",),
    ),
    (
        "joined frames of which the first label is cut",
        _MODEL,
        "(batch, steps, len(self.labels)))[:, :time]",
        "(batch, steps, len(self.labels)))[:, -time:]",
        (f"{_TAGGER}test_joined_frames_have_labels_of_their_own",),
    ),
    (
        "labels chosen together as if the padding were heard",
        _MODEL,
        "self.crf.decode(longer, mask)",
        "self.crf.decode(longer, ops.ones_like(mask))",
        (f"{_TAGGER}test_a_crf_chooses_labels_together",),
    ),
    (
        "a chain that is trained on padding",
        _MODEL,
        "y_pred, y, sample_weight > 0)",
        "y_pred, y, sample_weight >= 0)",
        (f"{_TAGGER}test_a_chain_that_is_trained_is_scored_by_all_its_paths",),
    ),
    (
        "transitions from what follows",
        _MODEL,
        "(path[:-1], path[1:])",
        "(path[1:], path[:-1])",
        (f"{_TAGGER}test_transitions_are_those_that_were_seen",),
    ),
    (
        "a front on-line that normalises by what comes",
        "zoo/tasks/tagging/phonemes.py",
        "FrameNormalization(is_running=True)",
        "FrameNormalization()",
        (f"{_TAGGER}test_how_far_ahead_the_front_hears",),
    ),
    (
        "a network on single frames that is recurrent",
        "zoo/tasks/tagging/phonemes.py",
        "    if is_recurrent:\n",
        "    if units:\n",
        (f"{_TAGGER}test_what_hears_a_frame",),
    ),
    (
        "padding that is learnt as the first phone",
        "zoo/data/aligned.py",
        "tf.cast(numbers > 0, tf.float32)",
        "tf.ones_like(numbers, tf.float32)",
        (f"{_DATA}test_every_frame_has_the_phone_at_its_middle",),
    ),
    (
        "errors counted in annotated neighbours that are equal",
        "zoo/tasks/tagging/evaluate_phonemes.py",
        "[_joined(one.phones) for one in recordings]",
        "[one.phones for one in recordings]",
        (f"{_DATA}test_scores_are_those_counted_by_hand",),
    ),
    (
        "frames scored at their begin",
        "zoo/tasks/tagging/evaluate_phonemes.py",
        "np.arange(_WINDOW / 2, one.ends[-1], _EVERY)",
        "np.arange(0.0, one.ends[-1], _EVERY)",
        (f"{_DATA}test_scores_are_those_counted_by_hand",),
    ),
    (
        "rows that end a step late",
        "zoo/data/batching.py",
        "is_real = places < end[:, None]",
        "is_real = places <= end[:, None]",
        ("tests/data/test_batching.py::test_where_the_steps_of_rows_stand",),
    ),
    (
        "an exported span that ends where the last row does",
        _SIGNATURES,
        "tf.where(is_last, tf.gather(counts, rows), following)",
        "tf.where(is_last, tf.reduce_max(counts), following)",
        (f"{_SERVED}test_it_answers_as_tag",),
    ),
    (
        "an export for which the shortest sound has no frame",
        _SIGNATURES,
        "[0, model.shortest]",
        "[0, 0]",
        (f"{_SERVED}test_it_answers_as_tag",),
    ),
    (
        "a network on single frames without its kinks",
        "zoo/layers/dense_stack.py",
        'activation="relu"',
        "activation=None",
        ("tests/layers/test_dense_stack.py::test_every_step_goes_through_rectified_layers",),
    ),
    (
        "a spectrogram on its side",
        "zoo/diagnostics/labelled_sound.py",
        "drawn.T, origin",
        "drawn, origin",
        ("tests/diagnostics/test_labelled_sound.py::test_what_is_drawn_where",),
    ),
)
