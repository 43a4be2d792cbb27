import pytest

import zoo
from zoo import catalogue
from zoo.errors import ConfigError, DuplicateNameError, PluginError, UnknownNameError
from zoo.registry import Entry, ModelRegistry, Owner, Registry

ME = Owner("me", "1.0")
YOU = Owner("you", "2.0")


def cell(name, target="json:JSONDecoder", owner=ME, **about):
    return Entry("cell", name, target, owner, about)


def model(revision, owner=ME, **about):
    facts = {"revision": revision, "task": "nmt", "file": "m.keras", "sha256": "0" * 64, **about}
    return Entry("model", "m", None, owner, facts)


def filled(*entries, kind=Registry):
    names = kind(entries[0].kind if entries else "cell")
    for entry in entries:
        names.add(entry)
    return names


def test_get_imports_the_factory():
    import json

    assert filled(cell("a")).get("a") is json.JSONDecoder


def test_names_are_sorted_and_match_globs():
    names = filled(cell("b-1"), cell("a"), cell("b-0"))
    assert names.names() == ["a", "b-0", "b-1"]
    assert names.names("b-*") == ["b-0", "b-1"]


def test_the_registry_is_filled_before_each_look_up():
    fills = []
    names = Registry("cell", lambda: fills.append(1))
    assert "x" not in names
    assert names.names() == []
    assert len(fills) == 2


def test_unknown_name_offers_the_closest():
    names = filled(cell("gru"), cell("lstm"))
    with pytest.raises(UnknownNameError, match=r"no cell 'GRUU'; did you mean 'gru'\?"):
        names.get("GRUU")
    with pytest.raises(LookupError, match="there are: gru, lstm"):
        names.get("zzz")
    with pytest.raises(UnknownNameError, match="there is none yet"):
        Registry("cell").get("zzz")


def test_a_prefix_is_close():
    names = filled(cell("nmt-attn-en-fr"), cell("sentiment-lstm-imdb"))
    with pytest.raises(UnknownNameError, match="did you mean 'nmt-attn-en-fr'"):
        names.get("nmt")


def test_two_owners_make_a_name_unusable_and_leave_others():
    names = filled(cell("a"), cell("a", owner=YOU), cell("b"))
    with pytest.raises(DuplicateNameError, match="me 1.0 and by you 2.0"):
        names.get("a")
    assert names.entry("b").owner == ME
    assert names.conflicts() == {"a": ["me 1.0", "you 2.0"]}
    assert names.names() == ["a", "b"]


@pytest.mark.parametrize("target", ["no_such_module:X", "json:NoSuchName"])
def test_a_factory_that_cannot_be_imported_names_owner_and_place(target):
    with pytest.raises(PluginError, match=rf"Cell 'a' of me 1.0 .* '{target}'"):
        filled(cell("a", target)).get("a")


@pytest.mark.parametrize("name", ["", "with space", "-x", "a/b", "a@1", 3, None])
def test_bad_names_are_refused(name):
    with pytest.raises(ConfigError, match="cannot be the name of a cell"):
        cell(name)


@pytest.mark.parametrize("target", ["json.JSONDecoder", "json:", ":X", int, None, "a b:c"])
def test_bad_targets_are_refused(target):
    with pytest.raises(ConfigError, match="must be a string like 'package.module:Name'"):
        cell("a", target)


def test_what_is_said_must_be_plain_data():
    with pytest.raises(ConfigError, match="is not plain data"):
        cell("a", paper=object())


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("revision", 0),
        ("revision", "1"),
        ("revision", True),
        ("task", ""),
        ("file", "../m.keras"),
        ("file", "folder/m.keras"),
        ("file", None),
        ("sha256", "0" * 63),
        ("sha256", "G" * 64),
    ],
)
def test_a_model_must_say_what_it_is(key, value):
    with pytest.raises(ConfigError, match=f"Model 'm' must say {key}="):
        model(**{"revision": 1, key: value})


def test_a_model_without_revision_means_the_newest():
    names = filled(model(2), model(10), model(9), kind=ModelRegistry)
    assert names.entry("m").about["revision"] == 10
    assert names.entry("m@9").about["revision"] == 9
    assert names.names() == ["m"]
    with pytest.raises(UnknownNameError, match="has no revision '3'; it has 2, 10, 9"):
        names.entry("m@3")


def test_revisions_of_two_owners_are_a_conflict():
    with pytest.raises(DuplicateNameError):
        filled(model(1), model(2, owner=YOU), kind=ModelRegistry).entry("m@1")


def test_describe_gives_plain_data():
    about = zoo.describe("gru")
    assert about["kind"] == "cell"
    assert about["owner"] == f"sequence-zoo {zoo.__version__}"
    assert about["factory"] == "zoo.cells.gru:GRUCell"


def test_describe_an_unknown_name_or_kind():
    with pytest.raises(UnknownNameError, match="Nothing is named 'lsmt'; did you mean 'lstm'"):
        zoo.describe("lsmt")
    with pytest.raises(ConfigError, match="no kind 'cel'; did you mean 'cell'"):
        zoo.describe("gru", kind="cel")


def test_describe_a_name_of_two_kinds_asks_which(monkeypatch):
    both = {"cell": filled(cell("a")), "attention": filled(Entry("attention", "a", "x:Y", YOU))}
    monkeypatch.setattr(catalogue, "REGISTRIES", both)
    with pytest.raises(ConfigError, match="'a' is a cell and a attention: say which with kind="):
        zoo.describe("a")
    assert zoo.describe("a", kind="attention")["owner"] == "you 2.0"


def test_the_zoo_lists_its_own_parts():
    assert {"simple", "lstm", "gru"} <= set(zoo.list_cells())
    assert {"additive", "multiplicative"} <= set(zoo.list_attentions())
    assert "nmt" in zoo.list_tasks()
    assert {"multi30k", "tatoeba"} <= set(zoo.list_datasets())


@pytest.mark.parametrize("kind", ["cell", "attention", "task", "dataset"])
def test_everything_listed_can_be_imported(kind):
    for entry in catalogue.REGISTRIES[kind].entries():
        assert callable(entry.load())


def test_list_models_by_task(monkeypatch):
    monkeypatch.setattr(catalogue, "models", filled(model(1), kind=ModelRegistry))
    assert zoo.list_models() == ["m"]
    assert zoo.list_models("x*") == []
    assert zoo.list_models(task="nmt") == ["m"]
    with pytest.raises(UnknownNameError, match="no task 'nmtt'; did you mean 'nmt'"):
        zoo.list_models(task="nmtt")


def test_public_names_are_all_there():
    for name in zoo.__all__:
        assert getattr(zoo, name) is not None
    assert set(zoo.__all__) <= set(dir(zoo))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        zoo.nothing  # noqa: B018
