"""Pictures: the numbers against NumPy and the covariance, the files whole."""

from __future__ import annotations

import numpy as np
import pytest

from zoo.diagnostics.lines import draw_lines
from zoo.diagnostics.points import draw_points, principal_components
from zoo.errors import ConfigError, MissingFileError


def test_principal_components_are_eigenvectors_of_the_covariance():
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(30, 5)) * [3, 1, 0.5, 2, 0.1] + 7
    places, parts = principal_components(vectors)
    values, directions = np.linalg.eigh(np.cov(vectors.T))
    order = np.argsort(values)[::-1][:2]
    expected = (vectors - vectors.mean(0)) @ directions[:, order]
    signs = np.sign((expected * places).sum(0))
    np.testing.assert_allclose(places, expected * signs, atol=1e-8)
    np.testing.assert_allclose(parts, values[order] / values.sum())
    places, parts = principal_components(np.ones((4, 3)))
    assert not places.any() and not parts.any()


def test_they_are_drawn(tmp_path):
    pytest.importorskip("matplotlib")
    draw_lines(tmp_path / "a.png", [1, 2], {"x": [3, 4], "y": [4, 3]}, title="", across="", up="")
    groups = {"one": ["a", "b"], "two": ["c"]}
    pyplot = pytest.importorskip("matplotlib.pyplot")
    with pyplot.rc_context({"svg.fonttype": "none"}):
        draw_points(tmp_path / "b.svg", groups, np.diag([3, 2, 1]), title="", components=(1, 2))
    assert (tmp_path / "a.png").read_bytes()[:4] == b"\x89PNG"
    drawn = (tmp_path / "b.svg").read_text()
    assert "<svg" in drawn and "component 2: " in drawn and "component 3" not in drawn
    assert drawn.count("PathCollection") == 2 * len(groups)  # and in the legend
    with pytest.raises(MissingFileError):
        draw_lines(tmp_path / "no/c.png", [1], {"x": [1]}, title="", across="", up="")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.png", "b.svg"]


@pytest.mark.parametrize("name", ["a.png", "a.svg"])
def test_a_picture_is_written_whole_or_not_at_all(tmp_path, monkeypatch, name):
    figure = pytest.importorskip("matplotlib.figure")

    def broken(self, path, **settings):
        path.write_bytes(b"half")
        raise ValueError("the ink is gone")

    (tmp_path / name).write_bytes(b"old")
    monkeypatch.setattr(figure.Figure, "savefig", broken)
    with pytest.raises(ConfigError, match="cannot be drawn: the ink is gone"):
        draw_lines(tmp_path / name, [1], {"x": [1]}, title="", across="", up="")
    assert (tmp_path / name).read_bytes() == b"old"
    assert [file.name for file in tmp_path.iterdir()] == [name]
