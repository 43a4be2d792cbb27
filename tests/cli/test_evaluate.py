"""`zoo evaluate`: the rows of the task's evaluator, as a table or as JSON."""

import json
import sys
import types

import pytest


@pytest.fixture
def asked(monkeypatch, released):
    """A module `evaluators` in place of the real evaluator; what it was asked for."""
    calls, rows = [], released["metrics"]
    module = types.ModuleType("evaluators")
    module.evaluate = lambda model, **settings: calls.append((model, settings)) or rows
    monkeypatch.setitem(sys.modules, "evaluators", module)
    return calls


def test_the_rows_of_a_released_model(zoo_command, released, asked):
    done = zoo_command("evaluate", "tiny-en-fr")
    assert done.code == 0
    assert done.lines == [
        "multi30k/en-fr\ttest_2016_flickr\tsacrebleu_13a\t59.12\t1000\t12.3\tnrefs:1|case:mixed"
    ]
    (model, settings) = asked[0]
    assert model.name == "tiny"
    assert settings == {"source": "en", "target": "fr", "progress": None}


def test_as_json(zoo_command, released, asked):
    assert json.loads(zoo_command("evaluate", "tiny-en-fr@1", "--json").out) == released["metrics"]


def test_a_file_says_itself_what_task_it_is_for(zoo_command, released, tiny_file, asked):
    assert zoo_command("evaluate", tiny_file, "--languages", "de-en").code == 0
    assert asked[0][1] == {"source": "de", "target": "en", "progress": None}


@pytest.mark.parametrize("languages", [(), ("--languages", "de"), ("--languages", "en-")])
def test_a_translator_without_languages_is_not_taken_for_another(
    zoo_command, released, tiny_file, asked, languages
):
    done = zoo_command("evaluate", tiny_file, *languages)
    assert (done.code, asked) == (2, [])
    assert "give --languages SOURCE-TARGET" in done.err and done.err.count("\n") == 1


def test_a_plain_evaluator_gives_plain_rows(zoo_command, released, asked):
    """One that a plugin's author may write: no `progress`, and rows of the four that are needed."""
    row = {"dataset": "mine", "split": "test", "metric": "error", "value": 0.5, "digits": 3}
    evaluators = sys.modules["evaluators"]
    evaluators.evaluate = lambda model: [row]
    done = zoo_command("evaluate", "tiny-en-fr")
    assert (done.code, done.lines) == (0, ["mine\ttest\terror\t0.500\t\t\t"])
    assert json.loads(zoo_command("evaluate", "tiny-en-fr", "--json").out) == [row]
    done = zoo_command("evaluate", "tiny-en-fr", "--languages", "en-fr")
    assert done.code == 2 and "is not evaluated by --languages" in done.err


@pytest.mark.parametrize(
    "rows, fault",
    [
        (None, "must return a list of rows"),
        (["x"], "a row that is a str, not a dict"),
        ([{"dataset": "d", "split": "s", "metric": "m"}], "a row without 'value'"),
        ([{"dataset": "d", "split": "s", "metric": "m", "value": "9"}], "whose 'value' is '9'"),
        ([{"dataset": "d", "split": "s", "metric": "m", "value": 9, "direction": "up"}], "'up'"),
    ],
)
def test_what_is_no_row_is_named(zoo_command, released, asked, rows, fault):
    sys.modules["evaluators"].evaluate = lambda model, progress=None: rows
    done = zoo_command("evaluate", "tiny-en-fr")
    assert (done.code, done.out) == (2, "")
    assert fault in done.err and done.err.count("\n") == 1


def test_a_file_that_does_not_say(zoo_command, released, tmp_path):
    import keras

    path = tmp_path / "dense.keras"
    keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)]).save(path)
    done = zoo_command("evaluate", path)
    assert done.code == 2
    assert "does not say what task it is for" in done.err


def test_a_task_without_evaluator(zoo_command, released):
    done = zoo_command("evaluate", "pos-en")
    assert (done.code, done.err) == (2, "Error: Task 'pos' has no evaluator.\n")
