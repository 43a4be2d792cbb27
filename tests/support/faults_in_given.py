"""Faults in what a compiled search is given, planted by `tests/planted_faults.py`."""

_CACHE_KEY = "tests/decoding/test_cache_key.py"

GIVEN = (
    (
        "one more token than top_k is kept",
        "zoo/decoding/sample_search.py",
        "ops.where(places < self.top_k, logits, IMPOSSIBLE)",
        "ops.where(places <= self.top_k, logits, IMPOSSIBLE)",
        ("tests/decoding/test_sample_search.py::test_how_many_are_kept_is_handed_over",),
    ),
    (
        "a compiled search sorts as many tokens as the first call kept",
        "zoo/decoding/sample_search.py",
        "return 8 ** max(1, -(-(self.top_k - 1).bit_length() // 3))",
        "return self.top_k - 1",
        ("tests/decoding/test_sample_search.py::test_how_many_are_kept_is_handed_over",),
    ),
    (
        "the penalty for length is that of the first call",
        "zoo/decoding/beam_search.py",
        '"added_length": self.added_length, "n_best": self.n_best}',
        '"n_best": self.n_best}',
        (f"{_CACHE_KEY}::test_how_many_and_the_penalty_are_handed_over",),
    ),
    (
        "the search stops when one output fewer than wanted is sure",
        "zoo/decoding/beam_search.py",
        "ops.reshape(self.n_best - 1, (1,))",
        "ops.reshape(self.n_best * 0, (1,))",
        ("tests/decoding/test_search.py::test_wide_beam_is_exhaustive",),
    ),
    (
        "functions of one search are not counted",
        "zoo/decoding/cache_key.py",
        "sum(max(len(functions), 1) for functions in cache.values()) > MOST",
        "len(cache) > MOST",
        (f"{_CACHE_KEY}::test_functions_are_counted_whichever_search_they_are_of",),
    ),
    (
        "one search keeps any number of functions",
        "zoo/decoding/cache_key.py",
        "while len(found) > MOST:",
        "while len(found) > 100 * MOST:",
        (f"{_CACHE_KEY}::test_functions_are_counted_whichever_search_they_are_of",),
    ),
)
