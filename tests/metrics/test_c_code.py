"""The structure of C code, beside what a reader sees; correlations beside NumPy's."""

from __future__ import annotations

import numpy as np

from zoo.metrics.c_code import correlations, structure_of

CODE = 'if (a[f(1)]) { /* "no" ( */\n\tputs("it\\"s (");\n}\n'


def marked(name, code=CODE):
    return "".join(str(int(value)) for value in structure_of(code)[name])


def test_structure():
    lines = CODE.splitlines(keepends=True)
    assert marked("round", lines[0]) == "000" + "1111" + "22" + "11" + "0" * 17
    assert marked("curly", lines[0]) == "0" * 13 + "1" * 15
    comment = lines[0].index("/*")
    assert marked("comment", lines[0]) == "0" * comment + "1" * 11 + "00"
    assert marked("quotes", lines[0]) == "0" * 28  # those of a comment are none
    assert marked("quotes", lines[1]) == "0" * 6 + "1" * 8 + "0" * 4
    assert marked("indentation", lines[1]) == "0" + "4" * 16 + "0"
    assert structure_of("ab\n c")["column"].tolist() == [1, 2, 0, 1, 2]
    assert marked("curly") == "0" * 13 + "1" * 33 + "00"


def test_what_is_not_ended():
    assert marked("comment", "a /* b") == "001111"
    assert marked("quotes", "x '") == "001"
    assert structure_of(")")["round"].tolist() == [0]
    assert all(len(values) == 0 for values in structure_of("").values())


def test_correlations_are_those_of_numpy():
    rng = np.random.default_rng(0)
    states, values = rng.normal(size=(50, 4)), rng.normal(size=50)
    states[:, 2] = 3.0
    found = correlations(states, values)
    expected = [np.corrcoef(states[:, unit], values)[0, 1] for unit in (0, 1, 3)]
    np.testing.assert_allclose(found[[0, 1, 3]], expected, rtol=1e-6)
    assert found[2] == 0
