"""Faults in what goes on step by step that `tests/planted_faults.py` plants: see `Fault` there."""

_TESTS = "tests/tasks/test_streams.py::"

STREAMS = (
    (
        "a text that is read from its begin at each piece",
        "zoo/tasks/language_modelling/text_stream.py",
        "ids[None], self._state, before=self._last",
        "ids[None], None, before=self._last",
        (f"{_TESTS}test_a_text_that_is_read_letter_by_letter_is_as_probable",),
    ),
    (
        "a piece of a text that is read after the end of a line",
        "zoo/tasks/language_modelling/text_stream.py",
        "self._last = ids[-1:]",
        "pass",
        (f"{_TESTS}test_a_text_that_is_read_letter_by_letter_is_as_probable",),
    ),
    (
        "a series whose errors are not looked at",
        "zoo/tasks/forecasting/series_stream.py",
        "self._squares = self._squares + ((value - mean) / deviation) ** 2",
        "pass",
        (f"{_TESTS}test_each_step_is_foreseen_as_from_all_before_it",),
    ),
    (
        "a series of which the last step alone is kept",
        "zoo/tasks/forecasting/series_stream.py",
        "values])[-self._model.context :]",
        "values])[-1:]",
        (f"{_TESTS}test_each_step_is_foreseen_as_from_all_before_it",),
    ),
    (
        "a body that begins anew at each piece",
        "zoo/tasks/forward_reader.py",
        "self._state = tree.pack_sequence_as(self._state, flat)",
        "pass",
        (
            f"{_TESTS}test_words_are_labelled_as_in_the_whole",
            f"{_TESTS}test_a_text_is_classified_as_the_whole",
        ),
    ),
    (
        "a mean that weighs pieces and not steps",
        "zoo/tasks/classification/classifier_stream.py",
        "(before * self._count + outputs.sum(axis=0)) / count",
        "(before + outputs.mean(axis=0)) / 2",
        (f"{_TESTS}test_a_text_is_classified_as_the_whole",),
    ),
    (
        "a stream of a CRF's labels",
        "zoo/tasks/tagging/tag_stream.py",
        "None if model.crf is None else",
        "None if True else",
        (f"{_TESTS}test_a_model_that_needs_the_whole_says_why",),
    ),
)
