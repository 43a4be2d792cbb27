"""What a visitor gives becomes answers, and whatever is wrong becomes one sentence."""

import re
import threading
import types
import wave

import numpy as np
import pytest

from zoo.demo import limits
from zoo.demo.answering import answers, plain
from zoo.demo.models import Models
from zoo.demo.part import Part
from zoo.demo.widget import WIDGETS
from zoo.errors import ConfigError


class Model:
    """Says again what it is told."""

    name, targets = "m", ()
    input = types.SimpleNamespace(
        kind="text", is_item=lambda text: True, read=lambda path: path, samples=["a sample"]
    )

    def say(self, item, times=1, target=None):
        if item == "refuse":
            raise ConfigError("No <b>.")
        if item == "break":
            raise RuntimeError("secret")
        return " ".join([item] * times) + (f" in {target}" if target else "")


def part_of(widget="text", names=("m",), **ask):
    asks = {name: [{"verb": "say", **ask}] for name in names}
    return Part("Say", "text", widget, {name: {"task": "t"} for name in names}, asks)


def last(part, value, chosen="m", model=None, **settings):
    models = Models(lambda name: model or Model())
    given = WIDGETS[part.widget].given(value)
    return [*answers(part, models, chosen, given, **settings)][-1]


def sentence(html):
    found = re.findall(r"<p class='zoo-wrong' role='alert'>(.*?)</p>", html)
    assert len(found) == 1 and html.count("zoo-wrong") == 1, html
    return found[0]


def test_a_model_answers():
    assert "<p class='zoo-text'>Hi Hi</p>" in last(part_of(settings={"times": 2}), "Hi")


def test_a_question_is_asked_of_the_story_behind_it():
    from small_answerer import STORY, small_answerer

    reader, question = small_answerer(3), "Where is Mary?"
    part = part_of(verb="answer", settings={"return_attention": True})
    html = last(part, f"{question} {STORY}", model=reader)
    assert f"<dd>{reader.answer(question, STORY)}</dd>" in html and "zoo-wrong" not in html


def test_a_model_is_said_to_be_opened_the_first_time_alone():
    models = Models(lambda name: Model())
    given = WIDGETS["text"].given("Hi")
    first, second = ([*answers(part_of(), models, ["m"], given)] for _ in range(2))
    assert "Opening m" in first[0] and len(first) == 2
    assert second == first[1:]


def test_several_models_answer_one_after_another():
    html = last(part_of(names=("a", "b")), "Hi", ["a", "b"])
    assert html.index("<h3>a") < html.index("<h3>b")


@pytest.mark.parametrize("chosen", [[], ["other"], ["m"] * 7])
def test_a_choice_of_no_or_too_many_or_other_models(chosen):
    assert sentence(last(part_of(), "Hi", chosen)).startswith("Choose a model")


@pytest.mark.parametrize(
    "value, said",
    [
        ("", "There is no text yet"),
        (" \n", "There is no text yet"),
        (None, "There is no text yet"),
        ("x" * (limits.CHARACTERS + 1), "The text has 1,001 characters"),
        ("refuse", "No &lt;b&gt;."),
        ("break", "m failed (RuntimeError): the terminal says where."),
    ],
)
def test_a_wrong_text_gets_one_sentence(value, said, capsys):
    found = sentence(last(part_of(), value))
    assert found.startswith(said)
    assert "secret" not in found


def test_what_one_model_cannot_answer_keeps_no_other_from_answering():
    part = part_of(names=("a", "b"))
    part.asks["a"] = [{"verb": "sing"}]
    html = last(part, "Hi", ["a", "b"])
    assert sentence(html) == "A Model cannot sing."
    assert "<p class='zoo-text'>Hi</p>" in html


def test_a_model_that_cannot_be_loaded_gets_one_sentence():
    def load(name):
        raise ConfigError("It needs a plugin.")

    given = WIDGETS["text"].given("Hi")
    html = [*answers(part_of(), Models(load), "m", given)][-1]
    assert sentence(html) == "It needs a plugin."


def test_a_language_goes_to_models_of_several_alone():
    several = Model()
    several.targets = ("de", "fr")
    assert "Hi in de<" in last(part_of(), "Hi", model=several, target="de")
    assert sentence(last(part_of(), "Hi", model=several, target="nl")).startswith("m writes de, fr")
    assert ">Hi<" in last(part_of(), "Hi", target="de")


def test_while_one_types_only_what_is_quick_is_asked():
    part = part_of(live=True)
    part.asks["m"].append({"verb": "say", "settings": {"times": 2}})
    assert "Hi Hi" in last(part, "Hi")
    assert "Hi Hi" not in last(part, "Hi", is_live=True)
    assert ">Hi<" not in last(part, "Hi", is_live=False)
    assert "zoo-wrong" not in last(part, "refuse", is_live=True)
    assert sentence(last(part, "refuse", is_live=False)) == "No &lt;b&gt;."


def test_a_picture_that_is_not_registered_is_left_out():
    part = part_of()
    part.asks["m"].append({"verb": "say", "picture": "no such"})
    assert last(part, "Hi").count("<p") == 1


def test_files_are_limited_and_named_without_their_folder(tmp_path):
    large = tmp_path / "large.bin"
    large.write_bytes(bytes(limits.BYTES + 1))
    said = sentence(last(part_of("file"), str(large)))
    assert said == "large.bin has 10.0 MiB, and this page reads at most 10: give a smaller file."
    assert sentence(last(part_of("file"), None)).startswith("There is no file yet")
    small = tmp_path / "small.bin"
    small.write_bytes(b"1")
    model = Model()

    def read(path):
        raise ConfigError(f"{path} is empty.")

    model.input = types.SimpleNamespace(kind="image", read=read)
    assert sentence(last(part_of("file"), str(small), model=model)) == "small.bin is empty."


def test_sound_is_limited_in_seconds(tmp_path):
    path = tmp_path / "long.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(1000)
        file.writeframes(bytes(31_000))
    said = sentence(last(part_of("sound"), str(path)))
    assert said.startswith("long.wav takes 31 seconds, and this page hears at most 30")
    assert sentence(last(part_of("sound"), None)).startswith("There is no sound yet")


def test_without_a_table_a_sample_is_taken():
    assert "a sample" in last(part_of("table"), None)


@pytest.mark.parametrize(
    "value",
    [
        "",
        None,
        "data:text/html;base64,AAAA",
        "data:image/png;base64,!",
        "data:image/png;base64,AAA",
    ],
)
def test_no_drawing_gets_one_sentence(value):
    assert "drawing" in sentence(last(part_of("drawing"), value))


def test_notes_may_be_none_and_must_be_notes():
    from zoo.inputs.piece import Piece

    assert WIDGETS["music"].item("", None) == Piece()
    assert WIDGETS["music"].item("C4 E4", None) == Piece([[60, 64]])
    with pytest.raises(ConfigError):
        WIDGETS["music"].item("H9", None)


def test_a_model_answers_one_request_at_a_time_and_others_meanwhile():
    models = Models(lambda name: Model())
    begun, go_on, done = threading.Event(), threading.Event(), []

    def hold():
        with models.lent("a"):
            begun.set()
            go_on.wait(10)
            done.append("first")

    def wait():
        with models.lent("a"):
            done.append("second")

    threads = [threading.Thread(target=hold)]
    threads[0].start()
    assert begun.wait(10)
    threads.append(threading.Thread(target=wait))
    threads[1].start()
    with models.lent("b"):
        done.append("other")
    go_on.set()
    for thread in threads:
        thread.join(10)
    assert done == ["other", "first", "second"]


def test_a_model_is_loaded_once():
    loaded = []
    models = Models(lambda name: loaded.append(name) or Model())
    assert not models.is_loaded("a")
    for _ in range(2):
        with models.lent("a"):
            pass
    assert loaded == ["a"] and models.is_loaded("a")


def test_plain_data():
    answer = types.SimpleNamespace(to_json=lambda: {"a": 1})
    assert plain([answer, "b"]) == [{"a": 1}, {"text": "b"}]
    assert plain(np.float32(2)) == 2
