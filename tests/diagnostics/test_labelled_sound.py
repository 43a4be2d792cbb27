"""The picture of labelled sound: spectra, frequencies and labels where they belong."""

from __future__ import annotations

import numpy as np
import pytest

from zoo.diagnostics.labelled_sound import Heard, draw
from zoo.errors import ConfigError

SPECTRA = np.arange(40.0)[:, None] + np.arange(5)


def heard(**settings):
    spans = [("_", 0.01, 0.21, 1.0), ("$i:", 0.21, 0.41, 0.5)]
    found = Heard("a.wav", SPECTRA, np.array([100, 500, 1500, 2500, 7000.0]), 0.01, 0.01, spans)
    return found._replace(**settings)


def test_what_is_drawn_where(tmp_path, figures):
    draw([heard()], tmp_path / "a.png")
    above, below = figures[0].axes
    (image,) = above.images
    np.testing.assert_array_equal(image.get_array(), SPECTRA.T)
    assert image.get_extent() == pytest.approx([0.01, 0.41, -0.5, 4.5])
    assert [label.get_text() for label in above.get_yticklabels()] == ["0.25", "0.5", "1", "2", "4"]
    # 250 Hz is 3/8 of the way from 100 to 500, 2 kHz half of that from 1.5 to 2.5.
    assert above.get_yticks().tolist() == pytest.approx([0.375, 1, 1.5, 2.5, 3 + 1500 / 4500])
    assert [text.get_text() for text in below.texts] == ["_", "$i:"]
    assert [text.get_position()[0] for text in below.texts] == pytest.approx([0.11, 0.31])
    strengths = [patch.get_alpha() for patch in below.patches]
    assert strengths == pytest.approx([0.5, 0.3])
    assert below.get_xlim() == above.get_xlim() and above.get_title(loc="left") == "a.wav"
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")


def test_a_long_recording_is_cut_and_many_are_too(tmp_path, figures):
    long = heard(spectra=np.ones((3000, 5)), spans=[("A", 0.0, 20.0, 1.0), ("B", 25.0, 30.0, 1.0)])
    draw([long] * 13, tmp_path / "a.svg")
    axes = figures[0].axes
    assert len(axes) == 24
    assert axes[0].images[0].get_array().shape == (5, 2000)
    assert axes[0].get_title(loc="left") == "a.wav, 20 of 30 s"
    assert [text.get_text() for text in axes[1].texts] == ["A"]


def test_nothing_and_odd_endings_get_a_sentence(tmp_path):
    with pytest.raises(ConfigError, match="as long as a frame"):
        draw([heard(spectra=SPECTRA[:0])], tmp_path / "a.png")
    pytest.importorskip("matplotlib")
    with pytest.raises(ConfigError, match="cannot be drawn"):
        draw([heard()], tmp_path / "a.doc")
    assert not list(tmp_path.iterdir())
