"""Faults in the page of `zoo demo` that `tests/planted_faults.py` plants: see `Fault` there."""

_ANSWERING = "tests/demo/test_answering.py::"
_VIEWS = "tests/demo/test_views.py::"
_PARTS = "tests/demo/test_parts.py::"
_SERVER = "tests/demo/test_server.py::"

DEMO = (
    (
        "a model that several ask at once",
        "zoo/demo/models.py",
        "        with lock:\n",
        "        if lock:\n",
        (f"{_ANSWERING}test_a_model_answers_one_request_at_a_time_and_others_meanwhile",),
    ),
    (
        "texts of any length",
        "zoo/demo/limits.py",
        "if len(text) > CHARACTERS:",
        "if len(text) > 2 * CHARACTERS:",
        (f"{_ANSWERING}test_a_wrong_text_gets_one_sentence",),
    ),
    (
        "recordings of any length",
        "zoo/demo/limits.py",
        "if seconds > SECONDS:",
        "if seconds > 60 * SECONDS:",
        (f"{_ANSWERING}test_sound_is_limited_in_seconds",),
    ),
    (
        "an error that becomes HTML",
        "zoo/demo/answering.py",
        "role='alert'>{escaped(sentence)}</p>",
        "role='alert'>{sentence}</p>",
        (f"{_ANSWERING}test_a_wrong_text_gets_one_sentence",),
    ),
    (
        "the text of an error of Python on the page",
        "zoo/demo/answering.py",
        "({type(error).__name__}): the",
        "({error}): the",
        (f"{_ANSWERING}test_a_wrong_text_gets_one_sentence",),
    ),
    (
        "shares of the pieces of a source word that are not added",
        "zoo/demo/words.py",
        "[:, others].sum(1).mean())",
        "[:, others].mean(1).mean())",
        (f"{_VIEWS}test_an_alignment_marks_what_each_word_was_made_from",),
    ),
    (
        "a veil where it was looked at",
        "zoo/demo/pictures.py",
        "204 * (1 - weights",
        "204 * (weights",
        (f"{_VIEWS}test_a_photograph_is_veiled_where_it_was_not_looked_at",),
    ),
    (
        "words that stand where they end",
        "zoo/demo/timeline.py",
        "left:{100 * begin / seconds:.2f}%;",
        "left:{100 * end / seconds:.2f}%;",
        (f"{_VIEWS}test_words_stand_where_they_were_said",),
    ),
    (
        "a drawing that stays in its corner",
        "zoo/demo/centred.py",
        "round(side / 2 - at)",
        "0",
        (f"{_VIEWS}test_a_drawing_is_brought_to_the_middle",),
    ),
    (
        "a plugin's input taken for one of the zoo that is called so",
        "zoo/demo/part.py",
        "if is_ours else None",
        "if not is_ours else None",
        (f"{_PARTS}test_the_kind_is_what_the_file_reads",),
    ),
    (
        "models that are downloaded without being asked for",
        "zoo/demo/part.py",
        "        if path is None:\n",
        "        if False:\n",
        (f"{_PARTS}test_a_model_that_is_not_on_this_machine_is_not_downloaded",),
    ),
    (
        "a page that answers to any name",
        "zoo/demo/server.py",
        "    if is_loopback(host):\n",
        "    if not is_loopback(host):\n",
        (f"{_SERVER}test_other_names_of_this_machine_are_refused",),
    ),
    (
        "a page that may ask other machines",
        "zoo/demo/server.py",
        "default-src 'self' 'unsafe-inline'",
        "default-src * 'unsafe-inline'",
        (f"{_SERVER}test_nothing_is_asked_of_another_machine",),
    ),
)
