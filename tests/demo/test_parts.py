"""The parts of the page are what tasks register, and what the files of models say they read."""

import pytest

from zoo import catalogue, hub
from zoo.demo.part import WIDGETS, Part, kind_of, parts_of
from zoo.demo.widget import WIDGETS as MADE
from zoo.errors import ConfigError, UnknownNameError


def test_every_installed_model_has_a_part():
    parts, left_out = parts_of()
    shown = [name for part in parts for name in part.models]
    assert sorted([*shown, *left_out]) == catalogue.list_models()
    assert not left_out
    for part in parts:
        assert part.widget in MADE
        assert part.chosen and set(part.chosen) <= set(part.models) == set(part.asks)


def test_models_of_one_title_share_a_part():
    names = ("sentiment-bilstm-sst2", "pos-bilstm-ewt", "pos-bilstm-fr", "nmt-attn-en-fr")
    parts, _ = parts_of(names)
    assert [(part.title, sorted(part.models)) for part in parts] == [
        ("Compare labels", ["pos-bilstm-ewt", "pos-bilstm-fr", "sentiment-bilstm-sst2"]),
        ("Translate", ["nmt-attn-en-fr"]),
    ]
    assert parts[0].chosen == ["sentiment-bilstm-sst2", "pos-bilstm-ewt"]  # one of each task


def test_what_is_said_first_is_chosen():
    (part,), _ = parts_of(["lm-char-hello", "lm-char-shakespeare"])
    assert part.chosen == ["lm-char-shakespeare"]
    assert part.is_live
    (part,), _ = parts_of(["lm-char-hello"])
    assert part.chosen == ["lm-char-hello"]


def test_asks_have_the_verb_of_their_task():
    (part,), _ = parts_of(["nmt-attn-en-fr"])
    verb, picture = part.asks["nmt-attn-en-fr"]
    assert verb["verb"] == "translate" and verb["settings"]["return_attention"]
    assert picture["picture"] == "beam"
    (part,), _ = parts_of(["spell-char-en"])
    assert part.asks["spell-char-en"] == [{"verb": "repair"}]


def test_the_kind_is_what_the_file_reads():
    assert kind_of(hub.locate("lm-char-hello")) == "text"


def test_a_task_of_which_nothing_is_said_gets_a_part(monkeypatch):
    about = {"verb": "shout", "reads": "image", "topology": "none"}
    monkeypatch.setattr(catalogue, "about_of", lambda task: about)
    monkeypatch.setattr("zoo.demo.part.kind_of", lambda path: None)
    (part,), _ = parts_of(["lm-char-hello"])
    assert (part.title, part.kind, part.widget) == ("Shout", "image", "image")
    assert part.asks == {"lm-char-hello": [{"verb": "shout"}]}


def test_what_no_widget_gives_is_left_out_with_a_reason(monkeypatch):
    monkeypatch.setattr("zoo.demo.part.kind_of", lambda path: "smell")
    with pytest.raises(ConfigError, match="no model to show"):
        parts_of(["lm-char-hello"])
    parts, left_out = [], {}
    monkeypatch.setattr(
        "zoo.demo.part.kind_of", lambda path: "smell" if "hello" in str(path) else "text"
    )
    parts, left_out = parts_of(["lm-char-hello", "spell-char-en"])
    assert [part.title for part in parts] == ["Repair words"]
    assert left_out == {"lm-char-hello": "it reads smell, for which this page has no widget."}


def test_a_model_that_is_not_on_this_machine_is_not_downloaded(monkeypatch):
    monkeypatch.setattr(
        "zoo.demo.part.hub.on_this_machine",
        lambda name: hub.locate(name) if name == "spell-char-en" else None,
    )
    parts, left_out = parts_of()
    assert [list(part.models) for part in parts] == [["spell-char-en"]]
    assert "zoo demo lm-char-hello downloads it" in left_out["lm-char-hello"]


def test_a_wrong_name_is_said():
    with pytest.raises(UnknownNameError, match="nmt-attn-en-fr"):
        parts_of(["nmt-attn-en-f"])


def test_languages_are_those_of_all_models():
    part = Part("t", "text", "text", {"a": {"targets": ["nl", "de"]}, "b": {"targets": ["de"]}})
    assert part.targets == ["de", "nl"]


def test_each_kind_of_the_zoo_has_a_widget():
    from zoo import inputs

    kinds = {getattr(getattr(inputs, name), "kind", "") for name in inputs.__all__}
    assert {kind for kind in kinds if isinstance(kind, str) and kind} <= set(WIDGETS)
