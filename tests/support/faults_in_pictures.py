"""Faults in pictures that `tests/planted_faults.py` plants: see there."""

_TREE = "tests/diagnostics/test_beam_tree.py"
_GATES = "tests/diagnostics/test_gates.py"
_GRADIENTS = "tests/diagnostics/test_gradients.py"

PICTURES = (
    (
        "a recorded search that forgets what it has taken",
        "zoo/decoding/recording.py",
        "totals[parents, tokens] = -np.inf",
        "totals[parents, tokens] = totals[parents, tokens]",
        ("tests/decoding/test_recording.py",),
    ),
    (
        "a dead end of a beam shown as kept",
        "zoo/diagnostics/beam_tree.py",
        'node["state"] = "kept" if node["id"] in stayed else "pruned"',
        'node["state"] = "kept"',
        (f"{_TREE}::test_nodes_say_what_became_of_them",),
    ),
    (
        "a listener's weights one letter late",
        "zoo/diagnostics/attention.py",
        "for token in [model.end_id, *ids]:",
        "for token in [*ids, model.end_id]:",
        ("tests/diagnostics/test_attention.py::test_attention_over_frames",),
    ),
    (
        "a backward cell run forward",
        "zoo/diagnostics/loops.py",
        "range(time)[::-1] if loop.layer.go_backwards else range(time)",
        "range(time)",
        (f"{_GATES}::test_both_directions_along_words",),
    ),
    (
        "the units that move least",
        "zoo/diagnostics/gates.py",
        "return np.argsort(-kept.std(0)",
        "return np.argsort(kept.std(0)",
        (f"{_GATES}::test_the_units_that_move_most_are_shown",),
    ),
    (
        "Jacobians multiplied from the wrong side",
        "zoo/diagnostics/gradients.py",
        "product = product @ one",
        "product = one @ product",
        (f"{_GRADIENTS}::test_norms_are_those_of_differences",),
    ),
    (
        "gradients of weights that were not multiplied",
        "zoo/diagnostics/gradients.py",
        "values = [ops.convert_to_tensor(weight) * gain for weight in weights]",
        "values = [ops.convert_to_tensor(weight) for weight in weights]",
        (f"{_GRADIENTS}::test_gradients_at_recurrent_weights_are_those_of_differences",),
    ),
    (
        "sentences of the same words taken for others",
        "zoo/diagnostics/sentence_vectors.py",
        "return tuple(sorted(kept.split()))",
        "return tuple(kept.split())",
        ("tests/diagnostics/test_states.py::test_places_and_groups",),
    ),
    (
        "a shared weight drawn as two",
        "zoo/diagnostics/model_parts.py",
        "numbers.setdefault(id(layer), len(numbers) + 1)",
        "numbers.setdefault(id(box), len(numbers) + 1)",
        ("tests/diagnostics/test_unrolled.py::test_encoder_and_decoder_share_their_vectors",),
    ),
    (
        "an unmeasured loss drawn as a number",
        "zoo/diagnostics/curve.py",
        "row[score] if _number(row.get(score)) else None",
        "row.get(score) or 0",
        ("tests/diagnostics/test_curve.py::test_logs_are_shown",),
    ),
    (
        "a picture half written",
        "zoo/diagnostics/drawing.py",
        "with files.replacing(Path(path)) as part:",
        "for part in [Path(path)]:",
        ("tests/diagnostics/test_pictures.py::test_a_picture_is_written_whole_or_not_at_all",),
    ),
)
