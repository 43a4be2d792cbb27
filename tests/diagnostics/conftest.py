"""Pictures that are drawn, kept to be looked into."""

import pytest


@pytest.fixture
def figures(monkeypatch):
    """The figures that are drawn, kept."""
    figure = pytest.importorskip("matplotlib.figure")
    kept = []

    class Kept(figure.Figure):
        def __init__(self, **settings):
            super().__init__(**settings)
            kept.append(self)

    monkeypatch.setattr(figure, "Figure", Kept)
    return kept
