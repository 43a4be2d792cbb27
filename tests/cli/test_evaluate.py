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
    assert zoo_command("evaluate", tiny_file).code == 0
    assert asked[0][1] == {"progress": None}


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
