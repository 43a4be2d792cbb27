"""Faults in how a process begins, planted by `tests/planted_faults.py`."""

_GARBAGE = "tests/test_garbage.py"

START = (
    (
        "garbage is looked for while TensorFlow is imported",
        "zoo/backend/quiet.py",
        "with collection_held():",
        "if True:",
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
)
