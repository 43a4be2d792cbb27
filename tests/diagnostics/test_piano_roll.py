"""Piano rolls: which notes there are, and that they are drawn."""

from __future__ import annotations

import numpy as np
import pytest

from zoo.diagnostics.piano_roll import draw, notes_of
from zoo.errors import ConfigError


def test_notes_are_runs_of_ones():
    roll = np.zeros((6, 88), "uint8")
    roll[[0, 1, 3], 40] = 1
    roll[2:, 87] = 1
    assert notes_of(roll) == [(40, 0, 2), (40, 3, 4), (87, 2, 6)]
    assert notes_of(np.zeros((0, 88))) == []


def test_each_note_is_a_bar(tmp_path, monkeypatch):
    from matplotlib.axes import Axes

    drawn, barh = [], Axes.barh

    def counted(axes, y, width, left, **how):
        drawn.append((y, left, how["color"]))
        return barh(axes, y, width, left=left, **how)

    monkeypatch.setattr(Axes, "barh", counted)
    roll = np.zeros((6, 88), "uint8")
    roll[:3, 39] = roll[2:, 43] = 1
    draw(roll, tmp_path / "roll.png", given=1)
    assert [(key, left) for key, left, _ in drawn] == [(60, 0), (64, 2)]
    assert drawn[0][2] != drawn[1][2]
    assert (tmp_path / "roll.png").read_bytes().startswith(b"\x89PNG")


def test_silence_is_not_drawn(tmp_path):
    with pytest.raises(ConfigError, match="no key sounds"):
        draw(np.zeros((4, 88)), tmp_path / "roll.png")
