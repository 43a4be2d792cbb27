"""Faults in what sums up that `tests/planted_faults.py` plants: see `Fault` there."""

_DECODER = "tests/layers/decoders/test_copying_decoder.py::"
_DATA = "tests/data/test_summarised.py::"
_ROUGE = "tests/metrics/test_rouge.py::"
_MODEL = "tests/tasks/sequence_to_sequence/test_summarizer.py::"
_COMMAND = "tests/cli/verbs/test_summarize.py::"
_DECODERS = "zoo/layers/decoders/"

SUMMARIES = (
    (
        "what is copied as likely as what is written",
        "zoo/layers/copying.py",
        "probabilities + (1 - written) * copied",
        "probabilities + copied",
        (f"{_DECODER}test_is_the_equations",),
    ),
    (
        "tokens of one text copied into another",
        "zoo/layers/copying.py",
        'ops.arange(batch, dtype="int32") * vocabulary',
        'ops.arange(batch, dtype="int32") * 0',
        (f"{_DECODER}test_is_the_equations",),
    ),
    (
        "a coverage that forgets all but the last step, in teacher forcing",
        f"{_DECODERS}attention_decoder.py",
        "return coverage + weights, (",
        "return weights, (",
        (f"{_DECODER}test_is_the_equations",),
    ),
    (
        "the same in a search",
        f"{_DECODERS}attention_decoder.py",
        "[coverage + weights for coverage in kept]",
        "[weights for coverage in kept]",
        (f"{_DECODER}test_step_by_step_is_all_at_once",),
    ),
    (
        "a coverage that no score depends on",
        "zoo/layers/attention/additive.py",
        "if coverage is not None:",
        "if coverage is None:",
        (f"{_DECODER}test_is_the_equations",),
    ),
    (
        "a coverage loss in which a step has looked at itself before",
        f"{_DECODERS}attention_decoder.py",
        "ops.cumsum(weights, axis=1) - weights",
        "ops.cumsum(weights, axis=1)",
        (f"{_DECODER}test_looking_again_costs_its_overlap",),
    ),
    (
        "a coverage loss of padding",
        f"{_DECODERS}attention_decoder.py",
        "again * ops.cast(ops.not_equal(tokens, 0)",
        "again * ops.cast(ops.not_equal(tokens, -1)",
        (f"{_DECODER}test_looking_again_costs_its_overlap",),
    ),
    (
        "a long text cut in Python alone",
        "zoo/inputs/subwords.py",
        "drop_unknown=True)[:, : self.longest])",
        "drop_unknown=True))",
        (
            "tests/inputs/test_subwords.py::"
            "test_of_a_long_text_the_first_pieces_are_read_in_python_and_in_the_graph",
        ),
    ),
    (
        "words that keep their capitals where the mail has none",
        "zoo/data/summarised.py",
        "first.get(word.lower(), word)",
        "first.get(word, word)",
        (f"{_DATA}test_words_are_written_as_the_text_has_them",),
    ),
    (
        "a word that is there in both writings changed",
        "zoo/data/summarised.py",
        "return word if word in known else",
        "return",
        (f"{_DATA}test_words_are_written_as_the_text_has_them",),
    ),
    (
        "targets a step too short",
        "zoo/data/summarised.py",
        "rows, steps + 1)",
        "rows, steps)",
        (f"{_DATA}test_each_pair_is_in_an_epoch_once_and_targets_are_as_long_as_they_need_to_be",),
    ),
    (
        "an empty line of another person kept",
        "zoo/data/sets/aeslc.py",
        'if name != "subject" and found[name])',
        'if name != "subject")',
        (f"{_DATA}test_every_split_has_its_own_mails_and_the_lines_of_others",),
    ),
    (
        "ROUGE without its stemmer",
        "zoo/metrics/rouge.py",
        "use_stemmer=True",
        "use_stemmer=False",
        (f"{_ROUGE}test_the_best_of_several_references_counts",),
    ),
    (
        "the first word taken for a name",
        "zoo/metrics/rouge.py",
        "_WORD.findall(summary)[1:]",
        "_WORD.findall(summary)",
        (f"{_ROUGE}test_names_are_capitals_that_do_not_begin",),
    ),
    (
        "a shortlist that hides what is copied",
        "zoo/tasks/sequence_to_sequence/encoder_decoder.py",
        'shortlist is not None and getattr(decoder, "copying", False)',
        "shortlist is None and False",
        (f"{_MODEL}test_a_shortlist_is_refused",),
    ),
    (
        "a file of an e-mail taken for its name",
        "zoo/cli/verbs/decode.py",
        "elif os.path.isfile(item):",
        "elif False:",
        (f"{_COMMAND}test_a_file_is_one_text_as_all_of_standard_input_is",),
    ),
)
