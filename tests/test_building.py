import keras
import pytest

import zoo
from zoo import building, catalogue
from zoo.errors import ConfigError, UnknownNameError
from zoo.registry import Entry, Owner, Registry


def builder(cell="gru", attention=None, units=512):
    return cell, attention, units


def builder_of_layers(units):
    return keras.layers.Dense(units)


def open_builder(cell, **settings):
    return (1 / 0) if settings.get("fail") else (cell, settings)


@pytest.fixture(autouse=True)
def parts(monkeypatch):
    """One task and one cell of each kind, whose factories are plain functions."""
    names = {"task": Registry("task"), "cell": Registry("cell"), "attention": Registry("attention")}
    for kind, name, target in [
        ("task", "t", "builder"),
        ("task", "open", "open_builder"),
        ("task", "layers", "builder_of_layers"),
        ("cell", "gru", "gru"),
        ("cell", "other", "other"),
        ("attention", "additive", "additive"),
    ]:
        names[kind].add(Entry(kind, name, f"factories:{target}", Owner("me", "1")))
    monkeypatch.setattr(Entry, "load", lambda self: globals().get(self.attribute, self))
    monkeypatch.setattr(catalogue, "tasks", names["task"])
    monkeypatch.setattr(
        building, "_PARTS", {"cell": names["cell"], "attention": names["attention"]}
    )


def test_names_become_classes_and_the_rest_is_passed_on():
    cell, attention, units = zoo.build("t", cell="other", attention="additive", units=8)
    assert (cell.name, attention.name, units) == ("other", "additive", 8)


def test_a_default_that_is_a_name_is_looked_up_too():
    cell, attention, units = zoo.build("t")
    assert (cell.name, attention, units) == ("gru", None, 512)


def test_a_class_is_passed_on_as_it_is():
    assert zoo.build("t", cell=dict)[0] is dict


def test_a_builder_with_open_settings_takes_all():
    assert zoo.build("open", cell="gru", depth=3)[1] == {"depth": 3}


def test_a_dtype_is_that_of_the_model_alone():
    rough = zoo.build("layers", units=3, dtype="mixed_bfloat16")
    assert (rough.compute_dtype, rough.variable_dtype) == ("bfloat16", "float32")
    assert zoo.build("layers", units=3).compute_dtype == "float32"
    with pytest.raises(ConfigError, match="with these settings .division by zero."):
        zoo.build("open", cell=None, dtype="mixed_bfloat16", fail=True)
    assert zoo.build("layers", units=3).compute_dtype == "float32"
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        assert zoo.build("layers", units=3).compute_dtype == "bfloat16"
        assert zoo.build("layers", units=3, dtype="float32").compute_dtype == "float32"
    finally:
        keras.config.set_dtype_policy("float32")


@pytest.mark.parametrize("dtype", ["bfloat17", "mixed_foo", 3])
def test_a_dtype_that_is_none(dtype):
    with pytest.raises(ConfigError, match="Keras knows no dtype .*use 'float32', 'mixed_bf"):
        zoo.build("layers", units=3, dtype=dtype)


def test_an_unknown_setting_names_the_closest():
    with pytest.raises(ConfigError, match="Task 't' has no setting 'unit'; did you mean 'units'"):
        zoo.build("t", unit=3)


def test_a_setting_that_is_needed():
    with pytest.raises(ConfigError, match="Task 'open' needs the setting 'cell': give cell="):
        zoo.build("open")


def test_unknown_names():
    with pytest.raises(UnknownNameError, match="no task 'tt'"):
        zoo.build("tt")
    with pytest.raises(UnknownNameError, match="no cell 'grru'; did you mean 'gru'"):
        zoo.build("t", cell="grru")
