"""The keys of an answer say how it is shown, and nothing of it is taken for HTML."""

import base64
import io
import re
import types
import wave

import numpy as np
import pytest

from zoo.demo.asked import Asked
from zoo.demo.centred import centred
from zoo.demo.pictures import music, veil
from zoo.demo.timeline import timeline
from zoo.demo.views import VIEWS, shown
from zoo.demo.words import aligned, groups, looked_at
from zoo.errors import ConfigError


def asked(kind="text", item="x", **model):
    return Asked(types.SimpleNamespace(input=types.SimpleNamespace(kind=kind, **model)), item)


def test_labels_have_bars():
    html = shown({"label": "<1>", "probabilities": {"no": 0.25, "<1>": 0.75}}, asked())
    assert "<p class='zoo-text'>&lt;1&gt;</p>" in html
    assert html.index("width:75.0%") < html.index("width:25.0%")


def test_tags_stand_under_words():
    html = shown({"tokens": [{"token": "dogs", "tag": "NOUN"}]}, asked())
    assert re.search(r"dogs<br><small[^>]*>NOUN", html)


def test_bits_are_heat():
    tokens = [{"token": "a", "bits": 0.5}, {"token": "<", "bits": 9.0}]
    html = shown({"tokens": tokens, "separator": ""}, asked())
    heats = re.findall(r"rgba\(255,0,0,([\d.]+)\)", html)
    assert heats == ["0.00", "1.00"]
    assert "4.75 bits a token" in html and "&#x27;&lt;&#x27;: 9.0 bits" in html


def test_an_answer_of_several_shows_the_best_and_the_others():
    found = [{"text": "best", "score": -1.0}, {"text": "<other>", "score": -2.5}]
    html = shown(found, asked())
    assert "<p class='zoo-text'>best</p>" in html
    assert "<li>&lt;other&gt; <small>-2.50</small></li>" in html


def test_no_text_is_said():
    assert "<i>nothing</i>" in shown({"text": ""}, asked())


@pytest.mark.parametrize(
    "answer",
    [
        {"said": "<script>"},
        {"scores": "<script>"},
        {"probabilities": "<script>"},
        {"words": [1], "more": "<script>"},
        {"tokens": ["<script>"]},
        {"attention": "<script>"},
        {"chords": ["<script>"]},
        {"text": "<script>", "beside": 1},
        ["<script>"],
        "<script>",
    ],
)
def test_whatever_else_is_shown_as_it_is(answer):
    html = shown(answer, asked())
    assert "<script>" not in html and "script" in html
    assert html.startswith("<dl>")


def test_pieces_become_words():
    assert groups(["▁a", "▁snow", "y", "</s>"]) == [("a", [0]), ("snowy", [1, 2])]
    assert groups(["<", "a"]) == [("<a", [0, 1])]


def test_an_alignment_marks_what_each_word_was_made_from():
    # Of the second word, two pieces: 0.2 + 0.6 of "bi|cycle", and 0.4 + 0.4, in the mean 0.8.
    weights = np.array(
        [[0.9, 0.05, 0.05, 0], [0.1, 0.2, 0.6, 0.1], [0.1, 0.4, 0.4, 0.1], [1, 0, 0, 0]]
    )
    tokens, source = ["▁un", "▁vé", "lo", "</s>"], ["▁a", "▁bi", "cycle", "</s>"]
    html = aligned(tokens, source, weights)
    words = html.split("<span class='zoo-word'")[1:]
    assert len(words) == 2
    shades = [
        [float(one) / 0.65 for one in re.findall(r"rgba\(0,114,178,([\d.]+)\)", word)]
        for word in words
    ]
    np.testing.assert_allclose(shades, [[0.9, 0.1], [0.1, 0.8]], atol=0.01)
    assert "aria-label='vélo, from bicycle'" in words[1] and "tabindex='0'" in words[1]


def test_a_translation_without_attention_is_a_text():
    answer = {"text": "Un vélo", "score": -1, "tokens": ["▁Un"], "source_tokens": ["▁A"]}
    assert "<p class='zoo-text'>Un vélo</p>" in shown(answer, asked())
    assert "<p class='zoo-text'>Un vélo</p>" in shown({**answer, "attention": []}, asked())


def test_a_photograph_is_veiled_where_it_was_not_looked_at():
    from PIL import Image

    source = veil(np.array([[0.5, 0.25], [0.25, 0.0]]))
    image = Image.open(io.BytesIO(base64.b64decode(source.partition(",")[2])))
    np.testing.assert_array_equal(np.asarray(image)[..., 3], [[0, 102], [102, 204]])
    pixels = np.zeros((20, 30, 3), "uint8")
    html = looked_at(["▁a", "▁dog", "</s>"], pixels, np.full((3, 49), 1 / 49))
    assert html.count("zoo-veil") == html.count("zoo-word") == 2
    answer = {"text": "a dog", "score": 0, "tokens": ["▁a"], "source_tokens": []}
    found = shown({**answer, "attention": [[0.25] * 4]}, asked("image", pixels))
    assert found.count("zoo-veil") == 1 and "zoo-photo" in found
    alone = shown(answer, asked("image", pixels))  # of a model that sees one vector
    assert "zoo-photo" in alone and "a dog" in alone


def test_words_stand_where_they_were_said():
    html = timeline([("one", 0.5, 1.0), ("<two>", 1.0, 2.0)], 4.0, np.ones(100))
    assert "left:12.50%;width:12.50%" in html and "left:25.00%;width:25.00%" in html
    assert "&lt;two&gt;" in html and "<polygon" in html
    assert "aria-label='one at 0.50 s, &lt;two&gt; at 1.00 s'" in html


def test_sound_stands_above_what_was_heard():
    samples = np.zeros(8000, "float32")
    model = {"rate": 8000, "prepare": lambda items: [{"audio": samples}]}
    words = [{"text": "hi", "begin": 0.25, "end": 0.5}]
    letters = [{"text": "h", "begin": 0.25, "end": 0.4}, {"text": "i", "begin": 0.4, "end": 0.5}]
    html = shown(
        {"text": "hi", "score": 0, "words": words, "characters": letters}, asked("audio", **model)
    )
    assert "<polygon" in html and "left:25.00%;width:15.00%" in html  # of one word the letters
    spans = [{"label": "HH", "begin": 0.25, "end": 0.5, "probability": 1.0}]
    assert "left:25.00%;width:25.00%" in shown({"spans": spans}, asked("audio", **model))


def test_nothing_heard_is_a_line_without_words():
    html = shown({"text": "", "score": 0, "words": []}, asked("series"))
    assert "<i>nothing</i>" in html and "zoo-spans'></div>" in html


def test_music_can_be_heard():
    html = music([[69], [69, 72], []])
    content = base64.b64decode(re.search(r"base64,([^']*)", html)[1])
    with wave.open(io.BytesIO(content)) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(float)
        rate = file.getframerate()
    assert len(samples) == pytest.approx(3 * 0.6 * rate, abs=3)
    beat = samples[: len(samples) // 3]
    loudest = np.abs(np.fft.rfft(beat)).argmax() * rate / len(beat)
    assert loudest == pytest.approx(440, abs=2)  # A4 is pitch 69
    assert not samples[-len(beat) :].any()


def test_pictures_are_drawn():
    pytest.importorskip("matplotlib")
    from zoo.inputs import Series

    html = shown({"chords": [[60, 64], [60]]}, asked("music"))
    assert "<audio" in html and "data:image/png" in html and "C4 E4, C4" in html
    html = shown({"scores": [0.5, 2.0, 0.1], "spans": [[1, 2]]}, asked("series"))
    assert "1 unusual stretches" in html and "data:image/png" in html
    values = [[1.0], [2.0]]
    answer = {"columns": ["a"], "forecast": values, "low": values, "high": values, "interval": 0.8}
    model = types.SimpleNamespace(input=Series(["a"]))
    html = shown(answer, Asked(model, np.arange(9.0)))
    assert "data:image/png" in html and "A forecast of 2 steps of a" in html


def png(pixels):
    from PIL import Image

    content = io.BytesIO()
    Image.fromarray(pixels).save(content, "PNG")
    return content.getvalue()


def test_a_drawing_is_brought_to_the_middle():
    pixels = np.full((280, 280), 255, "uint8")
    pixels[10:110, 200:220] = 0  # a one, in a corner
    found = centred(png(pixels))
    ink = 255 - found[:, :, 0].astype(int)
    assert found.shape == (140, 140, 3)
    rows, columns = np.nonzero(ink)
    assert (rows.min(), rows.max() + 1) == (20, 120)
    assert (columns.min(), columns.max() + 1) == (60, 80)


def test_a_white_sheet_is_no_drawing():
    with pytest.raises(ConfigError, match="no drawing yet"):
        centred(png(np.full((28, 28), 255, "uint8")))


def test_views_are_those_of_the_page():
    from pathlib import Path

    import zoo

    text = (Path(zoo.__file__).parent / "demo" / "README.md").read_text(encoding="utf-8")
    assert [key for key in VIEWS if key != "text" and f"`{key}`" not in text] == []
