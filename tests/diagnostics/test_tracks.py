"""The picture of tracked boxes: what was seen, gaps, what is said and what was true."""

from __future__ import annotations

import numpy as np
import pytest

from zoo.diagnostics.tracks import Followed, draw
from zoo.errors import ConfigError

SEEN = np.arange(10.0)[:, None] + (0, 10, 20, 30)
SEEN[3:5] = SEEN[9] = np.nan
SAID = np.arange(10.0)[:, None] + (1, 11, 21, 31)


def followed(**settings):
    found = Followed("a.csv", SEEN, SAID, np.full((10, 4), 2.0), SAID + 5, None)
    return found._replace(**settings)


def test_what_is_drawn_where(tmp_path, figures):
    draw([followed(recorded=SAID - 1)], tmp_path / "a.png")
    across, down, width, height = figures[0].axes
    seen, recorded, kalman, said = across.lines
    np.testing.assert_array_equal(seen.get_ydata(), SEEN[:, 0] + SEEN[:, 2] / 2)
    np.testing.assert_array_equal(said.get_ydata(), SAID[:, 0] + SAID[:, 2] / 2)
    np.testing.assert_array_equal(recorded.get_ydata(), said.get_ydata() - 1.5)
    np.testing.assert_array_equal(kalman.get_ydata(), said.get_ydata() + 7.5)
    np.testing.assert_array_equal(height.lines[-1].get_ydata(), SAID[:, 3])
    gaps = [
        patch.get_extents().transformed(across.transData.inverted()) for patch in across.patches
    ]
    np.testing.assert_allclose([(gap.x0, gap.x1) for gap in gaps], [(2.5, 4.5), (8.5, 9.5)])
    (band,) = width.collections
    heights = band.get_paths()[0].vertices[:, 1]
    assert heights.max() - heights.min() == pytest.approx(9 + 2 * 2 * 1.28155, abs=1e-3)
    assert (tmp_path / "a.png").stat().st_size > 1000


def test_nothing_to_draw_or_other_frames(tmp_path, figures):
    empty = np.zeros((0, 4))
    with pytest.raises(ConfigError, match="nothing to draw"):
        draw([Followed("a", empty, empty, empty, empty)], tmp_path / "a.png")
    with pytest.raises(ConfigError, match="a.csv has 10 frames, and what was recorded 9"):
        draw([followed(recorded=SAID[:9])], tmp_path / "a.png")
