import pytest

import zoo
from zoo import building, registry
from zoo.errors import ConfigError, UnknownNameError
from zoo.registry import Entry, Owner, Registry


def builder(cell="gru", attention=None, units=512):
    return cell, attention, units


def open_builder(cell, **settings):
    return cell, settings


@pytest.fixture(autouse=True)
def parts(monkeypatch):
    """One task and one cell of each kind, whose factories are plain functions."""
    names = {"task": Registry("task"), "cell": Registry("cell"), "attention": Registry("attention")}
    for kind, name, target in [
        ("task", "t", "builder"),
        ("task", "open", "open_builder"),
        ("cell", "gru", "gru"),
        ("cell", "other", "other"),
        ("attention", "additive", "additive"),
    ]:
        names[kind].add(Entry(kind, name, f"factories:{target}", Owner("me", "1")))
    monkeypatch.setattr(Entry, "load", lambda self: globals().get(self.attribute, self))
    monkeypatch.setattr(registry, "tasks", names["task"])
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
