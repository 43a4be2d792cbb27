"""The picture of labelled skeletons: figures, probabilities and spans where they belong."""

from __future__ import annotations

import numpy as np
import pytest

from zoo.diagnostics.labelled_skeletons import Moved, draw
from zoo.errors import ConfigError

JOINTS = np.random.default_rng(0).normal(size=(30, 20, 3))
PROBABILITIES = np.random.default_rng(1).dirichlet(np.ones(3), size=30)


def moved(**settings):
    spans = [("walk", 0.0, 12.0, 0.9), ("$x", 12.0, 30.0, 0.5)]
    return Moved("a.npy", JOINTS, ("walk", "$x", "nothing"), PROBABILITIES, spans)._replace(
        **settings
    )


def test_what_is_drawn_where(tmp_path, figures):
    draw([moved()], tmp_path / "a.png")
    above, below = figures[0].axes[:2]
    (image,) = below.images
    np.testing.assert_allclose(image.get_array(), PROBABILITIES.T)
    assert image.get_extent() == [0, 30, 2.5, -0.5]
    assert [label.get_text() for label in below.get_yticklabels()] == ["walk", "$x", "nothing"]
    assert [line.get_xdata().tolist() for line in below.lines] == [[0, 12], [12, 30]]
    assert [line.get_ydata().tolist() for line in below.lines] == [[0, 0], [1, 1]]
    assert len(above.lines) == 14 * 19 and above.get_xlim() == below.get_xlim() == (0, 30)
    assert above.get_title(loc="left") == "a.npy"
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")


def test_many_are_cut_and_none_are_refused(tmp_path, figures):
    draw([moved()] * 10, tmp_path / "a.svg")
    assert len([axis for axis in figures[0].axes if axis.images]) == 8
    still = moved(joints=np.zeros((1, 20, 3)), probabilities=PROBABILITIES[:1], spans=[])
    draw([still], tmp_path / "b.png")
    empty = moved(joints=JOINTS[:0], probabilities=PROBABILITIES[:0], spans=[])
    with pytest.raises(ConfigError, match="nothing to draw"):
        draw([empty], tmp_path / "c.png")
