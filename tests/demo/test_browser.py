"""Each part of the page is used once, in a real browser, without internet, at 360 pixels width.

`ZOO_SCREENSHOTS` names a folder for pictures of all parts, to be looked at.
"""

from __future__ import annotations

import os
import wave
from pathlib import Path

import numpy as np
import pytest
from demo_site import Site

from zoo import catalogue

MODELS = (
    "nmt-attn-en-fr",
    "pos-bilstm-ewt",
    "sentiment-bilstm-sst2",
    "lm-char-shakespeare",
    "lm-char-hello",
    "spell-char-en",
)
# Models of other distributions; a part without its model is skipped.
ELSEWHERE = ("caption-attn-flickr8k", "mnist-mdlstm", "asr-digits", "trajectory-eth", "music-jsb")
PATIENCE = 90_000  # milliseconds, for a machine that has much else to do


@pytest.fixture(scope="module")
def installed():
    return [name for name in ELSEWHERE if name in catalogue.list_models()]


@pytest.fixture(scope="module")
def site(echo_file, browser, installed):
    """The page, with a plugin's model on it too."""
    found = Site(echo_file.parent, [*MODELS, *installed, str(echo_file)])
    yield found
    assert found.close() == 130  # what shells say of Ctrl-C


@pytest.fixture
def page(site, browser, request):
    """The page in a window of 360 pixels; nothing that it asks may leave the machine."""
    found = browser.new_page(viewport={"width": 360, "height": 780})
    found.set_default_timeout(PATIENCE)
    asked, errors = [], []
    found.on("request", lambda one: asked.append(one.url))
    found.on("pageerror", lambda one: errors.append(str(one)))
    found.goto(site.address)
    found.wait_for_selector("#parts input")
    yield found
    if folder := os.environ.get("ZOO_SCREENSHOTS"):
        found.screenshot(path=Path(folder) / f"{request.node.name}.png", full_page=True)
    assert found.evaluate("document.documentElement.scrollWidth") <= 360
    assert not [url for url in asked if not url.startswith((site.address, "data:", "blob:"))]
    assert asked and not errors
    found.close()


def part(page, title):
    """Goes to a part; gives what is shown of it, once that is there."""
    page.get_by_role("radio", name=title, exact=True).check()
    titles = [one.get_attribute("value") for one in page.locator("#parts input").all()]
    room = page.locator(f"#part-{titles.index(title)}")
    room.get_by_role("button", name="Ask").wait_for()
    return room


def answer(room, what="section"):
    found = room.locator(f".zoo-answers {what}").first
    found.wait_for()
    assert room.locator(".zoo-wrong").count() == 0, room.locator(".zoo-wrong").all_inner_texts()
    return found


def write(room, text):
    room.get_by_role("textbox").first.fill(text)
    room.get_by_role("button", name="Ask").click()


def needs(installed, name):
    if name not in installed:
        pytest.skip(f"{name} is not installed: pip install ./plugins/{catalogue.models.missing()}")


def test_a_translation_shows_what_it_was_made_from(page):
    room = part(page, "Translate")
    room.get_by_role("button", name="Where is the station?").click()
    written = answer(room, ".zoo-aligned")
    assert "station" in written.locator(".zoo-source").inner_text()
    words = written.locator(".zoo-word")
    over = words.nth(1).locator(".zoo-over")
    assert not over.is_visible()
    words.nth(1).hover()
    assert over.is_visible()
    base = written.locator(".zoo-source").bounding_box()
    found = over.bounding_box()
    assert abs(base["x"] - found["x"]) < 1 and abs(base["y"] - found["y"]) < 1
    assert room.locator(".zoo-answers li").count() == 2  # what else the beam found
    assert room.get_by_alt_text("beam").count() == 1  # and its tree


def test_labels_are_compared(page):
    room = part(page, "Compare labels")
    write(room, "A warm, funny film.")
    room.locator(".zoo-answers section").nth(1).wait_for()
    said = room.locator(".zoo-answers").inner_text()
    assert "positive" in said and "ADJ" in said


def test_surprise_is_shown_while_one_types(page):
    room = part(page, "Surprise")
    box = room.get_by_role("textbox").first
    box.press_sequentially("To be, or not to bee")
    heat = room.locator(".zoo-heat")
    heat.filter(has_text="not to bee").wait_for()
    assert room.locator(".zoo-text").count() == 0
    page.wait_for_timeout(300)
    box.press("Enter")
    answer(room, ".zoo-text")


def test_words_are_repaired(page):
    room = part(page, "Repair words")
    room.get_by_role("button", name="recieve").click()
    assert "receive" in answer(room).inner_text()


def test_a_photograph_is_described(page, installed, tmp_path):
    needs(installed, "caption-attn-flickr8k")
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (320, 240), (120, 170, 230))
    ImageDraw.Draw(image).rectangle((0, 150, 320, 240), fill=(60, 140, 60))
    image.save(tmp_path / "field.jpg")
    room = part(page, "Describe a photograph")
    room.locator("input[type=file]").first.set_input_files(tmp_path / "field.jpg")
    room.locator("img[src*=field]").wait_for()
    room.get_by_role("button", name="Ask").click()
    words = answer(room, ".zoo-looked").locator(".zoo-word")
    veil = words.nth(1).locator(".zoo-veil")
    assert not veil.is_visible()
    words.nth(1).hover()
    photo, found = room.locator(".zoo-photo").bounding_box(), veil.bounding_box()
    assert found == pytest.approx(photo, abs=1)


def test_a_file_that_is_no_photograph_gets_one_sentence(page, installed, tmp_path):
    needs(installed, "caption-attn-flickr8k")
    (tmp_path / "text.jpg").write_text("no photograph")
    room = part(page, "Describe a photograph")
    room.get_by_role("button", name="Ask").click()
    said = room.locator(".zoo-wrong")
    said.wait_for()
    assert said.inner_text() == "There is no file yet: choose one first."


def test_a_digit_is_drawn(page, installed):
    needs(installed, "mnist-mdlstm")
    room = part(page, "Draw a digit")
    box = room.locator("canvas").bounding_box()

    def at(x, y):
        return box["x"] + x * box["width"] / 280, box["y"] + y * box["height"] / 280

    page.mouse.move(*at(80, 60))
    page.mouse.down()
    page.mouse.move(*at(200, 60), steps=6)
    page.mouse.move(*at(120, 230), steps=6)
    page.mouse.up()
    room.get_by_role("button", name="Ask").click()
    assert answer(room, ".zoo-text").inner_text() == "7"


def test_a_digit_is_drawn_by_keys(page, installed):
    needs(installed, "mnist-mdlstm")
    room = part(page, "Draw a digit")
    room.locator("canvas").focus()
    for _ in range(12):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")  # to Clear
    page.keyboard.press("Tab")  # to Ask
    page.keyboard.press("Enter")
    assert answer(room, ".zoo-text").inner_text() == "1"
    room.get_by_role("button", name="Clear").click()
    room.get_by_role("button", name="Ask").click()
    room.locator(".zoo-wrong").filter(has_text="no drawing yet").wait_for()


def test_speech_is_heard_over_time(page, installed, tmp_path):
    needs(installed, "asr-digits")
    time = np.arange(16_000) / 8000
    sound = 8000 * np.sin(2 * np.pi * 300 * time) * (np.sin(2 * np.pi * 2 * time) > 0)
    with wave.open(str(tmp_path / "tone.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(sound.astype("<i2").tobytes())
    room = part(page, "Write down speech")
    room.locator("input[type=file]").first.set_input_files(tmp_path / "tone.wav")
    room.get_by_text("0:02").first.wait_for()
    room.get_by_role("button", name="Ask").click()
    answer(room, ".zoo-time svg")


def test_a_path_is_foreseen(page, installed):
    needs(installed, "trajectory-eth")
    room = part(page, "Foresee a path")
    room.get_by_role("button", name="Ask").click()
    answer(room, "img.zoo-picture")


def test_music_is_written(page, installed):
    needs(installed, "music-jsb")
    room = part(page, "Compose")
    write(room, "C3 G3 E4 C5")
    answer(room, "audio")


def test_a_task_of_a_plugin_has_its_part(page):
    room = part(page, "Echo")
    write(room, "<i>Hi</i>")
    assert [one.inner_text() for one in answer(room, "dl").locator("dd").all()] == [
        "<i>Hi</i>",
        "9",
        "[1, 2]",
    ]
    write(room, "refuse")
    room.locator(".zoo-wrong").filter(has_text="Echo does not say <refuse>.").wait_for()


def focus(page, what):
    """A property of what has the focus."""
    return page.evaluate(f"document.activeElement.{what}")


def test_by_keyboard_alone(page):
    """From the top of the page by arrows, Tab and Enter to an answer, and to a word of it."""
    page.keyboard.press("Tab")
    assert focus(page, "type") == "radio"
    choice = page.get_by_role("radio", name="Translate", exact=True)
    for _ in range(10):
        if choice.is_checked():
            break
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(300)
    room = page.locator("[id^=part-]").filter(visible=True)
    room.get_by_role("button", name="Where is the station?").wait_for()
    for _ in range(6):
        page.keyboard.press("Tab")
        if focus(page, "tagName") == "TEXTAREA" or focus(page, "type") == "text":
            break
    page.keyboard.type("Two dogs run.")
    page.keyboard.press("Enter")
    answer(room, ".zoo-aligned")
    reached = []
    for _ in range(6):
        page.keyboard.press("Tab")
        reached.append(focus(page, "innerText"))
        if focus(page, "className") == "zoo-word":
            break
    assert reached[0] == "Ask" and focus(page, "className") == "zoo-word"
    assert page.locator(".zoo-word:focus .zoo-over").is_visible()


def test_it_answers_while_another_request_is_running(page, site, browser):
    room = part(page, "Echo")
    write(room, "ready")  # the model is open
    answer(room, "dl")
    other = browser.new_page()
    other.set_default_timeout(PATIENCE)
    other.goto(site.address)
    second = part(other, "Repair words")
    write(second, "wrld")
    answer(second)
    write(room, "wait")
    write(second, "mornixx")
    second.get_by_text("morning").wait_for()
    assert "wait" not in room.locator(".zoo-answers dl").inner_text()
    room.get_by_text("wait").first.wait_for()
    other.close()


def test_it_is_wide_where_there_is_room(page, site, browser):
    wide = browser.new_page(viewport={"width": 1280, "height": 800})
    wide.goto(site.address)
    wide.wait_for_selector("#parts input")
    assert wide.locator("#parts").bounding_box()["width"] > 700
    wide.close()
