"""Faults in how a process begins and ends, planted by `tests/planted_faults.py`."""

_GARBAGE = "tests/test_garbage.py"
_END = "tests/cli/test_end.py"
_COMPILED = "tests/backend/test_compiled.py"

START = (
    (
        "garbage is looked for while TensorFlow is imported",
        "zoo/backend/quiet.py",
        "with collection_held(), _stderr_held():",
        "with _stderr_held():",
        (f"{_GARBAGE}::test_nothing_is_collected_while_a_model_is_opened_in_a_new_process",),
    ),
    (
        "garbage is never looked for again where one holder is within another",
        "zoo/garbage.py",
        "if not _holders and _was_on:",
        "if _holders and _was_on:",
        (f"{_GARBAGE}::test_it_is_held_within_the_block_and_goes_on_after_it",),
    ),
    (
        "garbage is looked for though the user switched that off",
        "zoo/garbage.py",
        "if not _holders and _was_on:",
        "if not _holders:",
        (f"{_GARBAGE}::test_what_the_user_switched_off_stays_off",),
    ),
    (
        "a command waits until Python has taken all apart",
        "zoo/cli/__init__.py",
        "        os._exit(code)\n\n",
        "        pass\n\n",
        (f"{_END}::test_all_is_done_and_nothing_is_taken_apart",),
    ),
    (
        "a command ends before exit functions are called",
        "zoo/cli/__init__.py",
        "        raise\n",
        "        end()\n",
        (f"{_END}::test_all_is_done_and_nothing_is_taken_apart",),
    ),
    (
        "a command that fails ends well",
        "zoo/cli/__init__.py",
        "code = error.code if isinstance(error.code, int) else",
        "code = 0 if isinstance(error.code, int) else",
        (f"{_END}::test_the_command_is_run_so",),
    ),
    (
        "a command cannot print where nothing is open",
        "zoo/cli/__init__.py",
        "if getattr(sys, name) is None:",
        "if False:",
        (f"{_END}::test_what_is_printed_where_nothing_is_open_goes_nowhere",),
    ),
    (
        "output that is lost is no error",
        "zoo/cli/__init__.py",
        "os._exit(_UNFLUSHED)",
        "os._exit(code)",
        (f"{_END}::test_output_that_cannot_be_written_is_an_error",),
    ),
    (
        "a function that is asked once is compiled",
        "zoo/backend/compiled.py",
        "_is_asked_once.get() and",
        "False and",
        (f"{_COMPILED}::test_a_function_that_is_asked_once_on_little_is_not_compiled",),
    ),
    (
        "a function that is asked once on much is not compiled",
        "zoo/backend/compiled.py",
        "a.size <= _LITTLE",
        "True",
        (f"{_COMPILED}::test_a_function_that_is_asked_once_on_much_is_compiled",),
    ),
    (
        "a function that is asked twice is never compiled",
        "zoo/backend/compiled.py",
        "call, self._as_it_stands = self._as_it_stands, None",
        "call = self._as_it_stands",
        (f"{_COMPILED}::test_a_function_that_is_asked_once_on_little_is_not_compiled",),
    ),
    (
        "lines of standard input are each answered as if there were no other",
        "zoo/cli/serving.py",
        ' and arguments[0] != "-"',
        "",
        ("tests/cli/test_serving.py",),
    ),
)
