"""Faults in models of several languages that `tests/planted_faults.py` plants: see there."""

_SEVERAL = "tests/tasks/sequence_to_sequence/test_several_targets.py"
_EXPORTED = "tests/export/test_several_targets.py"

LANGUAGES = (
    (
        "a language's piece that text can say",
        "zoo/inputs/subword_training.py",
        "control_symbols=list(control_pieces)",
        "user_defined_symbols=list(control_pieces)",
        (f"{_SEVERAL}::test_no_text_is_cut_into_the_piece_of_a_language",),
    ),
    (
        "a language that is not told to the model",
        "zoo/inputs/subwords.py",
        "np.array([*first, *ids[kept], EOS_ID]",
        "np.array([*ids[kept], EOS_ID]",
        (f"{_SEVERAL}::test_what_it_finds_has_the_probability_after_the_piece",),
    ),
    (
        "another language of an ensemble",
        "zoo/tasks/sequence_to_sequence/ensemble.py",
        "member.toward(target) for member",
        "member.toward(member.targets[0]) for member",
        (f"{_SEVERAL}::test_an_ensemble_of_them",),
    ),
    (
        "a search compiled anew at every call",
        "zoo/tasks/sequence_to_sequence/several_targets.py",
        'vars(found)["_compiled_searches"] = self._compiled_searches',
        "pass",
        (f"{_SEVERAL}::test_languages_share_weights_and_compiled_functions",),
    ),
    (
        "the language of another sentence's text",
        "zoo/tasks/sequence_to_sequence/sentence_signatures.py",
        "found = function(calm, *(tf.gather(codes, cut.value_rowids()) for codes in language))",
        "found = function(calm, *(tf.gather(codes, cut.value_rowids() * 0) for codes in language))",
        (f"{_EXPORTED}::test_each_row_is_in_its_language",),
    ),
    (
        "an export that writes an unknown language",
        "zoo/tasks/sequence_to_sequence/signatures.py",
        "tf.reduce_any(is_asked, 1) | is_blank",
        "tf.reduce_any(is_asked, 1) | True",
        (f"{_EXPORTED}::test_an_unknown_language_is_refused",),
    ),
    (
        "a held-out sentence read as the other side of a pair",
        "zoo/data/directions.py",
        "if not any(folded(text) in out for text, out in zip(pair, sides, strict=True))",
        "if folded(pair[0]) not in sides[0]",
        ("tests/data/test_directions.py::test_what_is_held_out_for_one_pair_is_in_no_other",),
    ),
    (
        "a pair that asks for the language of its source",
        "zoo/data/directions.py",
        "encode_pair_lists(targets, sources, reads[one], tokenizer)",
        "encode_pair_lists(targets, sources, reads[other], tokenizer)",
        ("tests/data/test_directions.py::test_both_ways",),
    ),
    (
        "an evaluation that asks every pair for one language",
        "zoo/tasks/sequence_to_sequence/evaluate_translation.py",
        'one_way = _toward(model, name.rpartition("-")[2])',
        'one_way = _toward(model, "de")',
        (
            "tests/tasks/sequence_to_sequence/test_evaluate_translation.py"
            "::test_a_model_of_several_languages_is_scored_on_each_pair",
        ),
    ),
)
