"""Boxes: arrays, tables and files in, gaps, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from zoo.errors import ConfigError
from zoo.inputs import Boxes
from zoo.inputs.boxes import centred, cornered

BOXES = np.array([[10.0, 20, 30, 40], [np.nan] * 4, [12, np.nan, 30, 42], [14, 22, 31, 41]])


def test_a_frame_with_a_missing_number_has_no_box():
    (item,) = Boxes().prepare([BOXES])
    assert item["lengths"] == 4 and item["boxes"].dtype == np.float32
    np.testing.assert_array_equal(item["boxes"][:, 4], [1, 0, 0, 1])
    np.testing.assert_array_equal(item["boxes"][1:3], 0)
    np.testing.assert_array_equal(item["boxes"], centred(BOXES))
    np.testing.assert_allclose(item["boxes"][0, :4], [25, 40, np.log(30), np.log(40)], rtol=1e-6)


def test_there_and_back():
    boxes = BOXES[[0, 3]]
    np.testing.assert_allclose(cornered(centred(boxes)[:, :4]), boxes, rtol=1e-5)


def test_one_track_in_every_form(tmp_path):
    pandas = pytest.importorskip("pandas")
    lines = ["10,20,30,40", ",,,", "12,,30,42", "14,22,31,41"]
    (tmp_path / "a.csv").write_text("\n".join(lines))
    named = [f"{number},{line}" for number, line in enumerate(lines, 1)]
    (tmp_path / "b.csv").write_text("\n".join(["frame,x,y,width,height", *named]))
    frame = pandas.DataFrame(BOXES[:, ::-1], columns=["height", "width", "y", "x"])
    files = [Boxes.read(tmp_path / name) for name in ("a.csv", "b.csv")]
    for item in Boxes().prepare([BOXES, frame, *files]):
        np.testing.assert_allclose(item["boxes"], centred(BOXES))


def test_what_is_no_box_is_one_sentence():
    flat, far = BOXES.copy(), BOXES.copy()
    flat[3, 2], far[3, 0] = 0, np.inf
    cases = {
        r"Item 1 has no box at step 3 \(14, 22, 0, 41\): width and height are above 0": flat,
        r"Item 1 has no box at step 3 \(inf, 22, 31, 41\)": far,
        r"Item 1 has the shape \[4, 3\]: give boxes \[time, 4\]": BOXES[:, :3],
        "Item 1 holds values of the type <U1": np.full((3, 4), "a"),
    }
    for message, item in cases.items():
        with pytest.raises(ConfigError, match=message):
            Boxes().prepare([item])
    pandas = pytest.importorskip("pandas")
    with pytest.raises(ConfigError, match="Item 1 has no column 'x': boxes have x, y, width"):
        Boxes().prepare([pandas.DataFrame(BOXES, columns=["left", "y", "width", "height"])])
    with pytest.raises(ConfigError, match="track wants an array"):
        Boxes().check("track", [3])


def test_the_graph_takes_what_python_does():
    tf = pytest.importorskip("tensorflow")
    items = [BOXES, BOXES[:2], BOXES[:0]]
    raw = {name: tf.constant(np.stack(rows)) for name, rows in Boxes().raw_of(items).items()}
    found = Boxes().in_graph(raw)
    for row, item in enumerate(Boxes().prepare(items)):
        count = int(item["lengths"])
        np.testing.assert_allclose(found["boxes"][row, :count], item["boxes"], rtol=1e-6)
        np.testing.assert_array_equal(found["boxes"][row, count:], 0)
